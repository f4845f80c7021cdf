import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StackError, systemErrorsExplained } from '../errors.ts';

/** A path, and the name under which the disk has that file: other letter case, or another Unicode form. */
export interface OtherSpelling {
  path: string;
  onDisk: string;
  /** Whether both names open the same file, as on macOS and Windows. If not, writing `path` would make a second file. */
  isSameFile: boolean;
}

/** The paths that the disk has under another spelling only. */
export function otherSpellings(root: string, paths: Iterable<string>): OtherSpelling[] {
  const listed = new Map<string, string[]>();
  const list = (folder: string) => {
    const names = listed.get(folder) ?? namesIn(folder);
    listed.set(folder, names);
    return names;
  };
  return systemErrorsExplained(() =>
    [...paths].flatMap((path) => {
      const onDisk = spelledOnDisk(root, path, list);
      if (onDisk === path) return [];
      const isSameFile = existsSync(join(root, path)) || isSameFolder(root, dirname(path), dirname(onDisk));
      return isSameFile || existsSync(join(root, onDisk)) ? { path, onDisk, isSameFile } : [];
    }),
  );
}

const isSameFolder = (root: string, folder: string, onDisk: string): boolean =>
  folder !== onDisk && existsSync(join(root, folder));

/** A path as the disk spells it. Names that are not there stay as given. */
export function spelledOnDisk(root: string, path: string, list = namesIn): string {
  const spelled: string[] = [];
  for (const name of path.split('/')) {
    const names = list(join(root, ...spelled));
    const found = names.includes(name) ? name : names.find((each) => folded(each) === folded(name));
    spelled.push(found ?? name);
  }
  return spelled.join('/');
}

/**
 * The folder that a person means: where it is not there, but is in another Unicode form, that one. A macOS terminal and a
 * Linux keyboard write `é` differently, and both look the same.
 * @throws {StackError} when the drive or the share of the folder is not there: Windows has a root for each of them
 */
export function existingFolder(folder: string): string {
  if (existsSync(folder)) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new StackError(`There is no drive or share ${folder}; name another directory`);
  const name = basename(folder);
  const inside = existingFolder(parent);
  const hasForms = name.normalize('NFC') !== name.normalize('NFD');
  const found = hasForms && namesIn(inside).find((each) => each.normalize() === name.normalize());
  return join(inside, found || name);
}

const folded = (name: string) => name.normalize().toLowerCase();

const namesIn = (folder: string): string[] =>
  lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
