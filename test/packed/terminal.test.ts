import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readTree } from '../support/generate.ts';
import { needs, program } from '../support/needs.ts';
import { installBesideYo, installCreate } from '../support/packed/packages.ts';
import { run } from '../support/packed/program.ts';
import { Terminal } from '../support/packed/terminal.ts';
import { Workplace } from '../support/packed/workplace.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

let workplace: Workplace;
const bins: string[] = [];
let cwd: string;
let target: string;
let terminal: Terminal | undefined;

function start(command: string, env: Record<string, string> = {}): Terminal {
  terminal = new Terminal(command, cwd, { env: { ...workplace.env, ...env }, path: bins });
  return terminal;
}

/** Waits until the terminal shows the text. */
const shown = (on: Terminal, text: string) => expect.poll(() => on.screen(), { timeout: 30_000 }).toContain(text);

/** Takes the default of each question. */
async function accept(on: Terminal, ...questions: string[]): Promise<void> {
  for (const question of questions) {
    await shown(on, `? ${question}`);
    on.press('Enter');
  }
}
const otherQuestions = ['Name of the server', 'Name of the console', 'Disk size', 'Region', 'Console port'];

describe('on a terminal,', needs(program('tmux')), () => {
  beforeAll(async () => {
    workplace = new Workplace();
    const installed = await Promise.all([installCreate(workplace.folder), installBesideYo(workplace.folder)]);
    bins.push(...installed.map((folder) => join(folder, 'node_modules/.bin')));
  });
  afterAll(() => workplace.remove());
  beforeEach(() => {
    cwd = workplace.emptyFolder();
    target = join(cwd, 'my-storage');
  });
  afterEach(() => {
    terminal?.close();
    terminal = undefined;
  });

  describe('create-minio-stack', () => {
    it('asks nothing where CI is set: nobody is there', async () => {
      const screen = start('create-minio-stack my-storage', { CI: 'true' });
      await shown(screen, 'CI is set, so nothing is asked. Give --bucket, ');
      await shown(screen, 'code=1');
      expect(existsSync(target)).toBe(false);
    });

    it('explains a wrong answer, takes the corrected one, and writes the repository', async () => {
      const screen = start('create-minio-stack my-storage');
      await shown(screen, '? Bucket name (my-storage)');
      screen.type('Wrong Name');
      screen.press('Enter');
      await shown(screen, '> Must hold only lower-case letters, digits, dots and hyphens; for example my-media');
      screen.press('C-u');
      screen.type('photos');
      screen.press('Enter');
      await shown(screen, 'Bucket name photos');
      await accept(screen, ...otherQuestions.slice(0, -2));
      // A list, from which nothing else can be chosen.
      await shown(screen, '❯ oregon\n  ohio\n  virginia\n  frankfurt\n  singapore\n');
      await accept(screen, ...otherQuestions.slice(-2));
      await shown(screen, 'code=0');
      expect(screen.screen()).toMatch(/create render\.yaml\n[\s\S]*\nNext:\n {2}cd my-storage\n/);

      const untyped = join(workplace.emptyFolder(), 'my-storage');
      await run('create-minio-stack', [untyped, '--yes', '--bucket', 'photos'], {
        cwd,
        env: workplace.env,
        path: bins,
      });
      expect(readTree(target)).toEqual(readTree(untyped));
    });

    it('ends at Ctrl-C with 130, and has written nothing', async () => {
      const screen = start('create-minio-stack my-storage');
      await accept(screen, 'Bucket name');
      await shown(screen, '? Name of the server');
      screen.press('C-c');
      await shown(screen, 'code=130');
      expect(screen.screen()).toContain('create-minio-stack: Interrupted. Nothing was written.');
      expect(existsSync(target)).toBe(false);
    });

    it.each([
      ['coloured', {}, ['\u001B[32m✔', '\u001B[32mcreate']],
      ['without colours under NO_COLOR', { NO_COLOR: '1' }, []],
    ])('is %s', async (_, env, coloured) => {
      const screen = start('create-minio-stack my-storage', env);
      await accept(screen, 'Bucket name', ...otherQuestions);
      await shown(screen, 'code=0');
      for (const text of coloured) expect(screen.screenWithColours()).toContain(text);
      expect(screen.screenWithColours().includes('\u001B')).toBe(coloured.length > 0);
    });
  });

  describe('a file that was there before', () => {
    beforeEach(() => {
      mkdirSync(join(target, 'console'), { recursive: true });
      writeFileSync(join(target, 'console/away.html'), 'MINE=1\n');
    });

    const askAboutIt = async () => {
      const given = 'media --server-name s1 --console-name c1 --disk-size 10 --region oregon --console-port 9090';
      const screen = start(`create-minio-stack my-storage --bucket ${given}`);
      await shown(screen, '? console/away.html: it was there before. What do you want to keep?');
      return screen;
    };

    it('is shown as a difference, and stays when the person keeps it', async () => {
      const screen = await askAboutIt();
      screen.press('Down', 'Down', 'Down', 'Down');
      await shown(screen, '❯ (show the difference');
      screen.press('Enter');
      await shown(screen, '\n-MINE=1\n');
      await shown(screen, '❯ mine: the file as it is');
      screen.press('Enter');
      await shown(screen, 'code=0');
      expect(screen.screen()).toMatch(/unchanged console\/away\.html/);
      expect(readTree(target).files['console/away.html']).toBe('MINE=1\n');
      expect(readTree(target).files['render.yaml']).toContain('healthCheckPath');
    });

    it('stays with everything else when the person presses Ctrl-C', async () => {
      const before = readTree(target);
      const screen = await askAboutIt();
      screen.press('C-c');
      await shown(screen, 'code=130');
      expect(readTree(target)).toEqual(before);
    });
  });

  describe('a repository that runs MinIO already', () => {
    beforeEach(() => {
      cpSync(join(import.meta.dirname, '../data/move-in/17-several-buckets'), target, { recursive: true });
    });

    it('is asked what to do and which bucket is meant, and for nothing that was found', async () => {
      const screen = start('create-minio-stack my-storage');
      await shown(screen, '? titan-minio runs MinIO, whose images are gone. What do you want?');
      screen.press('Down');
      await shown(screen, '❯ stack: the private bucket');
      screen.press('Enter');
      await shown(screen, '? Which bucket is the application');
      await shown(screen, '❯ documents\n  invoices\n  exports\n  reports\n  (another one)\n');
      screen.press('Down');
      await shown(screen, '❯ invoices');
      screen.press('Enter');
      await shown(screen, 'code=0');
      const { files } = readTree(target);
      expect(files['render.yaml']).toContain('- key: MINIO_BUCKET\n        value: "invoices"');
      expect(JSON.parse(files['.yo-rc.json'] ?? '')['generator-minio-stack']).toMatchObject({ bucket: 'invoices' });
      expect(screen.screen()).toContain('documents, exports, reports');
    });

    it('takes the name of another bucket, once it can be one', async () => {
      const screen = start('create-minio-stack my-storage --move-in stack');
      await shown(screen, '? Which bucket is the application');
      screen.press('Up');
      await shown(screen, '❯ (another one)');
      screen.press('Enter');
      await shown(screen, '? Bucket name, as it is called on the disk');
      screen.type('Wrong Name');
      screen.press('Enter');
      await shown(screen, '> must hold only lower-case letters');
      screen.press('C-c');
      await shown(screen, 'code=130');
      expect(readTree(target).files).not.toHaveProperty(['.yo-rc.json']);
    });
  });

  describe('yo minio-stack', () => {
    it('ends at Ctrl-C with 130, and has written nothing', async () => {
      const screen = start('yo minio-stack my-storage');
      await shown(screen, '? Bucket name (my-storage)');
      screen.press('C-c');
      await shown(screen, 'code=130');
      expect(screen.screen()).toContain('Interrupted. Nothing was written.');
      expect(existsSync(target)).toBe(false);
    });
  });
});
