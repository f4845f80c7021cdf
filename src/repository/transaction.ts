import { chmodSync, existsSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StackError, systemErrorsExplained } from '../errors.ts';
import type { DiskFile } from './files.ts';
import {
  checksumOf,
  isLeft,
  journalIn,
  type Move,
  movesLeft,
  own,
  refuseChanged,
  refuseRunning,
  stagingFolders,
} from './journal.ts';

/** A change to a file: its path relative to the target folder, with forward slashes. */
export interface Change {
  path: string;
  /** What it is to hold; undefined deletes it. */
  contents: string | Uint8Array | undefined;
  executable: boolean;
}

/**
 * Applies changes all or nothing. Everything is staged first, which takes all the disk space that is needed; up to there a
 * failure leaves the folder as it was. Then it is moved to its place, in the given order; should that be interrupted,
 * `completeInterrupted` does the rest.
 * @param root the target folder, made when it is missing
 * @param seen the files as the changes were made from them: when one is different by now, nothing is written
 * @throws {StackError} when another run is at work, a file was changed meanwhile, or the disk refuses
 */
export function commit(root: string, changes: Change[], seen: ReadonlyMap<string, DiskFile>): void {
  systemErrorsExplained(() => {
    const paths = changes.map(({ path }) => path);
    const moves = changes.map(
      ({ path, contents }, index): Move => ({
        path,
        from: contents === undefined ? null : String(index),
        replaces: checksumOf(seen.get(path)),
      }),
    );
    const made: string[] = [];
    try {
      makeFolder(join(root, own), made);
      refuseOthers(root);
      stage(root, changes, made);
      refuseChanged(root, paths, seen);
      writeFileSync(join(root, journalIn(own)), JSON.stringify(moves));
    } catch (error) {
      rmSync(join(root, own), { recursive: true, force: true });
      for (const folder of made.toReversed()) removeIfEmpty(folder);
      throw error;
    }
    try {
      moveAll(root, moves);
    } catch (error) {
      throw new StackError(`${(error as Error).message}\nSome files are written already; the next run does the rest.`);
    }
  });
}

/**
 * Completes what an interrupted run has left: all of it, or, where a file was changed since, none.
 * @returns whether there was something to complete
 * @throws {StackError} when the disk refuses
 */
export function completeInterrupted(root: string): boolean {
  return systemErrorsExplained(() => {
    let completed = false;
    for (const folder of stagingFolders(root).filter(isLeft)) {
      const moves = movesLeft(root, folder);
      // To take the folder over is one step: of two runs that try, one fails.
      if (folder !== own) renameSync(join(root, folder), join(root, own));
      moveAll(root, moves);
      completed ||= moves.length > 0;
    }
    return completed;
  });
}

/** @throws {StackError} when another run is writing, or was while this one was preparing */
function refuseOthers(root: string): void {
  const others = stagingFolders(root).filter((folder) => folder !== own);
  refuseRunning(others);
  if (others.length > 0)
    throw new StackError('Nothing was written: another run has ended here meanwhile. Run it again.');
}

function stage(root: string, changes: Change[], made: string[]): void {
  for (const [index, { path, contents, executable }] of changes.entries()) {
    if (contents === undefined) continue;
    const place = join(root, path);
    const staged = join(root, own, String(index));
    makeFolder(dirname(place), made);
    writeFileSync(staged, contents, { mode: executable ? 0o777 : 0o666 });
    const replaced = statSync(place, { throwIfNoEntry: false });
    // Whoever may read a script may run it.
    if (replaced) chmodSync(staged, replaced.mode | (executable ? (replaced.mode & 0o444) >> 2 : 0));
  }
}

/** Moves what is staged to its place, and removes the staging folder. */
function moveAll(root: string, moves: Move[]): void {
  for (const { path, from } of moves) {
    if (from === null) rmSync(join(root, path), { force: true });
    else {
      makeFolder(dirname(join(root, path)));
      renameSync(join(root, own, from), join(root, path));
    }
  }
  // Not before: a folder that is empty for a moment may be about to get another file.
  for (const { path, from } of moves) if (from === null) removeEmptyFolders(root, dirname(path));
  // The journal first: without it, nothing is left to do.
  rmSync(join(root, journalIn(own)), { force: true });
  rmSync(join(root, own), { recursive: true, force: true });
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
function makeFolder(folder: string, made: string[] = []): void {
  const missing: string[] = [];
  for (let parent = folder; !existsSync(parent); parent = dirname(parent)) missing.unshift(parent);
  made.push(...missing);
  if (missing.length > 0) mkdirSync(folder, { recursive: true });
}
