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
import { explained, StackError } from '../errors.ts';
import { checksum } from './checksum.ts';
import { type DiskFile, isFolder, parentsOf } from './files.ts';
import { flush } from './flush.ts';
import {
  checksumOf,
  isStale,
  journalIn,
  type Move,
  memoryFolder,
  movesLeft,
  newFoldersIn,
  ownStagingFolder,
  readJournal,
  readNewFolders,
  refuseChanged,
  refuseRunning,
  stagingFolders,
} from './journal.ts';
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
 * fails, the folder stays as it was. Then everything is moved to its place, in the given order. If a kill or a power cut
 * interrupts the moves, `completeInterrupted` does the rest.
 * @param root the target folder, made when it is missing
 * @param seen the files from which the changes were computed. If one of them is different by now, nothing is written
 * @throws {StackError} when another run is at work, a file was changed meanwhile, or the disk refuses
 */
export async function commit(root: string, changes: Change[], seen: ReadonlyMap<string, DiskFile>): Promise<void> {
  const moves = await stageAll(root, changes, seen);
  try {
    await moveAll(root, moves);
  } catch (error) {
    throw new StackError(
      `${(error as Error).message}\nSome files are written already. Run it again to write the rest.`,
    );
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
    for (const folder of stagingFolders(root).filter(isStale)) {
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

/** Writes everything into the staging folder, and the journal last. On an error, the disk is again as it was. */
async function stageAll(root: string, changes: Change[], seen: ReadonlyMap<string, DiskFile>): Promise<Move[]> {
  const missing = missingFolders(root);
  try {
    makeFolder(join(root, ownStagingFolder));
    refuseOthers(root);
    const moves = changes.map((change, index) => moveFor(root, change, String(index), seen.get(change.path)));
    makeFoldersFor(root, moves);
    for (const [index, change] of changes.entries()) stage(root, change, String(index));
    writeFileSync(join(root, journalIn(ownStagingFolder)), JSON.stringify(moves));
    await flushStaged(root, moves);
    refuseChanged(root, [...new Set([...seen.keys(), ...changes.map(({ path }) => path)])], seen);
    return moves;
  } catch (error) {
    cleanUp(root);
    for (const folder of missing.toReversed()) removeIfEmpty(folder);
    throw explained(error);
  }
}

function moveFor(root: string, { path, contents }: Change, stagedAs: string, replaced: DiskFile | undefined): Move {
  return {
    // If the file system ignores letter case, the file keeps its spelling.
    path: replaced ? spelledOnDisk(root, path) : path,
    ...(contents === undefined ? { from: null } : { from: stagedAs, holds: checksum(contents) }),
    replaces: checksumOf(replaced),
  };
}

/** @throws {StackError} when another run is writing, or was writing while this run prepared */
function refuseOthers(root: string): void {
  const others = stagingFolders(root).filter((folder) => folder !== ownStagingFolder);
  refuseRunning(others);
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

function stage(root: string, { path, contents, executable }: Change, stagedAs: string): void {
  if (contents === undefined) return;
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
 * The changes that have to survive a power cut. Where no file is replaced or deleted, there are none: nothing of the user's
 * can be lost, so a first run does not wait for the disk. A new copy in the base is not waited for either: the next update
 * recognizes a damaged copy by its checksum, and does not use the copy.
 */
function flushed(moves: Move[]): Move[] {
  if (moves.every(({ replaces }) => replaces === null)) return [];
  return moves.filter(({ path, replaces }) => replaces !== null || !path.startsWith(`${memoryFolder}/base/`));
}

/** Moves what is staged to its place, and removes the staging folder. */
async function moveAll(root: string, moves: Move[]): Promise<void> {
  const written = moves.filter(({ from }) => from !== null);
  for (const folder of new Set(written.map(({ path }) => dirname(join(root, path))))) makeFolder(folder);
  for (const { path, from } of moves) {
    if (from === null) rmSync(join(root, path), { force: true });
    else renameSync(join(root, ownStagingFolder, from), join(root, path));
  }
  const folders = new Set(flushed(moves).flatMap(({ path }) => ['', ...parentsOf(path)]));
  await flush([], [...folders].map((folder) => join(root, folder)).filter(existsSync));
  cleanUp(root, new Set(written.flatMap(({ path }) => parentsOf(path))));
}

/**
 * Removes our staging folder, the folders that became empty by a deletion, and the new folders that got no file.
 * @param filled folders that have got a file: there is no need to look into them
 */
function cleanUp(root: string, filled: ReadonlySet<string> = new Set()): void {
  const deleted = readJournal(root, ownStagingFolder).filter(({ from }) => from === null);
  const emptied = deleted.flatMap(({ path }) => parentsOf(path));
  const folders = [...new Set([...emptied, ...readNewFolders(root, ownStagingFolder)])].sort();
  for (const folder of folders.toReversed())
    if (!filled.has(folder) && isFolder(root, folder)) removeIfEmpty(join(root, folder));
  // The journal first: without it, nothing is left to do.
  rmSync(join(root, journalIn(ownStagingFolder)), { force: true });
  rmSync(join(root, ownStagingFolder), { recursive: true, force: true });
  removeIfEmpty(join(root, memoryFolder));
}

/** Removes a folder if it is empty. It may be gone already: another run cleans up as well. */
function removeIfEmpty(folder: string): void {
  try {
    // Look first: in a read-only parent, rmdir() fails with EACCES even if the folder is not empty.
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) throw error;
  }
}

function makeFolder(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
}

/** A folder and its parents, as far as they are missing, the outermost first. */
function missingFolders(folder: string): string[] {
  // The parent of a root is the root: that of a drive that was pulled out is missing, too.
  return existsSync(folder) || dirname(folder) === folder ? [] : [...missingFolders(dirname(folder)), folder];
}
