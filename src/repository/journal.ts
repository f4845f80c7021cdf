import { existsSync, readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { StackError, systemErrorsExplained } from '../errors.ts';
import { checksum } from './checksum.ts';
import { contentsOf, type DiskFile, isSame, readFiles } from './files.ts';

/** What a run does with one path, once everything is staged. */
export interface Move {
  path: string;
  /** The name of the staged file that replaces what is there; null deletes what is there. */
  from: string | null;
  /** The checksum of the staged file. Version 0.1.0 did not write it. */
  holds?: string;
  /** The checksum of what is there before; null for nothing. */
  replaces: string | null;
}

/** The folder of everything that a repository remembers. */
export const memoryFolder = '.minio-stack';
/** The machine or container that counts the PIDs: on a shared disk, a run in another one may have the same PID. */
const ownHost = checksum(hostname());
/** Where this process stages what it writes. The folder is a lock as well: its name has the PID of the run that holds it. */
export const ownStagingFolder = `${memoryFolder}/staging-${process.pid}-${ownHost}`;
/** A staging folder's name. In version 0.1.0 it had no host. */
const stagingName = /^staging-(\d+)(?:-([0-9a-f]{8}))?$/;
/** The moves of a staging folder. The file is written when everything is staged, and removed when everything is moved. */
export const journalIn = (stagingFolder: string) => `${stagingFolder}/journal.json`;
/** The folders that a run makes for its files, as a list of paths. It is written before the first of them is made. */
export const newFoldersIn = (stagingFolder: string) => `${stagingFolder}/folders.json`;

/** @throws {StackError} when an interrupted run has to be completed first */
export function refuseInterrupted(root: string): void {
  const stale = systemErrorsExplained(() => stagingFolders(root).filter((folder) => isStale(root, folder)));
  if (stale.every((folder) => movesLeft(root, folder).length === 0)) return;
  throw new StackError(
    'An earlier run was interrupted. Run npm init minio-stack@latest in this folder to complete it first.',
  );
}

/** @throws {StackError} when a run that holds one of the staging folders is still at work */
export function refuseRunning(root: string, folders: string[]): void {
  const held = folders.find((folder) => !isStale(root, folder));
  if (held) throw new StackError(`Nothing was written: another run is at work here. If there is none, remove ${held}.`);
}

/** @throws {StackError} when a file is different from how it was read */
export function refuseChanged(root: string, paths: string[], seen: ReadonlyMap<string, DiskFile>): void {
  const now = readFiles(root, paths);
  const changed = paths.filter((path) => !isSame(now.get(path), seen.get(path)));
  if (changed.length > 0) {
    throw new StackError(`Nothing was written: ${changed.join(', ')} changed while this ran. Run it again.`);
  }
}

/** The staging folders, this process' own first. */
export function stagingFolders(root: string): string[] {
  if (!statSync(join(root, memoryFolder), { throwIfNoEntry: false })?.isDirectory()) return [];
  const entries = readdirSync(join(root, memoryFolder), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && stagingName.test(entry.name));
  const names = folders.map(({ name }) => `${memoryFolder}/${name}`);
  return [...names.filter((name) => name === ownStagingFolder), ...names.filter((name) => name !== ownStagingFolder)];
}

/** Milliseconds after which a staging folder of another machine is stale. A run holds its folder for less than a second. */
const patience = 600_000;

/** True if the run that made the staging folder is gone. A folder with our own PID is stale too: PIDs are reused. */
export function isStale(root: string, folder: string): boolean {
  const [, pid, host = ownHost] = stagingName.exec(basename(folder)) ?? [];
  if (host === ownHost) return Number(pid) === process.pid || !isRunning(Number(pid));
  // Nothing here knows which processes run there.
  const changed = statSync(join(root, folder), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - changed > patience;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The moves of a staging folder that are not done yet. None if somebody changed one of those files since the run read them,
 * or if a power cut damaged a staged file: then the next run starts anew.
 */
export function movesLeft(root: string, folder: string): Move[] {
  const moves = readJournal(root, folder).filter((move) => isLeft(root, folder, move));
  const paths = moves.flatMap(({ path, from }) => (from === null ? path : [path, `${folder}/${from}`]));
  const disk = readFiles(root, paths);
  const isIntact = ({ path, from, holds, replaces }: Move) =>
    checksumOf(disk.get(path)) === replaces &&
    (holds === undefined || checksumOf(disk.get(`${folder}/${from}`)) === holds);
  return moves.every(isIntact) ? moves : [];
}

/** Whether a move is not done yet. */
export const isLeft = (root: string, folder: string, { path, from }: Move): boolean =>
  existsSync(join(root, from === null ? path : `${folder}/${from}`));

/** All moves of a staging folder, done or not. None if the journal is missing, cut off (then nothing was moved), or foreign. */
export function readJournal(root: string, folder: string): Move[] {
  const moves = readList<Move>(root, journalIn(folder));
  return moves.every(({ path, from }) => mayBeWritten(path) && (from === null || /^\d+$/.test(from))) ? moves : [];
}

/** The folders that a run has made, or was about to make, the outermost first. */
export function readNewFolders(root: string, folder: string): string[] {
  return readList<string>(root, newFoldersIn(folder)).filter((path) => typeof path === 'string' && mayBeWritten(path));
}

function readList<Entry>(root: string, path: string): Entry[] {
  const file = readFiles(root, [path]).get(path);
  try {
    const list: unknown = JSON.parse(file?.kind === 'text' ? file.text : '');
    return Array.isArray(list) ? list : [];
  } catch {
    // Cut off by a kill: what the list announces has not begun.
    return [];
  }
}

/** A journal may come from a stranger's repository: it names nothing outside the repository, and no git hook. */
const mayBeWritten = (path: string) =>
  String(path)
    .split('/')
    .every((name) => /^(?!\.{1,2}$)[\w.-]+$/.test(name) && (!/^\.git/i.test(name) || gitNames.includes(name)));
const gitNames = ['.gitignore', '.gitattributes', '.github'];

export const checksumOf = (file: DiskFile | undefined) => (file ? checksum(contentsOf(file)) : null);
