import { diffArrays } from 'diff';

/** Lines of a text, from `start` to before `end`. */
export interface Range {
  start: number;
  end: number;
}

/** Lines that another version has replaced, and by what. */
export interface Change extends Range {
  by: string[];
}

/** The lines of a text, each with its line break. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

/** The fewest changes that lead from one version to another, in their order; between two of them something stays. */
export function changes(before: string[], after: string[]): Change[] {
  const found: Change[] = [];
  let [start, from] = [0, 0];
  for (const [end, to] of [...staying(before, after), [before.length, after.length] as const]) {
    if (start < end || from < to) found.push({ start, end, by: after.slice(from, to) });
    [start, from] = [end + 1, to + 1];
  }
  return found;
}

/** The lines that stay, as their places before and after. */
function staying(before: string[], after: string[]): [number, number][] {
  // The search takes the square of what differs: without the lines that only one has, a text may as well be all new.
  const known = placesOfShared(before, after);
  const kept = placesOfShared(after, before);
  const search = diffArrays(
    known.map((place) => before[place]),
    kept.map((place) => after[place]),
  );
  return search.flatMap(({ added, removed, count }) => {
    const first = added ? [] : known.splice(0, count);
    const second = removed ? [] : kept.splice(0, count);
    return added || removed ? [] : first.map((place, index): [number, number] => [place, second[index] ?? 0]);
  });
}

function placesOfShared(lines: string[], others: string[]): number[] {
  const other = new Set(others);
  return lines.flatMap((line, place) => (other.has(line) ? [place] : []));
}

/** A text from a line on: each of the ranges, which are in their order, as `write` has it, and the rest as it is. */
export function rewritten<Part extends Range>(
  lines: string[],
  parts: Part[],
  write: (part: Part) => string,
  from = 0,
): string {
  let line = from;
  const texts = parts.map((part) => {
    const kept = lines.slice(line, part.start).join('');
    line = part.end;
    return kept + write(part);
  });
  return texts.join('') + lines.slice(line).join('');
}
