import type { DiskFile } from '../../src/repository/files.ts';
import { type PlannedFile, planFiles } from '../../src/update/plan.ts';
import { merge } from './support.ts';

export const path = 'README.md';
export const base = 'one\ntwo\nthree\nfour\nfive\n';
export const theirs = 'ONE\ntwo\nthree\nfour\nfive\n';
export const mine = 'one\ntwo\nthree\nfour\nFIVE\n';
export const both = 'ONE\ntwo\nthree\nfour\nFIVE\n';
export const clash = 'Eins\ntwo\nthree\nfour\nfive\n';

export interface Sides {
  base?: string;
  mine?: string | DiskFile;
  theirs?: string;
  executable?: boolean;
}

export const text = (text: string): DiskFile => ({ kind: 'text', text });
export const binary: DiskFile = { kind: 'binary', bytes: Buffer.from([0x61, 0xff, 0x0a]) };

/** Plans one file. */
export async function plan({ base, mine, theirs, executable = false }: Sides): Promise<PlannedFile | undefined> {
  const file = typeof mine === 'string' ? text(mine) : mine;
  const [planned] = await planFiles(
    {
      base: new Map(base === undefined ? [] : [[path, base]]),
      disk: new Map(file === undefined ? [] : [[path, file]]),
      generated: new Map(theirs === undefined ? [] : [[path, { contents: theirs, executable }]]),
    },
    merge,
  );
  return planned;
}
