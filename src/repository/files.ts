import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { StackError, systemErrorsExplained } from '../errors.ts';

/** A file as it is on the disk. It is text when it is UTF-8 without a NUL. */
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
    // The target itself may be a symbolic link to a folder: the person chose it.
    const target = statSync(root, { throwIfNoEntry: false });
    if (target && !target.isDirectory()) throw new StackError(`${root} is not a folder; name another directory`);
    for (const path of paths) {
      const found = stat(root, path);
      const problem = obstacle(root, path, found);
      if (problem) problems.add(problem);
      else if (found) files.set(path, fileOf(readFileSync(join(root, path))));
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
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .split(sep)
          .join('/'),
      );
  });
}

/** One file anywhere on the disk; undefined when it is not there. */
export function readFile(path: string): DiskFile | undefined {
  return systemErrorsExplained(() =>
    statSync(path, { throwIfNoEntry: false })?.isFile() ? fileOf(readFileSync(path)) : undefined,
  );
}

/** The texts of the files below a folder by path, with forward slashes. */
export function readFolder(folder: string): Map<string, string> {
  const paths = listFiles(folder);
  return systemErrorsExplained(() => new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')])));
}

function fileOf(bytes: Uint8Array): DiskFile {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? { kind: 'binary', bytes } : { kind: 'text', text };
  } catch {
    return { kind: 'binary', bytes };
  }
}

/** What stands in the way of writing a file at the path: nothing outside the root is ever reached through a link. */
function obstacle(root: string, path: string, found: Stats | undefined): string | undefined {
  const parents: string[] = [];
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) parents.unshift(parent);
  for (const parent of parents) {
    const inTheWay = stat(root, parent);
    if (inTheWay && !inTheWay.isDirectory())
      return `${parent} must be a folder, but ${kind(inTheWay)} is there; move it away`;
  }
  return found && !found.isFile() ? `${path} must be a file, but ${kind(found)} is there; move it away` : undefined;
}

function stat(root: string, path: string): Stats | undefined {
  try {
    return lstatSync(join(root, path), { throwIfNoEntry: false });
  } catch (error) {
    // A parent that is a file: reported as what it is, by its own path.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const kind = (found: Stats) =>
  found.isSymbolicLink()
    ? 'a symbolic link'
    : found.isDirectory()
      ? 'a folder'
      : found.isFile()
        ? 'a file'
        : 'a special file';
