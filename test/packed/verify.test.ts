import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { needs, program } from '../support/needs.ts';
import { installBesideYo, installCreate } from '../support/packed/packages.ts';
import { run } from '../support/packed/program.ts';
import { Terminal } from '../support/packed/terminal.ts';
import { Workplace } from '../support/packed/workplace.ts';
import { mended } from '../verify/found.ts';
import { type Front, openFront } from '../verify/front.ts';
import { minio, type Server, startServer } from '../verify/server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

describe('verify, as npm packs it,', needs(minio, program('tmux')), () => {
  let workplace: Workplace;
  let server: Server;
  let front: Front;
  let terminal: Terminal | undefined;
  let cwd: string;
  const bins: string[] = [];
  beforeAll(async () => {
    workplace = new Workplace();
    server = await startServer();
    front = await openFront(server.api, mended);
    const installed = await Promise.all([installCreate(workplace.folder), installBesideYo(workplace.folder)]);
    bins.push(...installed.map((folder) => join(folder, 'node_modules/.bin')));
  });
  afterAll(async () => {
    await front?.close();
    await server?.stop();
    workplace?.remove();
  });
  beforeEach(() => {
    cwd = workplace.emptyFolder();
  });
  afterEach(() => {
    terminal?.close();
    terminal = undefined;
  });

  const start = (command: string, env: Record<string, string> = {}): Terminal => {
    terminal = new Terminal(command, cwd, { env: { ...workplace.env, ...env }, path: bins });
    return terminal;
  };
  const shown = (on: Terminal, text: string) => expect.poll(() => on.screen(), { timeout: 30_000 }).toContain(text);

  /** A line that is too long for the terminal is broken anywhere. */
  const withoutBreaks = (on: Terminal) => on.screen().replaceAll('\n', '');

  const commands = [
    ['create-minio-stack verify', 'create-minio-stack', 'verify'],
    ['yo minio-stack:verify', 'yo', 'minio-stack:verify'],
  ] as const;

  it.each(commands)(
    '%s finds all well with the key of the environment, and says so as JSON',
    async (_, name, command) => {
      const env = { ...workplace.env, MINIO_APP_SECRET_KEY: server.application.secretKey };
      const { code, stdout, stderr } = await run(name, [command, front.url, '--json', '--upload-size', '1'], {
        cwd,
        env,
        path: bins,
      });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'OK', signed: true, bucket: server.bucket, leftovers: [] });
      expect(code).toBe(0);
    },
  );

  it('ends with 4 where something failed, without colours and progress', async () => {
    const { code, stdout, stderr } = await run(
      'create-minio-stack',
      ['verify', 'http://127.0.0.1:1', '--bucket', 'media'],
      {
        cwd,
        env: workplace.env,
        path: bins,
      },
    );
    expect(stdout + stderr).toMatch(/✘ Reach .*\n.*nothing listens there \(ECONNREFUSED\)\n.*→ start the server/);
    expect(stdout + stderr).toContain('1 of 54 checks FAILED.');
    expect(stdout + stderr).not.toContain('\u001B');
    expect(code).toBe(4);
  });

  it.each(commands)('%s asks for the key without showing it', async (command) => {
    const screen = start(`${command} ${front.url}`);
    await shown(screen, '? MINIO_APP_SECRET_KEY of minio-app');
    screen.type(server.application.secretKey);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(withoutBreaks(screen)).not.toContain('secret/of');
    screen.press('Enter');
    await shown(screen, 'code=0');
    expect(screen.screen()).toContain('All is well.');
    expect(screen.screen()).toMatch(/✔ Signed +22 checks/);
    expect(withoutBreaks(screen)).not.toContain('secret/of');
  });

  it('without a key verifies the anonymous half, once the bucket is typed', async () => {
    const screen = start(`create-minio-stack verify ${front.url}`);
    await shown(screen, '? MINIO_APP_SECRET_KEY of minio-app');
    screen.press('Enter');
    await shown(screen, "? The bucket's name");
    screen.type(server.bucket);
    screen.press('Enter');
    await shown(screen, 'code=0');
    expect(screen.screen()).toMatch(/✔ Private +9 checks; 1 skipped: needs the application's key/);
    expect(screen.screen()).toContain('Only what strangers may do was verified.');
  });

  it('asks nothing where CI is set, and verifies the anonymous half: nobody is there', async () => {
    const screen = start(`create-minio-stack verify ${front.url} --bucket ${server.bucket}`, { CI: 'true' });
    await shown(screen, 'code=0');
    expect(screen.screen()).not.toContain('? ');
    expect(screen.screen()).toContain('Only what strangers may do was verified.');
  });

  it('shows what it does, and deletes what it wrote at Ctrl-C: 130', async () => {
    const slow = await openFront(server.api, {
      instead: ({ path }) => (path.includes('X-Amz-Signature') ? 'answered' : undefined),
    });
    const screen = start(`create-minio-stack verify ${slow.url}`, {
      MINIO_APP_SECRET_KEY: server.application.secretKey,
    });
    await shown(screen, 'Signed: A part of an object can be read (Range)');
    expect(await server.keys()).not.toEqual([]);
    screen.press('C-c');
    await shown(screen, 'code=130');
    expect(screen.screen()).toContain('create-minio-stack: Interrupted.');
    expect(screen.screen()).not.toContain('Signed: A part');
    expect(await server.keys()).toEqual([]);
    await slow.close();
  });

  it('ends at Ctrl-C in a question with 130, before it has asked anybody', async () => {
    const untouched = await openFront(server.api);
    const screen = start(`create-minio-stack verify ${untouched.url}`);
    await shown(screen, '? MINIO_APP_SECRET_KEY of minio-app');
    screen.press('C-c');
    await shown(screen, 'code=130');
    expect(untouched.asked).toEqual([]);
    await untouched.close();
  });
});
