import { chmodSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { systemErrorsExplained } from './errors.ts';

/** A file to write: its path relative to the target folder, with forward slashes. */
export interface Write {
  path: string;
  contents: string;
  executable: boolean;
}

/**
 * Writes files so that a failure leaves the folder as it was: everything is written beside its place first and moved
 * there last, in the given order. What the order ends with is the proof that the rest is there.
 * @param root the target folder, made when it is missing
 * @throws {StackError} when the disk refuses
 */
export function commit(root: string, writes: Write[]): void {
  systemErrorsExplained(() => {
    const madeFolders: string[] = [];
    const staged = writes.map(({ path }) => join(root, dirname(path), `.${path.split('/').at(-1)}.${process.pid}.tmp`));
    try {
      for (const [index, write] of writes.entries()) {
        const place = join(root, write.path);
        madeFolders.push(...makeFolder(dirname(place)));
        writeFileSync(staged[index] as string, write.contents, { flag: 'wx', mode: write.executable ? 0o777 : 0o666 });
        const replaced = statSync(place, { throwIfNoEntry: false });
        if (replaced) chmodSync(staged[index] as string, replaced.mode | (write.executable ? 0o111 : 0));
      }
    } catch (error) {
      for (const file of staged) rmSync(file, { force: true });
      for (const folder of madeFolders.reverse()) rmdirSync(folder);
      throw error;
    }
    for (const [index, write] of writes.entries()) renameSync(staged[index] as string, join(root, write.path));
  });
}

/** Makes a folder with its parents; returns those that were missing, outermost first. */
function makeFolder(folder: string): string[] {
  const outermost = mkdirSync(folder, { recursive: true });
  if (outermost === undefined) return [];
  const inner = relative(outermost, folder).split(sep).filter(Boolean);
  return [outermost, ...inner.map((_, index) => join(outermost, ...inner.slice(0, index + 1)))];
}
