import {
  chmodSync,
  copyFileSync,
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
import { promisify } from 'node:util';
import { explained, StackError } from '../errors.ts';
import { checksum } from './checksum.ts';
import { type DiskFile, isFolder, parentsOf } from './files.ts';
import { flush, isWindows } from './flush.ts';
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
    const isUndone = moves === undefined ? ignoringErrors(() => cleanUp(root)) : await undo(root, moves);
    ignoringErrors(() => missing.toReversed().forEach(removeIfEmpty));
    if (moves === undefined) throw explained(error);
    const { message } = error as Error;
    throw new StackError(
      isUndone
        ? `Nothing was written: ${message}`
        : `${message}\nSome files are written already. Run it again to write the rest, or to undo them.`,
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

/** Writes everything into the staging folder, and the journal last. */
async function stageAll(root: string, changes: Change[], seen: ReadonlyMap<string, DiskFile>): Promise<Move[]> {
  makeFolder(join(root, ownStagingFolder));
  refuseOthers(root);
  const moves = changes.map((change, index) => moveFor(root, change, String(index), seen.get(change.path)));
  makeFoldersFor(root, moves);
  for (const [index, change] of changes.entries()) stage(root, change, String(index));
  for (const [index, { path, replaces }] of moves.entries())
    if (replaces !== null) copyFileSync(join(root, path), join(root, ownStagingFolder, keptAs(moves, index)));
  writeJournal(root, moves);
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

/** A kill leaves the journal before, or this one: it is what decides whether files are moved there or back. */
function writeJournal(root: string, moves: Move[]): void {
  const journal = join(root, journalIn(ownStagingFolder));
  writeFileSync(`${journal}.new`, JSON.stringify(moves));
  renameSync(`${journal}.new`, journal);
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

/**
 * Moves what is staged to its place, and removes the staging folder.
 * @throws {StackError} naming the file that the system does not let go
 */
async function moveAll(root: string, moves: Move[]): Promise<void> {
  const written = moves.filter(({ from }) => from !== null);
  for (const folder of new Set(written.map(({ path }) => dirname(join(root, path))))) makeFolder(folder);
  for (const move of moves) await moveOne(root, move);
  const folders = new Set(flushed(moves).flatMap(({ path }) => ['', ...parentsOf(path)]));
  await flush([], [...folders].map((folder) => join(root, folder)).filter(existsSync));
  // Every file is in its place: what is left to remove is no error, and the next run removes it.
  ignoringErrors(() => cleanUp(root, new Set(written.flatMap(({ path }) => parentsOf(path)))));
}

/** Milliseconds to wait for a file: on Windows, a virus scanner or an indexer keeps it open for a moment. */
const pauses = isWindows ? [20, 50, 100, 200, 400] : [];
const wait = promisify(setTimeout);

async function moveOne(root: string, { path, from }: Move): Promise<void> {
  for (const pause of [...pauses, undefined]) {
    try {
      if (from === null) rmSync(join(root, path), { force: true });
      else renameSync(join(root, ownStagingFolder, from), join(root, path));
      return;
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (pause === undefined || !['EPERM', 'EACCES', 'EBUSY'].includes(code)) {
        const hint = isWindows ? ' Is it read-only, or open in another program?' : '';
        // Node's message goes on with the paths, of which one is a staged file's.
        throw new StackError(
          `${path} can't be ${from === null ? 'deleted' : 'written'} (${message.split(', ')[0]}).${hint}`,
        );
      }
      await wait(pause);
    }
  }
}

/**
 * Undoes the moves that are done. The way back has a journal as the way there has, so after a kill the next run completes it.
 * @returns whether every file is again as it was
 */
async function undo(root: string, moves: Move[]): Promise<boolean> {
  const back = moves.flatMap((move, index): Move[] => {
    if (isLeft(root, ownStagingFolder, move)) return [];
    const { path, holds = null, replaces } = move;
    return [
      {
        path,
        replaces: holds,
        ...(replaces === null ? { from: null } : { from: keptAs(moves, index), holds: replaces }),
      },
    ];
  });
  try {
    writeJournal(root, back);
    await flushStaged(root, back);
    await moveAll(root, back.toReversed());
    return true;
  } catch {
    return false;
  }
}

/** Does what is no matter where it fails. Returns whether it worked. */
function ignoringErrors(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
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
    // Windows does not remove the folder in which a shell is.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM'].includes(code)) throw error;
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
