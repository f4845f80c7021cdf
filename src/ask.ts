import { type AnswerName, questions } from './answers/questions.ts';
import {
  brokenWhileAsking,
  type Given,
  missingAnswers,
  resolveAnswers,
  type Sources,
} from './answers/resolve-answers.ts';
import { StackError } from './errors.ts';
import { interrupted, isInCi, type Person } from './person.ts';

/** What decides which answers are asked for. */
interface Asking {
  /** Take the default or the stored value for everything that is not given. */
  yes: boolean;
  /** Ask again for what is stored. */
  askAnswered: boolean;
  /** Whether the repository was generated before. */
  known: boolean;
}

/**
 * Asks for what no source gives.
 * @returns what was typed or chosen
 * @throws {StackError} when nobody can be asked, or the person stops
 */
export async function ask(sources: Sources, asking: Asking, person: Person | undefined): Promise<Given> {
  const missing = asking.yes ? [] : missingAnswers(sources, asking.known, asking.askAnswered);
  if (missing.length === 0) return {};
  if (!person) {
    const flags = missing.map((name) => `--${questions[name].flag}`).join(', ');
    const taken = process.env.npm_config_yes ? ' npm takes a --yes for itself unless -- stands before it.' : '';
    const why = process.stdin.isTTY && isInCi() ? 'CI is set, so nothing is asked.' : 'No terminal to ask on.';
    throw new StackError(`${why} Give ${flags}, or --yes to take the defaults.${taken}`);
  }
  const current = resolveAnswers(sources);
  const prompted: Given = {};
  for (const [index, name] of missing.entries()) {
    const known = { ...sources, prompted };
    const unasked = missing.slice(index + 1);
    prompted[name] = await askOne(name, String(current[name] ?? ''), known, unasked, person).catch(interrupted);
  }
  return prompted;
}

function askOne(
  name: AnswerName,
  current: string,
  sources: Sources,
  unasked: AnswerName[],
  person: Person,
): Promise<string> {
  const question = questions[name];
  const common = { name, message: question.prompt ?? name, default: current };
  if (question.kind === 'choice')
    return person.select({ ...common, choices: question.choices.map((value) => ({ name: value, value })) });
  const validate = (text: string) => brokenWhileAsking(name, text, sources, unasked) ?? true;
  return person.input({ ...common, validate });
}
