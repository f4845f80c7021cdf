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
 * Merges line by line, as diff3 does, but that changes which only touch each other are no conflict: a new nginx header
 * below one that the user has changed. Every text ends with a line break, or is empty.
 * Merging a result again gives the same: a run that was killed between a file and the memory leaves the next one that.
 */
export function mergeLines(sides: Sides, labels: Labels): Merged {
  if (hasAlready(sides)) return { text: sides.mine, conflicts: 0 };
  const strict = merge(sides, labels, () => undefined);
  if (strict.conflicts === 0) return strict;
  const touching = merge(sides, labels, besideEachOther);
  return touching.conflicts === 0 && hasAlready({ ...sides, mine: touching.text }) ? touching : strict;
}

/** Whether mine has what is new in theirs: taking it out and merging it again gives mine. */
function hasAlready({ base, mine, theirs }: Sides): boolean {
  const none = { mine: '', theirs: '' };
  const without = merge({ base: theirs, mine, theirs: base }, none, besideEachOther);
  const again = merge({ base, mine: without.text, theirs }, none, besideEachOther);
  return without.conflicts + again.conflicts === 0 && again.text === mine;
}

/** A place that both sides changed: a is mine, o the base, b theirs. */
interface Place {
  a: string[];
  o: string[];
  b: string[];
}

/** @param settle what a place is to be that both sides changed; undefined where it is a conflict */
function merge({ base, mine, theirs }: Sides, labels: Labels, settle: (place: Place) => string[] | undefined): Merged {
  let conflicts = 0;
  const regions = diff3Merge(lines(mine), lines(base), lines(theirs), { excludeFalseConflicts: true });
  const texts = regions.map(({ ok, conflict }) => {
    const agreed = conflict ? settle(conflict) : ok;
    if (agreed) return agreed.join('');
    conflicts += 1;
    return conflictText(conflict?.a.join('') ?? '', conflict?.b.join('') ?? '', labels);
  });
  return { text: texts.join(''), conflicts };
}

/** Both changes, where one ends before the other begins; two insertions at the same point have no order. */
function besideEachOther({ a, o, b }: Place): string[] | undefined {
  const [mine, theirs] = [change(o, a), change(o, b)];
  const [first, second] = mine.end <= theirs.start ? [mine, theirs] : [theirs, mine];
  if (first.end > second.start || first.start === second.end) return undefined;
  return [
    ...o.slice(0, first.start),
    ...first.by,
    ...o.slice(first.end, second.start),
    ...second.by,
    ...o.slice(second.end),
  ];
}

/** The lines of `before` that `after` has replaced, from `start` to `end`, and by what. */
function change(before: string[], after: string[]): { start: number; end: number; by: string[] } {
  const same = (index: number) => before.at(index) === after.at(index);
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && same(start)) start += 1;
  let behind = 0;
  while (behind < most - start && same(-1 - behind)) behind += 1;
  return { start, end: before.length - behind, by: after.slice(start, after.length - behind) };
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
