import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { temporaryFile } from '../../src/repository/temporary-file.ts';
import { needs, unix } from '../support/needs.ts';

const module = new URL('../../src/repository/temporary-file.ts', import.meta.url).href;

/** A program that waits for an editor, as this generator does, and says by what the editor ended. */
const program = (editor: string) => `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { temporaryFile } from ${JSON.stringify(module)};
  const file = temporaryFile('README.md', 'Text.');
  const [code, signal] = await once(spawn(${JSON.stringify(editor)}, { shell: true, stdio: 'inherit' }), 'close');
  file.remove();
  console.log(code ?? signal);
`;

/** Runs the program in a process group of its own, and signals the whole group when the editor is there, as a terminal does. */
async function signalled(signal: NodeJS.Signals, editor: string) {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-editor-'));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(editor)], {
    detached: true,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    if (output === '') {
      expect(readdirSync(folder)).toHaveLength(1);
      process.kill(-Number(child.pid), signal);
    }
    output += chunk;
  });
  const [code, endedBy] = await once(child, 'close');
  return { code, endedBy, said: output.replace('ready\n', '').trim(), left: readdirSync(folder) };
}

describe('a temporary file', () => {
  it('has the name that was asked for, and is gone with its folder', () => {
    const file = temporaryFile('.github/workflows/a.yml', 'Text.');
    expect(basename(file.path)).toBe('a.yml');
    expect(file.read()).toEqual({ kind: 'text', text: 'Text.' });
    writeFileSync(file.path, Buffer.from([0xff]));
    expect(file.read()).toMatchObject({ kind: 'binary' });
    rmSync(file.path);
    expect(file.read()).toBeUndefined();
    file.remove();
    expect(existsSync(dirname(file.path))).toBe(false);
  });

  it('is readable for this user only', needs(unix('permissions')), () => {
    const file = temporaryFile('README.md', 'Text.');
    expect(statSync(dirname(file.path)).mode & 0o077).toBe(0);
    file.remove();
  });

  it('leaves no listener behind: Ctrl-C ends the process again', async () => {
    const listeners = () => ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].map((event) => process.listenerCount(event));
    // Those of the tests before this one.
    for (let turns = 0; turns < 3; turns++) await turn();
    const before = listeners();
    temporaryFile('README.md', 'Text.').remove();
    await expect.poll(listeners).toEqual(before);
  });
});

it.each<NodeJS.Signals>(['SIGTERM', 'SIGHUP'])(
  '%s that arrives with the end of the editor is not lost with the temporary file',
  needs(unix('signals')),
  async (signal) => {
    // The signal is caught while this turn of the event loop is busy, and the file is removed before it is dispatched.
    const busy = `
      import { execFileSync } from 'node:child_process';
      import { temporaryFile } from ${JSON.stringify(module)};
      const file = temporaryFile('README.md', 'Text.');
      execFileSync('kill', ['-s', '${signal.slice(3)}', String(process.pid)]);
      file.remove();
      console.log('went on');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', busy]);
    expect((await once(child, 'close'))[1]).toBe(signal);
  },
);

describe('a signal to the whole process group, while an editor has a temporary file', needs(unix('signals')), () => {
  it('SIGINT ends an editor that does not handle it: the program goes on, and nothing is left', async () => {
    const ended = await signalled('SIGINT', 'echo ready; exec sleep 30');
    expect(ended).toEqual({ code: 0, endedBy: null, said: 'SIGINT', left: [] });
  });

  it('SIGINT is left to an editor that handles it', async () => {
    const ended = await signalled('SIGINT', 'trap "" INT; echo ready; sleep 1; exit 7');
    expect(ended).toEqual({ code: 0, endedBy: null, said: '7', left: [] });
  });

  it.each<NodeJS.Signals>(['SIGTERM', 'SIGHUP'])('%s ends the program, and nothing is left', async (signal) => {
    expect(await signalled(signal, 'echo ready; exec sleep 30')).toMatchObject({ endedBy: signal, left: [] });
  });
});
