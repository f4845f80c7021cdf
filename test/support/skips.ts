import type { Reporter, TestModule } from 'vitest/node';

/** Prints one line at the end of a run: how many tests were skipped, and what to install for them. */
export default class Skips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const missing = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].flatMap((test) => test.meta().missing ?? []),
    );
    if (missing.length > 0) console.log(skippedLine(missing));
  }
}

/** The line, from what each skipped test needs. */
export function skippedLine(missing: string[]): string {
  const counts = [...Map.groupBy(missing, (what) => what)].map(([what, tests]) => `${what} (${tests.length})`);
  const tests = missing.length === 1 ? '1 test' : `${missing.length} tests`;
  return `Skipped ${tests}. Missing: ${counts.join(', ')}. On Debian, .ci/run installs everything.`;
}
