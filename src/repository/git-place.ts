import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Where a folder lies in a Git repository. */
export interface GitPlace {
  /** The absolute path of the repository's root. */
  root: string;
  /** The folder's path from the root, with forward slashes and a slash at its end; empty at the root. */
  prefix: string;
}

/**
 * Finds the Git repository that a folder belongs to. A folder that the repository ignores does not belong to it: a home
 * directory may be a repository that ignores nearly everything.
 * @param folder an absolute path; the folder need not exist
 * @returns undefined where there is no repository
 */
export async function gitPlaceOf(folder: string): Promise<GitPlace | undefined> {
  const root = rootAbove(folder);
  if (root === undefined) return undefined;
  const path = relative(root, folder).split(sep).join('/');
  if (path === '') return { root, prefix: '' };
  // Exit code 0: ignored. Without git, or if git does not trust the repository, the folder counts as a part of it.
  const isIgnored = await succeeds(['-C', root, 'check-ignore', '--quiet', `${path}/`]);
  return isIgnored ? undefined : { root, prefix: `${path}/` };
}

/** Whether Git tracks a file; false without git. */
export async function isTracked(folder: string, path: string): Promise<boolean> {
  return existsSync(join(folder, path)) && succeeds(['-C', folder, 'ls-files', '--error-unmatch', '--', path]);
}

/** When the first commit of a folder's repository was made, as an ISO date; undefined without git, or without a commit. */
export async function firstCommitOf(folder: string): Promise<string | undefined> {
  if (rootAbove(folder) === undefined) return undefined;
  const { spawnSync } = await import('node:child_process');
  const { stdout } = spawnSync('git', ['-C', folder, 'log', '--max-parents=0', '--format=%as'], { encoding: 'utf8' });
  return stdout?.split('\n').filter(Boolean).toSorted()[0];
}

/** Whether a git command ends with 0. */
async function succeeds(command: string[]): Promise<boolean> {
  // Loading this takes 10 ms, and most runs don't need git.
  const { spawnSync } = await import('node:child_process');
  return spawnSync('git', command, { stdio: 'ignore' }).status === 0;
}

/** The nearest folder with a `.git`: a folder, or a file in a worktree and in a submodule. */
function rootAbove(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : rootAbove(parent);
}
