import { chmodSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explained, StackError } from '../errors.ts';
import { checksum } from './checksum.ts';
import { contentsOf, type DiskFile, isFolder, parentsOf } from './files.ts';
import { flush } from './flush.ts';
import {
  checksumOf,
  isLeft,
  isStale,
  journalIn,
  type Move,
  memoryFolder,
  movesLeft,
  newFoldersIn,
  ownStagingFolder,
  refuseChanged,
  refuseRunning,
  stagingFolders,
} from './journal.ts';
import { cleanUp, flushed, leavingTheRest, makeFolder, moveAll, removeIfEmpty } from './moves.ts';
import { spelledOnDisk } from './spelling.ts';

/** A change to a file: its path relative to the target folder, with forward slashes. */
export interface Change {
  path: string;
  /** The new contents; undefined deletes the file. */
  contents: string | Uint8Array | undefined;
  executable: boolean;
}

/**
 * Applies changes all or nothing. Everything is staged first, which takes all the disk space that is needed: if that
 * fails, the folder stays as it was. Then everything is moved to its place, in the given order. If the system refuses a
 * move, all are undone. If a kill or a power cut interrupts the moves, `completeInterrupted` does the rest.
 * @param root the target folder, made when it is missing
 * @param seen the files from which the changes were computed. If one of them is different by now, nothing is written
 * @throws {StackError} when another run is at work, a file was changed meanwhile, or the disk refuses
 */
export async function commit(root: string, changes: Change[], seen: ReadonlyMap<string, DiskFile>): Promise<void> {
  const missing = missingFolders(root);
  let moves: Move[] | undefined;
  try {
    moves = await stageAll(root, changes, seen);
    await moveAll(root, moves);
  } catch (error) {
    const failure = moves ? await undo(root, moves, error as Error) : explained(error);
    // The failure is what the person has to know. The next run removes what can't be removed now.
    leavingTheRest(() => {
      if (!moves) cleanUp(root);
      for (const folder of missing.toReversed()) removeIfEmpty(folder);
    });
    throw failure;
  }
}

/**
 * Completes an interrupted run: all of its changes, or none if somebody changed one of the files since.
 * @returns whether there was something to complete
 * @throws {StackError} when the disk refuses
 */
export async function completeInterrupted(root: string): Promise<boolean> {
  try {
    let completed = false;
    for (const folder of stagingFolders(root).filter((each) => isStale(root, each))) {
      const moves = movesLeft(root, folder);
      // rename() is atomic: if two runs race for a stale folder, one of them fails.
      if (folder !== ownStagingFolder) renameSync(join(root, folder), join(root, ownStagingFolder));
      await moveAll(root, moves);
      completed ||= moves.length > 0;
    }
    // A run that was killed as it began, or as it ended, leaves the folder and nothing in it.
    if (isFolder(root, memoryFolder)) removeIfEmpty(join(root, memoryFolder));
    return completed;
  } catch (error) {
    throw explained(error);
  }
}

/** Writes everything into the staging folder, and the journal last. */
async function stageAll(root: string, changes: Change[], seen: ReadonlyMap<string, DiskFile>): Promise<Move[]> {
  makeFolder(join(root, ownStagingFolder));
  refuseOthers(root);
  const moves = changes.map((change, index) => moveFor(root, change, String(index), seen.get(change.path)));
  makeFoldersFor(root, moves);
  refuseMounts(root, moves);
  for (const [index, { path, contents, executable }] of changes.entries()) {
    if (contents !== undefined) stage(root, path, String(index), contents, executable);
    const replaced = seen.get(path);
    if (replaced) stage(root, path, keptAs(moves, index), contentsOf(replaced));
  }
  writeFileSync(join(root, journalIn(ownStagingFolder)), JSON.stringify(moves));
  await flushStaged(root, moves);
  refuseChanged(root, [...new Set([...seen.keys(), ...changes.map(({ path }) => path)])], seen);
  return moves;
}

function moveFor(root: string, { path, contents }: Change, stagedAs: string, replaced: DiskFile | undefined): Move {
  return {
    // If the file system ignores letter case, the file keeps its spelling.
    path: replaced ? spelledOnDisk(root, path) : path,
    ...(contents === undefined ? { from: null } : { from: stagedAs, holds: checksum(contents) }),
    replaces: checksumOf(replaced),
  };
}

/** The name of the staged copy of what a move replaces or deletes, for `undo`. */
const keptAs = (moves: Move[], index: number) => String(moves.length + index);

