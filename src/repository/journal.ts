import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StackError, systemErrorsExplained } from '../errors.ts';
import { checksum } from './checksum.ts';
import { type DiskFile, readFiles } from './files.ts';

/** What is left to do for a change once it is staged. */
export interface Move {
  path: string;
  /** The staged file that comes there; null deletes what is there. */
  from: string | null;
  /** The checksum of what is there before; null for nothing. */
  replaces: string | null;
}

/** Where a run stages what it writes: a folder with its process id, which also locks the target against other runs. */
const stagingOf = (pid: number) => `.minio-stack/staging-${pid}`;
export const own = stagingOf(process.pid);
/** The moves of a staging folder. It is written when everything is staged, and removed when everything is in its place. */
export const journalIn = (folder: string) => `${folder}/journal.json`;

/** @throws {StackError} when an interrupted run is to be completed first */
export function refuseInterrupted(root: string): void {
  const left = systemErrorsExplained(() => stagingFolders(root).filter(isLeft));
  if (left.every((folder) => movesLeft(root, folder).length === 0)) return;
  throw new StackError(
    'An earlier run was interrupted. Run npm init minio-stack@latest in this folder to complete it first.',
  );
}

/** @throws {StackError} when the run that made one of the staging folders is still at work */
export function refuseRunning(folders: string[]): void {
  const alive = folders.find((folder) => !isLeft(folder));
  if (alive)
    throw new StackError(`Nothing was written: another run is at work here. If there is none, remove ${alive}.`);
}

/** @throws {StackError} when a file is different from how it was read */
export function refuseChanged(root: string, paths: string[], seen: ReadonlyMap<string, DiskFile>): void {
  const now = readFiles(root, paths);
  const changed = paths.filter((path) => checksumOf(now.get(path)) !== checksumOf(seen.get(path)));
  if (changed.length > 0) {
    throw new StackError(`Nothing was written: ${changed.join(', ')} changed while this ran. Run it again.`);
  }
}

/** The staging folders, this process' own first. */
export function stagingFolders(root: string): string[] {
  const parent = dirname(own);
  if (!statSync(join(root, parent), { throwIfNoEntry: false })?.isDirectory()) return [];
  const entries = readdirSync(join(root, parent), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && /^staging-\d+$/.test(entry.name));
  const names = folders.map(({ name }) => `${parent}/${name}`);
  return [...names.filter((name) => name === own), ...names.filter((name) => name !== own)];
}

/** Whether the run that made a staging folder has ended; this process' own is an earlier run's. */
export const isLeft = (folder: string) => folder === own || !isRunning(Number(folder.split('-').at(-1)));

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What a staging folder says is left to do; nothing where a file on the disk is not as the run found it. */
export function movesLeft(root: string, folder: string): Move[] {
  const journal = readFiles(root, [journalIn(folder)]).get(journalIn(folder));
  const moves = readJournal(journal?.kind === 'text' ? journal.text : '').filter(({ path, from }) =>
    existsSync(join(root, from === null ? path : `${folder}/${from}`)),
  );
  const disk = readFiles(
    root,
    moves.map(({ path }) => path),
  );
  return moves.every(({ path, replaces }) => checksumOf(disk.get(path)) === replaces) ? moves : [];
}

/** The moves in a journal; none where it is missing, cut off (then nothing was moved), or not a run's. */
function readJournal(text = ''): Move[] {
  try {
    const moves = JSON.parse(text) as Move[];
    return moves.every(({ path, from }) => isOurs(path) && (from === null || /^\d+$/.test(from))) ? moves : [];
  } catch {
    return [];
  }
}

/** Whether a run may have written the path. A journal may come from a stranger's repository: nothing outside, no git hook. */
const isOurs = (path: string) =>
  path
    .split('/')
    .every((name) => /^(?!\.{1,2}$)[\w.-]+$/.test(name) && (!/^\.git/i.test(name) || gitNames.includes(name)));
const gitNames = ['.gitignore', '.gitattributes', '.github'];

export const checksumOf = (file: DiskFile | undefined) =>
  file ? checksum(file.kind === 'text' ? file.text : file.bytes) : null;
