import { StackError } from '../errors.ts';
import type { OtherSpelling } from '../repository/spelling.ts';

/**
 * Refuses to write a file beside one whose name differs in letter case only: on macOS and Windows, a checkout of both
 * loses one of them.
 * @param isNew whether a run would write the file for the first time
 * @throws {StackError} naming both files, and the command that renames the one that is there
 */
export function refuseSecondFiles(spellings: OtherSpelling[], isNew: (path: string) => boolean): void {
  const problems = spellings
    .filter(({ path, isSameFile }) => !isSameFile && isNew(path))
    .map(
      ({ path, onDisk }) =>
        `${onDisk} is there, and ${path} would be written beside it. ${whoReads(path)} Rename yours first: git mv ${onDisk} ${path}`,
    );
  if (problems.length > 0) throw new StackError(problems.join('\n'));
}

/** Says which file is meant where the file system takes two spellings for the same file. */
export const spellingNotices = (spellings: OtherSpelling[]): string[] =>
  spellings
    .filter(({ isSameFile }) => isSameFile)
    .map(({ path, onDisk }) => `${onDisk} is taken for ${path}, and keeps its name. ${whoReads(path)}`);

/** Says which files Render would not find, because they have another spelling than the one that it reads. */
export const misspelledFiles = (spellings: OtherSpelling[]): string[] =>
  spellings
    .filter(({ path, isSameFile }) => isSameFile && path !== readme)
    .map(
      ({ path, onDisk }) => `${onDisk} must be called ${path}. ${whoReads(path)} Rename it: git mv ${onDisk} ${path}`,
    );

/** The only file that no program reads. */
const readme = 'README.md';

/** Which programs would not find the file under another spelling. */
const whoReads = (path: string): string =>
  path === 'render.yaml'
    ? 'Render reads only render.yaml.'
    : path === readme
      ? 'On macOS and Windows both names are the same file.'
      : `On Linux, where Render builds, only ${path} is found.`;
