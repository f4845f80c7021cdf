import { StackError } from '../errors.ts';
import { type AnswerName, type Answers, answerNames, questions, rulesAcross } from './questions.ts';

/** Values as they came in, by answer: text from a flag or a prompt, JSON from the stored file. Nothing is trusted yet. */
export type Given = { [Name in AnswerName]?: unknown };

/** Where values come from; the first that has one wins: prompt, flag, stored file, default. */
export interface Sources {
  prompted: Given;
  flags: Given;
  stored: Given;
  /** The target folder's path, from which the bucket's default is made. */
  folder: string;
}

const precedence = ['prompted', 'flags', 'stored'] as const;

/**
 * The answers that a run still needs from a person: prompted ones that no flag gives. In a repository that was rendered
 * before there are none: what is not stored was left at the default, and follows it.
 * @param rendered whether the repository was rendered before
 * @param askAnswered ask all the same
 */
export function missingAnswers({ flags }: Sources, rendered: boolean, askAnswered: boolean): AnswerName[] {
  if (rendered && !askAnswered) return [];
  return answerNames.filter((name) => questions[name].prompt && !(name in flags));
}

/** Every rule that a value breaks, or values together, each as a sentence for a person. */
export function answerProblems(sources: Sources): string[] {
  const { problems, problemsAcross } = read(sources, []);
  return [...problems, ...problemsAcross.map(({ message }) => message)];
}

/**
 * Values from every source as valid answers.
 * @throws {StackError} with every problem, one a line, when a value breaks a rule
 */
export function resolveAnswers(sources: Sources): Answers {
  const problems = answerProblems(sources);
  if (problems.length > 0) throw new StackError(problems.join('\n'));
  return read(sources, []).answers as Answers;
}

/**
 * A prompt's live check: the answer's own rule, then the rules between it and what is known so far.
 * @param unasked the answers that are still to be asked
 * @returns what is wrong with the text, or undefined
 */
export function brokenWhileAsking(
  name: AnswerName,
  text: string,
  sources: Sources,
  unasked: AnswerName[],
): string | undefined {
  const broken = brokenRule(name, text);
  if (broken) return capitalised(broken);
  const known = { ...sources, prompted: { ...sources.prompted, [name]: text } };
  return read(known, unasked).problemsAcross.find(({ between }) => between.includes(name))?.message;
}

/**
 * What is remembered of the answers: identity and the disk always, of the others only what differs from the default, so
 * that an untouched value follows a default that changes.
 */
export function answersToStore(answers: Answers, folder: string): Record<string, unknown> {
  const isStored = (name: AnswerName) => {
    const { onRename, alwaysStored, fallback } = questions[name];
    return onRename || alwaysStored || JSON.stringify(answers[name]) !== JSON.stringify(fallback(folder));
  };
  return Object.fromEntries(answerNames.filter(isStored).map((name) => [name, answers[name]]));
}

/** Reads what is known, leaving out the unasked answers; collects every problem instead of stopping at the first. */
function read(sources: Sources, unasked: AnswerName[]) {
  const answers: Partial<Record<AnswerName, unknown>> = {};
  const problems: string[] = [];
  for (const name of answerNames) {
    if (unasked.includes(name)) continue;
    const source = precedence.find((candidate) => name in sources[candidate]);
    if (!source) {
      answers[name] = questions[name].fallback(sources.folder);
      continue;
    }
    const given = sources[source][name];
    const broken = brokenRule(name, given);
    if (broken) problems.push(problem(name, source, given, broken));
    else answers[name] = questions[name].read(toText(given) ?? '');
  }
  const problemsAcross = rulesAcross
    .filter(({ between }) => between.every((name) => name in answers))
    .map(({ between, broken }) => ({ between, message: broken(answers as Answers) }))
    .filter((each): each is { between: AnswerName[]; message: string } => each.message !== undefined);
  return { answers, problems, problemsAcross };
}

/** What is wrong with one value, with an example; undefined when it is legal. */
function brokenRule(name: AnswerName, given: unknown): string | undefined {
  const { rule, example, optional, placeholder } = questions[name];
  if (given === true && placeholder) return `needs a value; for example ${example}`;
  const text = toText(given);
  const broken = text === undefined ? 'must be text' : optional && text === '' ? undefined : rule(text);
  return broken && `${broken}; for example ${example}`;
}

/** Names the place where the value stands, the value, and what is wrong with it. */
function problem(name: AnswerName, source: (typeof precedence)[number], given: unknown, broken: string): string {
  const { flag, placeholder, redacted } = questions[name];
  const place = source === 'stored' ? `.yo-rc.json, "${name}":` : `--${flag}`;
  const nothingGiven = given === true && placeholder;
  return redacted || nothingGiven ? `${place} ${broken}` : `${place} ${JSON.stringify(given)} ${broken}`;
}

/** Every source is brought to text first, so that one rule judges all of them. */
function toText(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (typeof given === 'number' || typeof given === 'boolean') return String(given);
  if (Array.isArray(given) && given.every((item) => typeof item === 'string')) return given.join(',');
  return undefined;
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
