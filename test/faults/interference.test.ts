import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, readTree } from '../support/generate.ts';
import { needs, program, unix } from '../support/needs.ts';
import { current, edit, run } from '../update/support.ts';
import {
  asRoot,
  before,
  bin,
  child,
  copy,
  expectRecovery,
  flags,
  options,
  timeout,
  tree,
  updated,
} from './disturbed.ts';

describe('rights that are missing', { timeout, ...needs(unix('permissions')) }, () => {
  /** A user who is not root, where the tests run as root. */
  const somebody = asRoot ? { uid: 65534, gid: 65534 } : {};
  const runAs = (folder: string) =>
    spawnSync(process.execPath, [bin, folder, ...flags], {
      encoding: 'utf8',
      cwd: tmpdir(),
      env: { ...process.env, HOME: dirname(folder) },
      ...somebody,
    });
  const owned = (folder: string) => {
    if (asRoot) {
      for (const path of ['', ...readdirSync(dirname(folder), { recursive: true, encoding: 'utf8' })])
        chownSync(join(dirname(folder), path), 65534, 65534);
    }
    return folder;
  };

  it.each([
    ['the folder itself', ''],
    ['a folder in it', 'console'],
    ['the memory', '.minio-stack'],
    ['a folder of the memory', '.minio-stack/base/console'],
  ])('to write in %s: said by name, and completed once they are there', async (_, path) => {
    const folder = owned(copy());
    chmodSync(join(folder, path), 0o555);
    const { status, stderr } = runAs(folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/EACCES: permission denied/);
    expect(readTree(folder)).toEqual(tree);
    chmodSync(join(folder, path), 0o755);
    await expectRecovery(folder, path);
  });

  it('to read a file: said by name, and nothing is written', () => {
    const folder = owned(copy());
    chmodSync(join(folder, 'README.md'), 0);
    expect(runAs(folder)).toMatchObject({ status: 1, stderr: expect.stringContaining('README.md') });
    chmodSync(join(folder, 'README.md'), 0o644);
    expect(readTree(folder)).toEqual(tree);
  });
});

describe('without anybody there', { timeout, ...needs(program('sh')) }, () => {
  it.each(['</dev/null', '<&-'])('standard input %s: an error, never a hang, and nothing is written', (input) => {
    const folder = emptyFolder();
    const { status, stderr } = spawnSync('sh', ['-c', `exec "$0" "$1" "$2" ${input}`, process.execPath, bin, folder], {
      encoding: 'utf8',
      cwd: tmpdir(),
      timeout: 60_000,
    });
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('No terminal to ask on.') });
    expect(existsSync(folder)).toBe(false);
  });

  it('standard input closed at a conflict: exit code 3, and nothing is written', () => {
    const folder = copy();
    edit(folder, {
      'console/Dockerfile': (text) => text.replace('MINIO_CONSOLE_PORT=9090', 'MINIO_CONSOLE_PORT=9292'),
    });
    const dirty = readTree(folder);
    const { status } = spawnSync(
      'sh',
      ['-c', 'exec "$0" "$1" "$2" --console-port 9191 <&-', process.execPath, bin, folder],
      { cwd: tmpdir(), timeout: 60_000 },
    );
    expect(status).toBe(3);
    expect(readTree(folder)).toEqual(dirty);
  });
});

describe('several runs at once', { timeout }, () => {
  it.each([
    ['in a repository', () => copy()],
    ['in an empty folder', () => emptyFolder()],
  ])('%s: one writes, or none; what a run refuses it says', async (_, make) => {
    const whole = readTree(before).files['README.md'] ?? '';
    for (let round = 0; round < 5; round++) {
      const folder = make();
      const ended = await Promise.all([1, 2, 3, 4].map(() => child(folder)));
      for (const { code, output } of ended) {
        if (code === 0) continue;
        expect(code, output).toBe(1);
        // One that reads while another writes may find a file gone.
        expect(output).toMatch(/another run is at work|another run ended|changed while this ran|ENOENT/);
      }
      await run(current, folder, { options });
      if (readTree(folder).files['backup/run.sh']) expect(readTree(folder)).toEqual(updated);
      expect(Object.keys(readTree(folder).files).filter((path) => path.includes('staging-'))).toEqual([]);
    }
    expect(readFileSync(join(before, 'README.md'), 'utf8')).toBe(whole);
  });
});
