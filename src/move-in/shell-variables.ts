import { assignments } from './shell-words.ts';

/** A variable's possible values; undefined when nothing says what it is. */
export type Lookup = (name: string) => readonly string[] | undefined;

/** Longer texts are no path, port or name, and a loop's variable has no more values than this. */
const limits = { text: 1000, values: 50 };

/**
 * Fills in the variables of a word: `$A`, `${A}`, `${A:-default}`.
 * @returns every text that the word can be; none where a variable is unknown, or a command would have to run
 */
export function filledIn(text: string, lookup: Lookup): string[] {
  if (text.length > limits.text) return [];
  let known = [''];
  let behind = 0;
  for (const match of text.matchAll(/\$(?:\{(\w+)(?::?[-=]([^}]*))?\}|(\w+))/g)) {
    const [all, braced, fallback, plain] = match;
    const values = lookup(braced ?? plain ?? '') ?? (fallback === undefined ? [] : withoutVariables(fallback));
    const before = text.slice(behind, match.index);
    if (/[$`]/.test(before)) return [];
    known = known.flatMap((start) => values.map((value) => start + before + value)).slice(0, limits.values);
    behind = match.index + all.length;
  }
  const rest = text.slice(behind);
  return /[$`]/.test(rest) ? [] : known.map((start) => start + rest);
}

const withoutVariables = (text: string) => (/[$`]/.test(text) ? [] : [text]);

/**
 * What a script's variables are, given those that it is started with. A variable that is set to its own default,
 * `A=${A:-b}`, has what it is started with.
 * @param isHidden names that nobody may look up, not even to set another variable
 */
export function withAssignments(outer: Lookup, texts: readonly string[], isHidden: (name: string) => boolean): Lookup {
  const set = new Map<string, string[]>();
  const visible: Lookup = (name) => (isHidden(name) ? undefined : outer(name));
  for (const { name, values } of texts.flatMap((text) => assignments(text)).filter(({ name }) => !isHidden(name))) {
    const known = values.flatMap((value) =>
      filledIn(value, (other) => visible(other) ?? (other === name ? undefined : set.get(other))),
    );
    if (known.length > 0 && !set.has(name)) set.set(name, known);
  }
  return (name) => set.get(name) ?? visible(name);
}
