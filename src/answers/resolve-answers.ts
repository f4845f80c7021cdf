import { StackError } from '../errors.ts';
import type { Question } from './question-kinds.ts';
import { type AnswerName, type Answers, answerNames, questions } from './questions.ts';
import { rulesBetween } from './rules-between-answers.ts';

/** Values as they came in, by answer: text from a flag or a prompt, JSON from the stored file. Nothing is trusted yet. */
export type Given = { [Name in AnswerName]?: unknown };

/** Where values come from; the first that has one wins: prompt, flag, edited file, stored file, pin, default. */
export interface Sources {
  prompted: Given;
  flags: Given;
  /** What a person has written into a generated file since the last run. Every value keeps its rule. */
  edited: Given;
  stored: Given;
  /** Images that were looked up in their registry: they stand for the generator's own, see `newest-images.ts`. */
  pins?: Given;
  /** The target folder's path, from which the bucket's default is made. */
  folder: string;
}

const precedence = ['prompted', 'flags', 'edited', 'stored', 'pins'] as const;

/**
 * The answers that a person still has to give, in the order in which they are asked: those with a prompt that no flag gives.
 * A repository that was generated before needs none: what is not stored there was left at the default, and follows it.
 * @param generatedBefore whether the target folder was generated before
 * @param askAnswered ask in such a folder as well
 */
export function missingAnswers({ flags }: Sources, generatedBefore: boolean, askAnswered: boolean): AnswerName[] {
  if (generatedBefore && !askAnswered) return [];
  return answerNames.filter((name) => questions[name].prompt && !(name in flags));
}

/** Every rule that a value breaks, or values together, each as a sentence for a person. */
export const answerProblems = (sources: Sources): string[] => allProblems(read(sources, []));

/**
 * Values from every source as valid answers.
 * @throws {StackError} with every problem, one a line, when a value breaks a rule
 */
export function resolveAnswers(sources: Sources): Answers {
  const found = read(sources, []);
  const problems = allProblems(found);
  if (problems.length > 0) throw new StackError(problems.join('\n'));
  return found.answers as Answers;
}

const allProblems = ({ problems, problemsBetween }: ReturnType<typeof read>): string[] => [
  ...problems,
  ...problemsBetween.map(({ message }) => message),
];

/**
 * A prompt's live check: the answer's own rule, then the rules between the answer and what is known so far.
 * @param unasked the answers that are still to be asked
 * @returns what is wrong with the text, or undefined
 */
export function brokenWhileAsking(
  name: AnswerName,
  text: string,
  sources: Sources,
  unasked: AnswerName[],
): string | undefined {
  const broken = brokenRule(questions[name], text);
  if (broken) return capitalised(broken);
  const known = { ...sources, prompted: { ...sources.prompted, [name]: text } };
  return read(known, unasked).problemsBetween.find(({ between }) => between.includes(name))?.message;
}

/** Whether a value keeps the answer's own rule. */
export const isLegal = (name: AnswerName, given: unknown): boolean => brokenRule(questions[name], given) === undefined;

/** Those of the values that are chosen. */
export function pick(given: Given, chosen: (name: AnswerName, value: unknown) => boolean): Given {
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => chosen(name as AnswerName, value)));
}

/**
 * What is remembered of the answers: what decides where the data is, the disk's size, and every value that differs from
 * the default. The others follow a default that changes. An image that was looked up is no choice, so it is remembered
 * under `pins`.
 */
export function answersToStore(answers: Answers, folder: string, pins: Given = {}): Record<string, unknown> {
  const isStored = (name: AnswerName) => {
    const { change, fallback } = questions[name];
    if (answers[name] === undefined) return false;
    return change.kind !== 'free' || JSON.stringify(answers[name]) !== JSON.stringify(fallback(folder));
  };
  const isPin = (name: AnswerName) => name in pins && pins[name] === answers[name];
  const chosen = (names: AnswerName[]) => Object.fromEntries(names.map((name) => [name, answers[name]]));
  const stored = answerNames.filter(isStored);
  const pinned = chosen(stored.filter(isPin));
  return {
    ...chosen(stored.filter((name) => !isPin(name))),
    ...(Object.keys(pinned).length > 0 && { pins: pinned }),
  };
}

/** Reads what is known, without the unasked answers. Collects every problem instead of stopping at the first. */
function read(sources: Sources, unasked: AnswerName[]) {
  const answers: Partial<Record<AnswerName, unknown>> = {};
  const problems: string[] = [];
  for (const name of answerNames) {
    if (unasked.includes(name)) continue;
    const question = questions[name];
    const source = precedence.find((candidate) => name in (sources[candidate] ?? {}));
    if (!source) {
      answers[name] = question.fallback(sources.folder);
      continue;
    }
    const given = sources[source]?.[name];
    const broken = brokenRule(question, given);
    if (broken) {
      const place = placeOf[source]?.(name) ?? `--${question.flag}`;
      problems.push([place, ...shown(question, given), broken].join(' '));
    } else answers[name] = question.read(toText(question, given) ?? '');
  }
  const problemsBetween = rulesBetween
    .filter(({ between }) => between.every((name) => name in answers))
    .map(({ between, broken }) => ({ between, message: broken(answers as Answers) }))
    .filter((each): each is { between: AnswerName[]; message: string } => each.message !== undefined);
  return { answers, problems, problemsBetween };
}

/** Where a value stands that no flag and no prompt has given. */
const placeOf: Partial<Record<keyof Sources, (name: AnswerName) => string>> = {
  stored: (name) => `.yo-rc.json, "${name}":`,
  pins: (name) => `.yo-rc.json, "pins", "${name}":`,
};

/** What is wrong with one value; undefined when the value is legal. */
function brokenRule(question: Question, given: unknown): string | undefined {
  if (isValueMissing(given)) return `needs a value; for example ${question.example}`;
  const text = toText(question, given);
  return text === undefined ? `must be ${typeNames[question.kind]}` : question.rule(text);
}

/** The value, for a message: nothing where there is none, or where it could be a secret. */
const shown = (question: Question, given: unknown): string[] =>
  question.redacted || isValueMissing(given) ? [] : [JSON.stringify(given)];

/** Parsers of command lines hand over `true` for a flag without its value. */
const isValueMissing = (given: unknown): boolean => given === true;

const typeNames: Record<Question['kind'], string> = {
  text: 'text',
  choice: 'text',
  wholeNumber: 'a whole number',
  list: 'a list of texts',
};

/** Every source is brought to text first, so that one rule judges all of them. Undefined: the type is wrong. */
function toText({ kind }: Question, given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (typeof given === 'number') return String(given);
  if (kind === 'list' && Array.isArray(given) && given.every((item) => typeof item === 'string'))
    return given.join(',');
  return undefined;
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
