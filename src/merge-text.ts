import { isDeepStrictEqual } from 'node:util';
import { diff3Merge, diffComm } from 'node-diff3';
import { conflictText, type Labels } from './conflict-markers.ts';

/** A merged text. With conflicts, it has markers where both sides changed the same place. */
export interface Merged {
  text: string;
  /** How many places both sides changed. */
  conflicts: number;
}

/** Three versions of a text: what was rendered last, what is on the disk, what is rendered now. */
export interface Sides {
  base: string;
  mine: string;
  theirs: string;
}

/**
 * Merges line by line, as diff3 does. Every text ends with a line break, or is empty.
 * Where diff3 sees a conflict, mine may have what is new already: a run that was killed between a file and the memory
 * leaves it so. Then taking it out and merging it again gives mine, and nothing is to be done.
 */
export function mergeLines(sides: Sides, labels: Labels): Merged {
  const merged = mergeOnce(sides, labels);
  if (merged.conflicts === 0) return merged;
  const { base, mine, theirs } = sides;
  const without = mergeOnce({ base: theirs, mine, theirs: base }, labels);
  const again = mergeOnce({ base, mine: without.text, theirs }, labels);
  const merges = without.conflicts + again.conflicts === 0 && again.text === mine;
  return merges ? { text: mine, conflicts: 0 } : merged;
}

function mergeOnce({ base, mine, theirs }: Sides, labels: Labels): Merged {
  let conflicts = 0;
  const regions = diff3Merge(lines(mine), lines(base), lines(theirs), { excludeFalseConflicts: true });
  const texts = regions.map(({ ok, conflict }) => {
    const agreed = ok ?? (conflict && bothBeside(conflict));
    if (agreed) return agreed.join('');
    conflicts += 1;
    return conflictText(conflict?.a.join('') ?? '', conflict?.b.join('') ?? '', labels);
  });
  return { text: texts.join(''), conflicts };
}

/**
 * Both changes of a place where one side only put lines in front of, or behind, what the other changed: the order is not
 * in doubt then. A new nginx header below one that the user has changed is no conflict.
 */
function bothBeside({ a, o, b }: { a: string[]; o: string[]; b: string[] }): string[] | undefined {
  // Both put something there: whose is first?
  if (o.length === 0) return undefined;
  for (const [inserting, other] of [[b, a] as const, [a, b] as const]) {
    if (isDeepStrictEqual(inserting.slice(0, o.length), o)) return [...other, ...inserting.slice(o.length)];
    if (isDeepStrictEqual(inserting.slice(-o.length), o)) return [...inserting.slice(0, -o.length), ...other];
  }
  return undefined;
}

/** Two versions without a common base: what they share, and each difference between markers. */
export function markDifferences(mine: string, theirs: string, labels: Labels): Merged {
  const regions = diffComm(lines(mine), lines(theirs)) as {
    common?: string[];
    buffer1?: string[];
    buffer2?: string[];
  }[];
  const texts = regions.map(({ common, buffer1 = [], buffer2 = [] }) =>
    common ? common.join('') : conflictText(buffer1.join(''), buffer2.join(''), labels),
  );
  return { text: texts.join(''), conflicts: regions.filter(({ common }) => !common).length };
}

const lines = (text: string) => text.split(/(?<=\n)/).filter((line) => line !== '');
