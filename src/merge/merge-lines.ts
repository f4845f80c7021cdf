import { conflictText, type Labels } from './conflict-markers.ts';
import { type Change, changes, linesOf, type Range, rewritten } from './line-changes.ts';

/**
 * A merged text, three times: the three differ only in the places that both sides changed. Without conflicts they are
 * equal.
 */
export interface Merged {
  /** Each conflicting place has both sides between markers. */
  text: string;
  /** Each conflicting place has my side. */
  mine: string;
  /** Each conflicting place has their side. */
  theirs: string;
  /** How many places both sides changed. */
  conflicts: number;
}

export const agreed = (text: string): Merged => ({ text, mine: text, theirs: text, conflicts: 0 });

/** One place that both sides changed. */
export const conflict = (mine: string, theirs: string, labels: Labels): Merged => ({
  text: conflictText(mine, theirs, labels),
  mine,
  theirs,
  conflicts: 1,
});

export const joined = (parts: Merged[]): Merged => ({
  text: parts.map(({ text }) => text).join(''),
  mine: parts.map(({ mine }) => mine).join(''),
  theirs: parts.map(({ theirs }) => theirs).join(''),
  conflicts: parts.reduce((sum, { conflicts }) => sum + conflicts, 0),
});

/** Three versions of a text: what was generated last, what is on the disk, what is generated now. */
export interface Sides {
  base: string;
  mine: string;
  theirs: string;
}

/**
 * Merges line by line, as diff3 does, but that changes which only touch each other are no conflict: a new nginx header
 * below one that the user has changed. Every text ends with a line break, or is empty.
 * What mine has already, taken over by hand say, is not taken twice.
 */
export function mergeLines(sides: Sides, labels: Labels): Merged {
  const same = sameChange(sides);
  if (same !== undefined) return agreed(same);
  if (hasAlready(sides)) return agreed(sides.mine);
  const strict = merge(sides, labels, sameChange);
  if (strict.conflicts === 0) return strict;
  const touching = merge(sides, labels, onceBesideEachOther);
  return touching.conflicts === 0 && hasAlready({ ...sides, mine: touching.text }) ? touching : strict;
}

/** Merges comments and blank lines. A line that both sides changed stays mine: no comment is worth a question. */
export function mergeComments(base: string, mine: string, theirs: string): string {
  // What mine has already is not taken twice.
  if (hasAlready({ base, mine, theirs })) return mine;
  const settle = (place: Sides) => sameChange(place) ?? besideEachOther(place) ?? settleComment(place);
  return merge({ base, mine, theirs }, { mine: '', theirs: '' }, settle).text;
}

function settleComment({ base, mine, theirs }: Sides): string {
  if (base === '') return mine.includes(theirs) ? mine : theirs + mine;
  const before = linesOf(base);
  const changed = changes(before, linesOf(theirs));
  if (changed.some(({ by }) => by.length > 0)) return mine;
  const dropped = new Set(changed.flatMap(({ start, end }) => before.slice(start, end)));
  return linesOf(mine)
    .filter((line) => line.trim() === '' || !dropped.has(line))
    .join('');
}

/**
 * Makes every change of theirs a conflict, for a file whose merge needs a second look. What only mine changed is in all
 * three texts.
 */
export const markTheirChanges = (sides: Sides, labels: Labels): Merged =>
  merge(sides, labels, ({ base, mine, theirs }) => (theirs === base || theirs === mine ? mine : undefined));

/** Whether mine has what is new in theirs: taking it out and merging it again gives mine. */
function hasAlready({ base, mine, theirs }: Sides): boolean {
  // A line that is new, and not there, tells it at once.
  const known = new Set(linesOf(base + mine));
  if (linesOf(theirs).some((line) => !known.has(line))) return false;
  const none = { mine: '', theirs: '' };
  const without = merge({ base: theirs, mine, theirs: base }, none, onceBesideEachOther);
  const again = merge({ base, mine: without.text, theirs }, none, onceBesideEachOther);
  return without.conflicts + again.conflicts === 0 && again.text === mine;
}

const onceBesideEachOther = (place: Sides) => sameChange(place) ?? besideEachOther(place);

/** @param settle the text of a place that a side changed; undefined where the place is a conflict */
function merge(sides: Sides, labels: Labels, settle: (place: Sides) => string | undefined): Merged {
  const base = linesOf(sides.base);
  const mine = changes(base, linesOf(sides.mine));
  const theirs = changes(base, linesOf(sides.theirs));
  return mergedParts(base, touchingAsOne([...mine, ...theirs]), (range) => {
    const place = {
      base: textAt(range, base, []),
      mine: textAt(range, base, mine),
      theirs: textAt(range, base, theirs),
    };
    const settled = settle(place);
    return settled === undefined ? conflict(place.mine, place.theirs, labels) : agreed(settled);
  });
}

/** A text in which each of the ranges, which are in their order, is replaced by its merge. */
function mergedParts<Part extends Range>(lines: string[], parts: Part[], merge: (part: Part) => Merged): Merged {
  let line = 0;
  const merged = parts.flatMap((part) => {
    const kept = lines.slice(line, part.start).join('');
    line = part.end;
    return [agreed(kept), merge(part)];
  });
  return joined([...merged, agreed(lines.slice(line).join(''))]);
}

/** What only one side changed, or both in the same way. */
export function sameChange({ base, mine, theirs }: Sides): string | undefined {
  if (mine === base || mine === theirs) return theirs;
  return theirs === base ? mine : undefined;
}

/** Ranges in their order; those that overlap or touch each other are one. */
function touchingAsOne(ranges: Range[]): Range[] {
  const found: Range[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

/** What a side has where the base has the range. */
function textAt({ start, end }: Range, base: string[], side: Change[]): string {
  const within = side.filter((each) => each.start >= start && each.end <= end);
  return rewritten(base.slice(0, end), within, ({ by }) => by.join(''), start);
}

/** Both changes, where one ends before the other begins; two insertions at the same point have no order. */
function besideEachOther({ base, mine, theirs }: Sides): string | undefined {
  const before = linesOf(base);
  const [one, other] = [wholeChange(before, linesOf(mine)), wholeChange(before, linesOf(theirs))];
  const [first, second] = one.end <= other.start ? [one, other] : [other, one];
  if (first.end > second.start || first.start === second.end) return undefined;
  return rewritten(before, [first, second], ({ by }) => by.join(''));
}

/** All that has changed, as one change. */
function wholeChange(before: string[], after: string[]): Change {
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
  const all = linesOf(mine);
  const differences = changes(all, linesOf(theirs));
  return mergedParts(all, differences, ({ start, end, by }) =>
    conflict(all.slice(start, end).join(''), by.join(''), labels),
  );
}
