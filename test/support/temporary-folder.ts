import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One temporary folder for all tests, gone afterwards: they make hundreds. For the projects that ask for it with
 * `in-memory.ts`, another one.
 */
export default function setup(): () => void {
  const folder = ownFolder(tmpdir());
  const inMemory = ownFolder(memory() ?? folder);
  process.env.TMPDIR = process.env.TEMP = process.env.TMP = folder;
  process.env.TMPDIR_IN_MEMORY = inMemory;
  return () => {
    for (const each of [folder, inMemory]) rmSync(each, { recursive: true, force: true });
  };
}

/** Other users get into it, for `yo`. */
function ownFolder(parent: string): string {
  const folder = realpathSync(mkdtempSync(join(parent, 'minio-stack-tests-')));
  chmodSync(folder, 0o755);
  return folder;
}

/** A folder in memory, where Linux offers one with room for the tests and lets programs run there. */
function memory(): string | undefined {
  const folder = '/dev/shm';
  if (!existsSync(folder)) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  const runsPrograms = !/^\S+ \/dev\/shm \S+ \S*noexec/m.test(readFileSync('/proc/mounts', 'utf8'));
  return runsPrograms && bavail * bsize >= 2 ** 30 ? folder : undefined;
}
