import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readFiles } from '../../src/repository/files.ts';
import { journalIn, ownStagingFolder } from '../../src/repository/journal.ts';
import { commit, completeInterrupted } from '../../src/repository/transaction.ts';
import { emptyFolder, readTree } from '../support/generate.ts';
import { edit, generated, laterVersion, replaced, run, settled } from '../update/support.ts';
import { emptyFolders } from './empty-folders.ts';

/**
 * How many changes of the disk succeed (then none does, as after kill -9), the file that can't be replaced, and what
 * happens before a folder is listed.
 */
const disk = vi.hoisted(() => ({ changesLeft: Number.POSITIVE_INFINITY, busy: '', beforeListing: () => {} }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const changing = ['writeFileSync', 'renameSync', 'mkdirSync', 'rmSync', 'rmdirSync', 'chmodSync'] as const;
  const counted = changing.map((name) => {
    const change = fs[name] as (...all: unknown[]) => unknown;
    const stoppable = (...all: unknown[]) => {
      disk.changesLeft -= 1;
      if (disk.changesLeft < 0) throw Object.assign(new Error(`killed: ${name}`), { code: 'EIO' });
      if (disk.busy && name === 'renameSync' && String(all[1]).endsWith(disk.busy))
        throw Object.assign(new Error('EBUSY: resource busy or locked, rename'), { code: 'EBUSY' });
      return change(...all);
    };
    return [name, stoppable];
  });
  const list = fs.readdirSync as (...all: unknown[]) => unknown;
  const readdirSync = (...all: unknown[]) => {
    disk.beforeListing();
    return list(...all);
  };
  // A kill leaves what was written, flushed or not: to wait for the disk a thousand times would show nothing.
  const fsync = (_: number, done: () => void) => done();
  return { ...fs, ...Object.fromEntries(counted), readdirSync, fsync };
});

beforeEach(() => {
  disk.changesLeft = Number.POSITIVE_INFINITY;
});

/** Runs until the disk has changed so many times; returns whether it was interrupted. */
async function interruptedAfter(changes: number, work: () => unknown): Promise<boolean> {
  disk.changesLeft = changes;
  try {
    await work();
    return false;
  } catch (error) {
    expect(String(error)).toMatch('killed');
    return true;
  } finally {
    disk.changesLeft = Number.POSITIVE_INFINITY;
  }
}

