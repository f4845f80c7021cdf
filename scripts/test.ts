/**
 * `npm test` runs the fast tests, `npm cit` all of them: npm names the command in a variable. CI measures the coverage
 * of all of them. Further arguments go to Vitest.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Vitest's arguments, from npm's and CI's variables. */
export function vitestArguments({ npm_command, CI }: NodeJS.ProcessEnv): string[] {
  if (npm_command !== 'install-ci-test') return ['run', '--project', 'fast'];
  return CI ? ['run', '--coverage'] : ['run'];
}

/**
 * Where the fast tests write: in memory where Linux offers that with room for them, because every update of a repository
 * waits for the disk. The other projects write gigabytes, and stay on the disk.
 */
function folderForFastTests(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  const runsPrograms = !/^\S+ \/dev\/shm \S+ \S*noexec/m.test(readFileSync('/proc/mounts', 'utf8'));
  return runsPrograms && bavail * bsize >= 2 ** 30 ? memory : tmpdir();
}

if (import.meta.main) {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const args = vitestArguments(process.env);
  const env = { ...process.env, ...(args.includes('fast') && { TMPDIR: folderForFastTests() }) };
  const { status } = spawnSync(process.execPath, [vitest, ...args, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env,
  });
  process.exitCode = status ?? 1;
}
