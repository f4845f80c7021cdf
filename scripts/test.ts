/**
 * `npm test` runs the fast tests, `npm cit` all of them: npm names the command in a variable. CI measures the coverage
 * of all of them. Further arguments go to Vitest.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Vitest's arguments, from npm's and CI's variables. */
export function vitestArguments({ npm_command, CI }: NodeJS.ProcessEnv): string[] {
  if (npm_command !== 'install-ci-test') return ['run', '--project', 'fast'];
  return CI ? ['run', '--coverage'] : ['run'];
}

if (import.meta.main) {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const args = vitestArguments(process.env);
  const { status } = spawnSync(process.execPath, [vitest, ...args, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