const section = (text: string) => `${text}\n## Who to call\n\nJo, extension 12.\n`;
const journal = journalIn(ownStagingFolder);
const later = laterVersion({
  'README.md': (text) => text.replace(/^# .*/m, '# MinIO, privately'),
  'minio/minio-entrypoint.sh': replaced('ATTEMPTS=3', 'ATTEMPTS=5'),
  '.env.example': undefined,
  '.github/dependabot.yml': undefined,
  'docs/new.md': 'New.\n',
});

/** A repository of the settled version with an edit of its own. */
async function edited(): Promise<string> {
  const folder = await generated(settled);
  edit(folder, { 'README.md': section });
  return folder;
}

/** The same, with an update that was interrupted when it had moved the README. */
async function interrupted(): Promise<string> {
  const readme = (folder: string) => readTree(folder).files['README.md'];
  for (let changes = 1; ; changes++) {
    const folder = await edited();
    const before = readme(folder);
    expect(await interruptedAfter(changes, () => run(later, folder))).toBe(true);
    if (readme(folder) !== before) return folder;
  }
}
const partly = await interrupted();
const copied = () => {
  const folder = emptyFolder();
  cpSync(partly, folder, { recursive: true });
  return folder;
};
const updated = await edited();
await run(later, updated);
const whole = readTree(updated);

describe('an interrupted run', () => {
  it('is completed by the next, whatever answers that has', async () => {
    const folder = copied();
    expect(await completeInterrupted(folder)).toBe(true);
    expect(readTree(folder)).toEqual(whole);
    const other = copied();
    await run(later, other, { options: { 'console-port': '9191' } });
    const direct = await edited();
    await run(later, direct);
    await run(later, direct, { options: { 'console-port': '9191' } });
    expect(readTree(other)).toEqual(readTree(direct));
  });

  it('is completed where an empty folder was removed meanwhile', async () => {
    const folder = copied();
    rmdirSync(join(folder, 'docs'));
    expect(await completeInterrupted(folder)).toBe(true);
    expect(readTree(folder)).toEqual(whole);
  });

  it.each(['check', 'dry-run'])('is not completed with --%s, which says so and writes nothing', async (flag) => {
    const folder = copied();
    const before = readTree(folder);
    await expect(run(later, folder, { options: { [flag]: true } })).rejects.toThrow(
      'An earlier run was interrupted. Run npm init minio-stack@latest in this folder to complete it first.',
    );
    expect(readTree(folder)).toEqual(before);
  });

  it('that had not staged everything is no reason to refuse --check, even with a conflict', async () => {
    const folder = await edited();
    edit(folder, { 'README.md': (text) => text.replace(/^# .*/m, '# Our files') });
    mkdirSync(join(folder, '.minio-stack/staging-999999999'));
    await expect(run(later, folder, { options: { check: true } })).rejects.toMatchObject({ code: 3 });
  });

  it('is not completed over what somebody has changed since: the next run merges', async () => {
    const folder = copied();
    edit(folder, { 'minio/minio-entrypoint.sh': replaced('CLIENT_SECONDS=20', 'CLIENT_SECONDS=30') });
    await run(later, folder);
    const { files } = readTree(folder);
    expect(files['minio/minio-entrypoint.sh']).toMatch('CLIENT_SECONDS=30');
    expect(files['minio/minio-entrypoint.sh']).toMatch('ATTEMPTS=5');
    expect({ ...files, 'minio/minio-entrypoint.sh': '' }).toEqual({ ...whole.files, 'minio/minio-entrypoint.sh': '' });
  });

  it('that renames is undone or completed by a plain one, wherever it was interrupted', async () => {
    const options = { 'server-name': 'file-server', bucket: 'my-files', 'allow-rename': true };
    const outcome = async (...runs: (typeof options | undefined)[]) => {
      const folder = await edited();
      for (const each of runs) await run(later, folder, { options: each ?? {} });
      return readTree(folder);
    };
    const [undone, completed] = [await outcome(undefined), await outcome(options)];
    for (let changes = 0, stopped = true; stopped; changes++) {
      const folder = await edited();
      stopped = await interruptedAfter(changes, () => run(later, folder, { options }));
      await run(later, folder);
      expect([undone, completed]).toContainEqual(readTree(folder));
    }
  });

  it.each([
    ['an update', edited],
    ['a first run', async () => emptyFolder()],
  ])('leaves no empty folder behind, wherever %s was interrupted', async (_, make) => {
    for (let changes = 0, stopped = true; stopped; changes++) {
      const folder = await make();
      stopped = await interruptedAfter(changes, () => run(later, folder));
      if (!existsSync(folder)) continue;
      await completeInterrupted(folder);
      expect(emptyFolders(folder), `after ${changes} changes`).toEqual([]);
    }
  });

  it('whose file is busy is undone, or completed by the next, wherever it was interrupted', async () => {
    const busy = 'minio/minio-entrypoint.sh';
    const before = readTree(await edited());
    let undone = 0;
    for (let changes = 0, stopped = true; stopped; changes++) {
      const folder = await edited();
      disk.busy = busy;
      disk.changesLeft = changes;
      const message = await run(later, folder).then(String, (error: Error) => error.message);
      stopped = disk.changesLeft < 0;
      Object.assign(disk, { busy: '', changesLeft: Number.POSITIVE_INFINITY });
      if (!stopped)
        expect(message).toMatch(`Nothing was written: ${busy} can't be written (EBUSY: resource busy or locked)`);
      await completeInterrupted(folder);
      const found = readTree(folder);
      expect([before, whole], `after ${changes} changes`).toContainEqual(found);
      expect(emptyFolders(folder)).toEqual([]);
      if (isDeepStrictEqual(found, before)) undone += 1;
    }
    expect(undone).toBeGreaterThan(0);
  });

  it('says what went wrong first, not what the clean-up met', async () => {
    for (let changes = 1; changes < 8; changes++) {
      const folder = await edited();
      disk.changesLeft = changes;
      await expect(run(later, folder)).rejects.toThrow(/killed: (mkdirSync|writeFileSync)/);
      disk.changesLeft = Number.POSITIVE_INFINITY;
    }
  });

  it('is forgotten when a power cut has damaged what it had staged', async () => {
    const folder = copied();
    const [name] = readdirSync(join(folder, dirname(journal))).filter((each) => /^\d+$/.test(each));
    edit(folder, { [join(dirname(journal), String(name))]: '' });
    expect(await completeInterrupted(folder)).toBe(false);
    await run(later, folder);
    expect(readTree(folder)).toEqual(whole);
  });

  it('of version 0.1.0, whose journal has no checksums of what is staged, is completed', async () => {
    const folder = copied();
    edit(folder, { [journal]: (text) => text.replaceAll(/"holds":"[0-9a-f]+",/g, '') });
    expect(await completeInterrupted(folder)).toBe(true);
    expect(readTree(folder)).toEqual(whole);
  });

  it('is forgotten when its journal is cut off: nothing was moved yet', async () => {
    const folder = copied();
    edit(folder, { [journal]: (text) => text.slice(0, -1) });
    const { files } = readTree(folder);
    expect(await completeInterrupted(folder)).toBe(false);
    const rest = Object.entries(files).filter(([path]) => !path.includes('/staging-'));
    expect(readTree(folder).files).toEqual(Object.fromEntries(rest));
  });
});

describe('another run that begins', () => {
  /** Starts another run before a folder is listed for the nth time; returns whether it came to that, and what this run says. */
  async function disturbedAt(listing: number, folder: string) {
    let listings = 0;
    disk.beforeListing = () => {
      listings += 1;
      if (listings === listing) mkdirSync(join(folder, `.minio-stack/staging-${process.ppid}`));
    };
    try {
      await run(later, folder);
      return { begun: listings >= listing };
    } catch (error) {
      return { begun: true, refused: String(error) };
    } finally {
      disk.beforeListing = () => {};
    }
  }

  it('is said to be at work, whenever it begins, and nothing is written', async () => {
    let refusals = 0;
    for (let listing = 1, begun = true; begun; listing++) {
      const folder = await edited();
      const before = readTree(folder);
      const outcome = await disturbedAt(listing, folder);
      begun = outcome.begun;
      if (outcome.refused) {
        refusals += 1;
        expect(outcome.refused).toMatch('another run is at work here');
        expect(readTree(folder)).toEqual(before);
      } else expect(readTree(folder).files).toEqual(whole.files);
    }
    expect(refusals).toBeGreaterThan(0);
  });
});

describe('a journal that somebody else has written', () => {
  const move = { path: 'README.md', from: '0', replaces: null };

  it.each([
    ['writes outside, by a path that climbs', { ...move, path: '../outside.txt' }],
    ['writes outside, by a path through a folder', { ...move, path: 'a/../../outside.txt' }],
    ['writes outside, by an absolute path', { ...move, path: '/outside.txt' }],
    ['writes a git hook', { ...move, path: '.git/hooks/pre-commit' }],
    ['writes a git hook where case does not matter', { ...move, path: '.GIT/hooks/pre-commit' }],
    ['writes a git hook by a short name of Windows', { ...move, path: 'git~1/hooks/pre-commit' }],
    ['writes a git hook of a module', { ...move, path: 'a/.git/hooks/pre-commit' }],
    ['takes a file from outside', { ...move, from: '../../../private' }],
    ['deletes a file outside', { path: '../private', from: null, replaces: '00000000' }],
    ['is no list of moves', 1],
    ['has no paths', {}],
  ])('%s: is not followed', async (_, entry) => {
    const folder = emptyFolder();
    const outside = dirname(folder);
    mkdirSync(join(folder, dirname(journal)), { recursive: true });
    writeFileSync(join(outside, 'private'), '');
    edit(folder, { [join(dirname(journal), '0')]: 'planted', [journal]: JSON.stringify([entry]) });
    expect(await completeInterrupted(folder)).toBe(false);
    expect(readTree(outside).files).toEqual({ private: '' });
    expect(existsSync('/outside.txt')).toBe(false);
  });

  it.each([
    ['its staging folder', dirname(journal)],
    ['the folder of the memory', '.minio-stack'],
    ['a folder of its target', 'docs'],
  ])('with a link as %s: nothing is reached through it', async (_, path) => {
    const folder = emptyFolder();
    const outside = mkdtempSync(join(tmpdir(), 'minio-stack-outside-'));
    const staged = dirname(journal).slice('.minio-stack/'.length);
    const place = path === 'docs' ? join(folder, '.minio-stack') : outside;
    const inPlace = path === dirname(journal) ? place : join(place, staged);
    mkdirSync(inPlace, { recursive: true });
    writeFileSync(join(inPlace, '0'), 'kept');
    writeFileSync(join(inPlace, 'journal.json'), JSON.stringify([{ path: 'docs/new.md', from: '0', replaces: null }]));
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    symlinkSync(outside, join(folder, path));
    const before = readTree(outside);
    try {
      await completeInterrupted(folder);
    } catch (error) {
      expect(String(error)).toMatch(/must be a folder, but a symbolic link is there/);
    }
    expect(readTree(outside)).toEqual(before);
  });
});

describe('for every change of some files, interrupted at any change of the disk', { timeout: 120_000 }, () => {
  const path = fc.constantFrom('a.md', 'b.sh', 'c/d.md', 'c/e/f.md', '.minio-stack/base/a.md');
  const text = fc.constantFrom('', 'one\n', 'two\n', 'three\n');
  const tree = fc.dictionary(path, text, { maxKeys: 5 });
  const target = fc.dictionary(path, fc.option(text, { nil: undefined }), { minKeys: 1, maxKeys: 5 });

  it('it has not begun, or is completed: never anything between', async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(tree, target, fc.nat(40), async (before, changed, at) => {
        const folder = mkdtempSync(join(tmpdir(), 'minio-stack-commit-'));
        try {
          edit(folder, before);
          const seen = readFiles(folder, new Set([...Object.keys(before), ...Object.keys(changed)]));
          const changes = Object.entries(changed).map(([path, contents]) => ({ path, contents, executable: false }));
          const stopped = await interruptedAfter(at, () => commit(folder, changes, seen));
          const found = readTree(folder).files;
          const undecided = Object.keys(found).some((each) => each.startsWith('.minio-stack/staging-'));
          const completed = await completeInterrupted(folder);
          const after = Object.fromEntries(
            Object.entries({ ...before, ...changed }).filter(([, contents]) => contents !== undefined),
          );
          const { files } = readTree(folder);
          expect(emptyFolders(folder)).toEqual([]);
          if (!stopped || completed) expect(files).toEqual(after);
          else expect([before, after]).toContainEqual(files);
          if (!undecided) expect(completed).toBe(false);
          if (stopped) tried += 1;
        } finally {
          rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: 1000 },
    );
    console.log(`interrupted commits tried: ${tried}`);
  });
});
