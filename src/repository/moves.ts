import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { explained, StackError } from '../errors.ts';
import { isFolder, parentsOf } from './files.ts';
import { flush, isWindows } from './flush.ts';
import { journalIn, type Move, memoryFolder, ownStagingFolder, readJournal, readNewFolders } from './journal.ts';

/**
 * Moves what is staged to its place, and removes the staging folder.
 * @throws {StackError} naming the file that the system does not let go
 */
export async function moveAll(root: string, moves: Move[]): Promise<void> {
  const written = moves.filter(({ from }) => from !== null);
  for (const folder of new Set(written.map(({ path }) => dirname(join(root, path))))) makeFolder(folder);
  for (const move of moves) await moveOne(root, move);
  const folders = new Set(flushed(moves).flatMap(({ path }) => ['', ...parentsOf(path)]));
  await flush([], [...folders].map((folder) => join(root, folder)).filter(existsSync));
  leavingTheRest(() => cleanUp(root, new Set(written.flatMap(({ path }) => parentsOf(path)))));
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
 * The changes that have to survive a power cut. Where no file is replaced or deleted, there are none: nothing of the user's
 * can be lost, so a first run does not wait for the disk. A new copy in the base is not waited for either: the next update
 * recognizes a damaged copy by its checksum, and does not use the copy.
 */
export function flushed(moves: Move[]): Move[] {
  if (moves.every(({ replaces }) => replaces === null)) return [];
  return moves.filter(({ path, replaces }) => replaces !== null || !path.startsWith(`${memoryFolder}/base/`));
}

/**
 * Removes our staging folder, the folders that became empty by a deletion, and the new folders that got no file.
 * @param filled folders that have got a file: there is no need to look into them
 */
export function cleanUp(root: string, filled: ReadonlySet<string> = new Set()): void {
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
export function removeIfEmpty(folder: string): void {
  try {
    // Look first: in a read-only parent, rmdir() fails with EACCES even if the folder is not empty.
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Windows does not remove the folder in which a shell is.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM'].includes(code)) throw error;
  }
}

export function makeFolder(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
}

/** Removes as much as the system allows. What it refuses to remove is no error here: the next run removes it. */
export function leavingTheRest(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(explained(error) instanceof StackError)) throw error;
  }
}
