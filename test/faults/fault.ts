/**
 * Makes writes below a folder fail. Either `node --import` loads this module into a program that uses node:fs as always, or
 * `fork` starts it, to run the bundle many times in one process.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** `kill` ends the process with kill -9, half-way through a write. The others are system errors, once or from then on. */
export type Fault = 'kill' | 'EACCES' | 'EACCES for good' | 'ENOSPC for good';

/** Disturbs the write number `at`, counted from 1. Writes outside the folder are not counted. */
export interface Disturbance {
  folder: string;
  fault: Fault;
  at: number;
}

/** All calls with which the generator changes the disk. */
const writes = ['writeFileSync', 'renameSync', 'mkdirSync', 'rmSync', 'rmdirSync', 'chmodSync'] as const;
/** The calls that need space on the disk. */
const growing = ['writeFileSync', 'mkdirSync'];

let current: Disturbance | undefined = process.env.DISTURBANCE && JSON.parse(process.env.DISTURBANCE);
let count = 0;

// This must happen before the program is loaded, because the program imports these functions once.
for (const name of writes) {
  const original = fs[name] as (...all: unknown[]) => unknown;
  fs[name] = ((...all: unknown[]) => {
    if (current && String(all[0]).startsWith(current.folder)) {
      count += 1;
      if (count === current.at || (count > current.at && current.fault.endsWith(' for good')))
        fail(current.fault, name, all, original);
    }
    return original(...all);
  }) as never;
}
syncBuiltinESMExports();

function fail(fault: Fault, name: string, all: unknown[], original: (...all: unknown[]) => unknown): void {
  if (fault === 'kill') {
    if (name === 'writeFileSync') original(all[0], String(all[1]).slice(0, String(all[1]).length / 2));
    process.kill(process.pid, 'SIGKILL');
  }
  const code = fault.slice(0, 6);
  if (code === 'ENOSPC' && !growing.includes(name)) return;
  throw Object.assign(new Error(`${code}: injected, ${name} '${all[0]}'`), { code });
}

process.on('message', async ({ bundle, args, ...disturbance }: Disturbance & { bundle: string; args: string[] }) => {
  current = disturbance;
  count = 0;
  const { main } = await import(bundle);
  await main([disturbance.folder, ...args]);
  const { exitCode } = process;
  process.exitCode = 0;
  process.send?.({ writes: count, exitCode });
});
