import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from '../support/generate.ts';
import { needs, program } from '../support/needs.ts';
import { bin, copy, flags, timeout } from './disturbed.ts';

const calls = ['fsync', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat'];

/** What a run asked of the kernel, in the order in which the kernel had done it: the name of the call, and its paths. */
interface Call {
  name: string;
  paths: string[];
}

/** Runs the bundle under strace. */
function traced(folder: string): Call[] {
  const log = `${folder}-trace`;
  // With the path of each descriptor, and whole strings.
  const strace = ['-f', '-y', '-s', '4096', '-e', `trace=${calls}`, '-o', log];
  const { status, stderr } = spawnSync('strace', [...strace, process.execPath, bin, folder, ...flags], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const unfinished = new Map<string, Call>();
  return readFileSync(log, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [thread = '', name = ''] = /^(\d+) +(?:<\.\.\. )?(\w+)/.exec(line)?.slice(1) ?? [];
      const paths = [...line.matchAll(/<(\/[^>]*)>|"([^"]*)"/g)].map(([, ofDescriptor, path]) =>
        String(ofDescriptor ?? path),
      );
      if (line.endsWith('<unfinished ...>')) unfinished.set(thread, { name, paths });
      if (!/\) += 0$/.test(line)) return [];
      return line.includes(' resumed>') ? (unfinished.get(thread) ?? []) : { name, paths };
    });
}

/** Tells the copies in the base that a run makes for the first time: if a power cut damages them, their checksums tell. */
function newCopies(folder: string): (path: string) => boolean {
  const base = join(folder, '.minio-stack/base');
  const before = existsSync(base) ? readdirSync(base, { recursive: true, encoding: 'utf8' }) : [];
  return (path) => path.startsWith(`${base}/`) && !before.includes(path.slice(base.length + 1));
}

/** A folder in which a first run replaces one file of the user's. */
function withGitignore(): string {
  const folder = emptyFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, '.gitignore'), 'node_modules/\n');
  return folder;
}

describe('before a power cut', needs(program('strace')), () => {
  it.each([
    ['a run that adds to a file', () => withGitignore()],
    ['an update', () => copy()],
  ])(
    '%s has flushed each file before it is renamed, and each folder before the journal is removed',
    { timeout },
    (_, make) => {
      const folder = make();
      const isNewCopy = newCopies(folder);
      const all = traced(folder);
      const at = (name: string, path: string) => all.findIndex((call) => call.name === name && call.paths[0] === path);
      const lastAt = (name: string, path: string) =>
        all.findLastIndex((call) => call.name === name && call.paths[0] === path);
      const renames = all.filter(({ name, paths }) => name.startsWith('rename') && !isNewCopy(String(paths[1])));
      const firstRename = all.findIndex(({ name }) => name.startsWith('rename'));
      const staging = dirname(String(renames[0]?.paths[0]));
      const removed = at('unlink', join(staging, 'journal.json'));
      expect(renames.length).toBeGreaterThan(8);
      for (const path of [...renames.map(({ paths }) => String(paths[0])), join(staging, 'journal.json'), staging]) {
        const flushed = at('fsync', path);
        expect(flushed, path).toBeGreaterThan(-1);
        expect(flushed, path).toBeLessThan(firstRename);
      }
      for (const [index, { name, paths }] of all.entries()) {
        if (!name.startsWith('rename') || isNewCopy(String(paths[1]))) continue;
        const flushed = lastAt('fsync', dirname(String(paths[1])));
        expect(flushed, paths[1]).toBeGreaterThan(index);
        expect(flushed, paths[1]).toBeLessThan(removed);
      }
    },
  );

  it('a run that replaces nothing of the user does not wait for the disk', { timeout }, () => {
    expect(traced(emptyFolder()).filter(({ name }) => name === 'fsync')).toEqual([]);
  });
});