/** @throws {StackError} when another run is writing, or was writing while this run prepared */
function refuseOthers(root: string): void {
  const others = stagingFolders(root).filter((folder) => folder !== ownStagingFolder);
  refuseRunning(root, others);
  if (others.length > 0)
    throw new StackError('Nothing was written: another run ended here in the meantime. Run it again.');
}

/** Makes the folders into which files will be moved. First they are listed, so that the next run can remove them after a kill. */
function makeFoldersFor(root: string, moves: Move[]): void {
  const folders = new Set(moves.flatMap(({ path, from }) => (from === null ? [] : parentsOf(path))));
  const missing = [...folders].filter((folder) => !existsSync(join(root, folder)));
  writeFileSync(join(root, newFoldersIn(ownStagingFolder)), JSON.stringify(missing));
  for (const folder of missing) mkdirSync(join(root, folder));
}

/**
 * Refuses a mount inside the folder: rename() works only within a mount. Linux says so even of a file that is not there;
 * other systems say it when files are moved, and then all moves are undone.
 */
function refuseMounts(root: string, moves: Move[]): void {
  const nothing = 'no-such-file';
  for (const folder of new Set(moves.map(({ path }) => dirname(path)))) {
    try {
      renameSync(join(root, ownStagingFolder, nothing), join(root, folder, nothing));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') continue;
      const mount = folder === '.' ? memoryFolder : folder;
      throw new StackError(
        `Nothing was written: ${mount} is a mount of its own, so files can't be renamed into it. Unmount it first.`,
      );
    }
  }
}

/** Writes what a file will hold, or what it held, with the permissions that the file has now. */
function stage(root: string, path: string, stagedAs: string, contents: string | Uint8Array, executable = false): void {
  const staged = join(root, ownStagingFolder, stagedAs);
  writeFileSync(staged, contents, { mode: executable ? 0o777 : 0o666 });
  const replaced = statSync(join(root, path), { throwIfNoEntry: false });
  // Give execute permission wherever there is read permission.
  if (replaced) setMode(staged, replaced.mode | (executable ? (replaced.mode & 0o444) >> 2 : 0));
}

function setMode(file: string, mode: number): void {
  if (statSync(file).mode === mode) return;
  try {
    chmodSync(file, mode);
  } catch (error) {
    // The file is our own, so its file system has no such permissions: FAT, for example.
    if (!['EPERM', 'ENOSYS', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Waits until the staged files and the journal are on the disk. A power cut that comes earlier leaves a staged file that is
 * not as its journal says, so that the journal is not followed.
 */
async function flushStaged(root: string, moves: Move[]): Promise<void> {
  const waiting = flushed(moves);
  if (waiting.length === 0) return;
  const names = waiting.flatMap(({ from }) => (from === null ? [] : `${ownStagingFolder}/${from}`));
  await flush(
    [...names, journalIn(ownStagingFolder)].map((path) => join(root, path)),
    [ownStagingFolder, memoryFolder, ''].map((path) => join(root, path)),
  );
}

/**
 * Undoes the moves that are done. The way back has a journal like the way there, so after a kill the next run completes it.
 * @returns the error to report: why the moves failed, and how the files are now
 */
async function undo(root: string, moves: Move[], { message }: Error): Promise<StackError> {
  const back = moves.flatMap((move, index): Move[] => {
    if (isLeft(root, ownStagingFolder, move)) return [];
    const { path, holds = null, replaces } = move;
    const kept = replaces === null ? { from: null } : { from: keptAs(moves, index), holds: replaces };
    return [{ path, ...kept, replaces: holds }];
  });
  try {
    // In one step: after a kill, the next run follows either the old journal or this one.
    const journal = join(root, journalIn(ownStagingFolder));
    writeFileSync(`${journal}.new`, JSON.stringify(back));
    renameSync(`${journal}.new`, journal);
    await flushStaged(root, back);
    await moveAll(root, back.toReversed());
    return new StackError(`Nothing was written: ${message}`);
  } catch (error) {
    return new StackError(
      `${message}\nTo undo the rest failed, too: ${(error as Error).message}\nSome files are written already. Run it again to complete it.`,
    );
  }
}

/** A folder and its parents, as far as they are missing, the outermost first. */
function missingFolders(folder: string): string[] {
  // The parent of a root is the root: that of a drive that was pulled out is missing, too.
  return existsSync(folder) || dirname(folder) === folder ? [] : [...missingFolders(dirname(folder)), folder];
}
