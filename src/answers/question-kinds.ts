import type { Rule } from './rules.ts';

/** The headings under which `--help` and the README list the flags. */
export const groups = ['Storage', 'Services', 'Access', 'Images', 'Repository'] as const;

/** What a change of the answer after the first deploy means. */
export type Change =
  /** Nothing is lost. Only a value that differs from the default is stored, so that an untouched one follows a new default. */
  | { kind: 'free' }
  /** A new default must not change the answer, so it is always stored. */
  | { kind: 'kept' }
  /** The answer decides where the data is. It is always stored, and changes only with --allow-rename. */
  | { kind: 'identity'; consequence: string };

/** What questions of every kind have. */
interface Common<Value> {
  /** The flag without its dashes. */
  flag: string;
  group: (typeof groups)[number];
  /** What the answer decides, in one line for `--help` and the README. */
  about: string;
  /** The prompt's text. Undefined: the answer is never asked, only its flag sets it. */
  prompt: string | undefined;
  change: Change;
  /** True if a secret could be typed into this flag by mistake. The value is then never printed. */
  redacted: boolean;
  /** The default. Only the bucket's depends on the target folder's path. */
  fallback(folder: string): Value;
  /** The default as documentation shows it. */
  defaultText: string;
  /** A legal value, as text. */
  example: string;
  /** Judges text from a flag, a prompt or the stored file. */
  rule: Rule;
  /** Turns text that keeps the rule into a value. */
  read(text: string): Value;
}

/** Every kind but the flag takes a value, for which the placeholder stands in `--help`. */
interface WithValue<Value> extends Common<Value> {
  placeholder: string;
}

export interface TextQuestion<Value extends string | undefined = string | undefined> extends WithValue<Value> {
  kind: 'text';
}
export interface ChoiceQuestion<Choice extends string = string> extends WithValue<Choice> {
  kind: 'choice';
  /** Every legal value, in the order in which a prompt lists them. */
  choices: readonly Choice[];
}
export interface WholeNumberQuestion extends WithValue<number> {
  kind: 'wholeNumber';
}
export interface ListQuestion extends WithValue<string[]> {
  kind: 'list';
}

/** One answer, defined once: prompt, flag, help line, validation, stored value and README row all come from here. */
export type Question = TextQuestion | ChoiceQuestion | WholeNumberQuestion | ListQuestion;

/** What an entry of the table says, whatever its kind; `Own` is what its kind adds. */
type Entry<Value, Own = { placeholder: string }> = Pick<Common<Value>, 'flag' | 'group' | 'about' | 'fallback'> &
  Partial<Pick<Common<Value>, 'prompt' | 'change' | 'redacted' | 'defaultText'>> &
  Own;

/** An entry with everything that it left out. */
function complete<Value, Own>(entry: Entry<Value, Own>) {
  return {
    prompt: undefined,
    change: { kind: 'free' } as Change,
    redacted: false,
    defaultText: String(entry.fallback('/')),
    ...entry,
  };
}

/** The rule's refusal, followed by a legal value. */
const withExample =
  (rule: Rule, example: string): Rule =>
  (given) => {
    const broken = rule(given);
    return broken && `${broken}; for example ${example}`;
  };

interface Judged {
  placeholder: string;
  rule: Rule;
  example: string;
}

/** Text that can't be empty, unless the rule says so. */
export function text(entry: Entry<string, Judged>): TextQuestion<string> {
  const { rule, example } = entry;
  return { ...complete(entry), kind: 'text', rule: withExample(rule, example), read: (given) => given };
}

/** Text that may be left empty, which means that there is none: the default. */
export function optionalText(
  entry: Omit<Entry<undefined, Judged>, 'fallback'> & { defaultText: string },
): TextQuestion {
  const { rule, example } = entry;
  return {
    ...complete({ ...entry, fallback: () => undefined }),
    kind: 'text',
    rule: (given) => (given === '' ? undefined : withExample(rule, example)(given)),
    read: (given) => given || undefined,
  };
}

/**
 * One of a few values, to the letter.
 * @param entry `note` explains in the refusal why a value is missing that one might expect
 */
export function choice<const Choice extends string>({
  note,
  ...entry
}: Entry<Choice, { placeholder: string; choices: readonly Choice[]; note?: string }>): ChoiceQuestion<Choice> {
  const choices: readonly string[] = entry.choices;
  const refusal = `must be one of ${choices.join(', ')}${note ? `; ${note}` : ''}`;
  return {
    ...complete(entry),
    kind: 'choice',
    example: entry.fallback('/'),
    rule: (given) => (choices.includes(given) ? undefined : refusal),
    read: (given) => given as Choice,
  };
}

/** A whole number. The rule has its bounds and its unit. */
export function wholeNumber(entry: Entry<number, { placeholder: string; rule: Rule }>): WholeNumberQuestion {
  const example = String(entry.fallback('/'));
  return { ...complete(entry), kind: 'wholeNumber', example, rule: withExample(entry.rule, example), read: Number };
}

/**
 * Values separated by commas, empty by default. Blanks around a value are trimmed, and the last value may be followed by a
 * comma.
 * @param entry `rule` judges one value
 */
export function list(entry: Omit<Entry<string[], Judged>, 'fallback'> & { defaultText: string }): ListQuestion {
  const { rule, example } = entry;
  return {
    ...complete({ ...entry, fallback: () => [] }),
    kind: 'list',
    rule: withExample((given) => brokenItem(itemsOf(given), rule), example),
    read: itemsOf,
  };
}

/** Only an empty text is an empty list: a lone comma is refused, because for some lists "none" means "any". */
const itemsOf = (given: string): string[] =>
  given === ''
    ? []
    : given
        .replace(/,\s*$/, '')
        .split(',')
        .map((item) => item.trim());

function brokenItem(items: string[], rule: Rule): string | undefined {
  const twice = items.find((item, index) => items.indexOf(item) < index);
  if (twice !== undefined) return `must name each value once, and has ${JSON.stringify(twice)} twice`;
  const wrong = items.find((item) => rule(item) !== undefined);
  if (wrong === undefined) return undefined;
  return items.length === 1 ? rule(wrong) : `has ${JSON.stringify(wrong)}, which ${rule(wrong)}`;
}
