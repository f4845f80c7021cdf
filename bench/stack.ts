/**
 * The figures of the generated stack: `npm run bench:stack [start|console|uploads] [rounds]`, all three without a name.
 * `npm run bench:stack start 7 REVISION` measures the entrypoint of a Git revision as well.
 * What is compared runs in turn, round by round, so that a machine whose speed drifts slows all of it; what counts is the
 * median. It needs a container engine and `npm run test:stack:prepare`.
 */
import { benchConsole } from './stack/console.ts';
import { benchStart } from './stack/start.ts';
import { benchUploads } from './stack/uploads.ts';

const benches: Record<string, (rounds?: number, revision?: string) => Promise<void>> = {
  start: benchStart,
  console: benchConsole,
  uploads: benchUploads,
};

const [name, rounds, revision] = process.argv.slice(2);
for (const chosen of name ? [name] : Object.keys(benches)) {
  const bench = benches[chosen];
  if (!bench) throw new Error(`there is no bench "${chosen}", but ${Object.keys(benches).join(', ')}`);
  await bench(rounds === undefined ? undefined : Number(rounds), revision);
}
