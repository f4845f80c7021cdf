import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { StackError, systemErrorsExplained } from '../errors.ts';

/** What a file holds: UTF-8 text without a NUL (with its byte order mark, where it has one), or any other bytes. */
export type DiskFile = { kind: 'text'; text: string } | { kind: 'binary'; bytes: Uint8Array };

/**
 * Reads what the disk has at the given paths, and makes sure that a file can be written there.
 * @param root the target folder; it need not exist
 * @param paths relative to it, with forward slashes
 * @returns the files by path, without the paths that are not there
 * @throws {StackError} naming every path where a folder, a symbolic link or another special file is in the way
 */
export function readFiles(root: string, paths: Iterable<string>): Map<string, DiskFile> {
  return systemErrorsExplained(() => {
    const files = new Map<string, DiskFile>();
    const problems = new Set<string>();
    // The target itself may be a symbolic link to a folder, because the person chose it.
    const target = statSync(root, { throwIfNoEntry: false });
    if (!target) return files;
    if (!target.isDirectory()) throw new StackError(`${root} is not a folder; name another directory`);
    // Many files lie in the same few folders: look at each folder once.
    const looked = new Map<string, Stats | undefined>();
    const look = (path: string) => {
      if (!looked.has(path)) looked.set(path, stat(root, path));
      return looked.get(path);
    };
    for (const path of paths) {
      const parents = parentsOf(path).map((parent) => ({ parent, found: look(parent) }));
      const found = parents.every((each) => each.found) ? stat(root, path) : undefined;
      const problem = obstacle(path, found, parents);
      if (problem) problems.add(problem);
      else if (found) files.set(path, readFile(join(root, path)));
    }
    if (problems.size > 0) throw new StackError([...problems].join('\n'));
    return files;
  });
}

/** The paths of the files below a folder, relative to it, with forward slashes; none where it is not there. */
export function listFiles(folder: string): string[] {
  return systemErrorsExplained(() => {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  });
}

/** One file anywhere on the disk; undefined when it is not there. */
export const readFileAt = (path: string): DiskFile | undefined =>
  systemErrorsExplained(() => (statSync(path, { throwIfNoEntry: false })?.isFile() ? readFile(path) : undefined));

/** The texts of the files below a folder by path, with forward slashes. */
export function readFolder(folder: string): Map<string, string> {
  const paths = listFiles(folder);
  return systemErrorsExplained(() => new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')])));
}

/** The contents of a file, whatever its kind. */
export const contentsOf = (file: DiskFile): string | Uint8Array => (file.kind === 'text' ? file.text : file.bytes);

/** Whether two files hold the same bytes. Two missing files are the same. */
export function isSame(one: DiskFile | undefined, other: DiskFile | undefined): boolean {
  if (one?.kind === 'binary' && other?.kind === 'binary') return Buffer.compare(one.bytes, other.bytes) === 0;
  return one === undefined || other === undefined ? one === other : contentsOf(one) === contentsOf(other);
}

/** Whether the path is a folder, and no part of the path is a symbolic link. */
export const isFolder = (root: string, path: string): boolean =>
  [...parentsOf(path), path].every((folder) => stat(root, folder)?.isDirectory());

/** The folders in which a path lies, the outermost first. */
export function parentsOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function readFile(path: string): DiskFile {
  const bytes = readFileSync(path);
  return isUtf8(bytes) && !bytes.includes(0)
    ? { kind: 'text', text: bytes.toString('utf8') }
    : { kind: 'binary', bytes };
}

/** What prevents writing a file at the path. A symbolic link does: it may lead out of the root. */
function obstacle(
  path: string,
  found: Stats | undefined,
  parents: { parent: string; found: Stats | undefined }[],
): string | undefined {
  for (const { parent, found } of parents) {
    if (found && !found.isDirectory()) return `${parent} must be a folder, but ${kindOf(found)} is there; move it away`;
  }
  return found && !found.isFile() ? `${path} must be a file, but ${kindOf(found)} is there; move it away` : undefined;
}

function stat(root: string, path: string): Stats | undefined {
  try {
    return lstatSync(join(root, path), { throwIfNoEntry: false });
  } catch (error) {
    // A parent is a file. `obstacle` reports the parent.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const kindOf = (found: Stats) =>
  found.isSymbolicLink()
    ? 'a symbolic link'
    : found.isDirectory()
      ? 'a folder'
      : found.isFile()
        ? 'a file'
        : 'a special file';
