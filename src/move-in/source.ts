import type { Place } from './found.ts';

/** A file's text, which can say where an offset is. */
export interface Source {
  file: string;
  text: string;
  place(start: number, end: number): Place;
}

export function sourceOf(file: string, text: string): Source {
  let starts: number[] | undefined;
  const lineOf = (offset: number) => {
    starts ??= [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
  return { file, text, place: (start, end) => ({ file, line: lineOf(start), range: [start, end] }) };
}
