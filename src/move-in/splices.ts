import type { Place } from './found.ts';

/** A change of a file: the text at a place becomes another. An empty range is an insertion. */
export interface Splice {
  at: Place;
  to: string;
}

/** A file with its splices, the only bytes that change. A splice that overlaps an earlier one is left out. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const ordered = distinctSplices(splices).toSorted((a, b) => a.at.range[0] - b.at.range[0]);
  let result = '';
  let behind = 0;
  for (const { at, to } of ordered) {
    result += text.slice(behind, at.range[0]) + to;
    behind = at.range[1];
  }
  return result + text.slice(behind);
}

/** Without splices that touch what another one replaces already: an alias and its anchor are one place. */
export function distinctSplices(splices: readonly Splice[]): Splice[] {
  const kept: Splice[] = [];
  for (const splice of splices)
    if (!kept.some((other) => other.at.file === splice.at.file && overlap(other.at.range, splice.at.range)))
      kept.push(splice);
  return kept;
}

const overlap = ([a, b]: Place['range'], [c, d]: Place['range']) => (a === c && b === d) || (a < d && c < b);

/**
 * Replaces a part of the text at a place, so that quotes, anchors and tags around it stay.
 * @returns one splice for each part that fits; none where the text is written in a way that hides it
 */
export function replaceAt(text: string, at: Place, part: RegExp, to: string): Splice[] {
  const [start, end] = at.range;
  return [...text.slice(start, end).matchAll(part)].map((match) => {
    const from = start + match.index;
    return { at: placeAt(text, at.file, from, from + match[0].length), to };
  });
}

/** An expression that fits exactly this text. */
export const literally = (text: string): RegExp => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'g');

export const placeAt = (text: string, file: string, start: number, end: number): Place => ({
  file,
  line: text.slice(0, start).split('\n').length,
  range: [start, end],
});
