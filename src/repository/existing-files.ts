import { isUtf8 } from 'node:buffer';
import { type Dirent, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorsExplained } from '../errors.ts';

/** The files of a repository that somebody else wrote. */
export interface ExistingFiles {
  /** Every file's path from the root, with `/`, sorted; without folders of other people's code. */
  paths: readonly string[];
  /** A file's text; undefined when there is no such file, or the file is too large, or not UTF-8 text. */
  read(path: string): string | undefined;
  /** Whether `paths` has all of them: a walk ends at a limit. */
  isComplete: boolean;
}

/** A walk stops at this many files, and reads no file larger than this: no Blueprint or Dockerfile comes near. */
const limits = { files: 20_000, bytes: 1 << 20 };

/** Folders that hold no part of a deployment: their files are dependencies, caches, or Git's own. */
const skipped = new Set(
  '.git .hg .svn node_modules bower_components vendor venv .venv site-packages __pycache__ .tox .next .nuxt .cache .terraform .minio-stack'.split(
    ' ',
  ),
);

/**
 * The files below a folder, the nearest first while the walk lasts. Symbolic links are not followed.
 * @param folder an absolute path; it need not exist
 */
export function existingFiles(folder: string): ExistingFiles {
  return systemErrorsExplained(() => {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      return { paths: [], read: () => undefined, isComplete: true };
    const paths: string[] = [];
    const folders = [''];
    for (let next = folders.shift(); next !== undefined && paths.length < limits.files; next = folders.shift()) {
      for (const entry of entriesOf(join(folder, next))) {
        const path = next === '' ? entry.name : `${next}/${entry.name}`;
        if (entry.isFile()) paths.push(path);
        else if (entry.isDirectory() && !skipped.has(entry.name)) folders.push(path);
      }
    }
    const known = new Set(paths);
    return {
      paths: paths.toSorted(),
      read: (path) => (known.has(path) ? systemErrorsExplained(() => textAt(join(folder, path))) : undefined),
      isComplete: folders.length === 0,
    };
  });
}

/** A folder that may not be read has nothing for us. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function textAt(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > limits.bytes) return undefined;
  const bytes = readFileSync(path);
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : undefined;
}
