import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

/**
 * A group of tests that needs programs of the system. Where one is missing, the group is skipped with a line that says
 * so; with STACK_TESTS=required, as in CI, that is a failure.
 */
export function describeWith(programs: string[], title: string, tests: () => void): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length > 0 && process.env.STACK_TESTS === 'required') {
    throw new Error(`"${title}" needs ${missing.join(', ')} on the PATH (.ci/run installs it)`);
  }
  if (missing.length > 0) console.warn(`skipped, for want of ${missing.join(', ')}: ${title}`);
  describe.skipIf(missing.length > 0)(title, tests);
}

const isInstalled = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
