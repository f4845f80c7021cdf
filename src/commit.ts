import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type DiskFile, readFiles } from './disk.ts';
import { StackError, systemErrorsExplained } from './errors.ts';

/** A change to a file: its path relative to the target folder, with forward slashes. */
export interface Change {
  path: string;
  /** What it is to hold; undefined deletes it. */
  contents: string | undefined;
  executable: boolean;
}

/** The folder in which a run stages what it writes, with the run's process id behind it. */
const staging = '.minio-stack/staging-';

/**
 * Applies changes so that a failure leaves the folder as it was, or in a state that the next run completes: everything is
 * written into a staging folder first, which takes all the disk space that is needed, and moved to its place last, in the
 * given order.
 * @param root the target folder, made when it is missing
 * @param seen the files as the changes were made from them: when one is different by now, nothing is written
 * @throws {StackError} when another run is at work, a file was changed meanwhile, or the disk refuses
 */
export function commit(root: string, changes: Change[], seen: ReadonlyMap<string, DiskFile>): void {
  systemErrorsExplained(() => {
    const staged = join(root, `${staging}${process.pid}`);
    const made: string[] = [];
    try {
      makeFolder(staged, made);
      refuseOthers(root);
      stage(root, staged, changes, made);
      refuseChanged(
        root,
        changes.map(({ path }) => path),
        seen,
      );
    } catch (error) {
      rmSync(staged, { recursive: true, force: true });
      for (const folder of made.toReversed()) removeIfEmpty(folder);
      throw error;
    }
    try {
      move(root, staged, changes);
    } finally {
      // Also when the disk refuses half-way: the next run makes what it needs itself.
      rmSync(staged, { recursive: true, force: true });
    }
  });
}

/** Removes what a killed run has left; a run that is alive comes first. */
function refuseOthers(root: string): void {
  refuseWhileOthersWrite(root);
  for (const name of stagingOfOthers(root))
    rmSync(join(root, dirname(staging), name), { recursive: true, force: true });
}

/** @throws {StackError} when another run is writing in the folder right now */
export function refuseWhileOthersWrite(root: string): void {
  // Its process id is all that has to be known of it.
  const alive = stagingOfOthers(root).find((name) => isRunning(Number(name.slice('staging-'.length))));
  if (!alive) return;
  const folder = `.minio-stack/${alive}`;
  throw new StackError(`Nothing was written: another run is at work here. If there is none, remove ${folder}.`);
}

function stagingOfOthers(root: string): string[] {
  const folder = join(root, dirname(staging));
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.startsWith('staging-') && name !== `staging-${process.pid}`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function stage(root: string, staged: string, changes: Change[], made: string[]): void {
  for (const [index, { path, contents, executable }] of changes.entries()) {
    if (contents === undefined) continue;
    const place = join(root, path);
    makeFolder(dirname(place), made);
    writeFileSync(join(staged, String(index)), contents, { mode: executable ? 0o777 : 0o666 });
    const replaced = statSync(place, { throwIfNoEntry: false });
    // Whoever may read a script may run it.
    if (replaced)
      chmodSync(join(staged, String(index)), replaced.mode | (executable ? (replaced.mode & 0o444) >> 2 : 0));
  }
}

/** @throws {StackError} when a file is different from how it was read */
export function refuseChanged(root: string, paths: string[], seen: ReadonlyMap<string, DiskFile>): void {
  const now = readFiles(root, paths);
  const changed = paths.filter((path) => now.get(path)?.text !== seen.get(path)?.text);
  if (changed.length > 0) {
    throw new StackError(`Nothing was written: ${changed.join(', ')} changed while this ran. Run it again.`);
  }
}

function move(root: string, staged: string, changes: Change[]): void {
  for (const [index, { path, contents }] of changes.entries()) {
    if (contents === undefined) rmSync(join(root, path), { force: true });
    else renameSync(join(staged, String(index)), join(root, path));
  }
  // Not before: a folder that is empty for a moment may be about to get another file.
  for (const { path, contents } of changes) if (contents === undefined) removeEmptyFolders(root, dirname(path));
}

/** Removes a folder and its parents as far as they are empty. */
function removeEmptyFolders(root: string, folder: string): void {
  for (let parent = folder; parent !== '.'; parent = dirname(parent)) removeIfEmpty(join(root, parent));
}

/** A folder that is gone already, or in use by another run, is none of ours. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) throw error;
  }
}

/** Makes a folder with its parents, and adds those that were missing to `made`, the outermost first. */
function makeFolder(folder: string, made: string[]): void {
  const missing: string[] = [];
  for (let parent = folder; !existsSync(parent); parent = dirname(parent)) missing.unshift(parent);
  made.push(...missing);
  if (missing.length > 0) mkdirSync(folder, { recursive: true });
}
