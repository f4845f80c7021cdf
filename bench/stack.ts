/**
 * The figures of the generated stack: `npm run bench:stack [start|console|uploads] [rounds]`, all three without a name.
 * What is compared runs in turn, round by round, so that a machine whose speed drifts slows all of it; what counts is the
 * median. It needs a container engine and `npm run test:stack:prepare`.
 */
import { benchConsole } from './stack/console.ts';
import { benchStart } from './stack/start.ts';
import { benchUploads } from './stack/uploads.ts';

const benches: Record<string, (rounds?: number) => Promise<void>> = {
  start: benchStart,
  console: benchConsole,
  uploads: benchUploads,
};

const [name, rounds] = process.argv.slice(2);
for (const chosen of name ? [name] : Object.keys(benches)) {
  const bench = benches[chosen];
  if (!bench) throw new Error(`there is no bench "${chosen}", but ${Object.keys(benches).join(', ')}`);
  await bench(rounds === undefined ? undefined : Number(rounds));
}
