import { type AnswerName, questions } from './answers/questions.ts';
import {
  answerProblems,
  brokenWhileAsking,
  type Given,
  missingAnswers,
  resolveAnswers,
  type Sources,
} from './answers/resolve-answers.ts';
import { StackError } from './errors.ts';
import { interrupted, type Person } from './person.ts';
import { refuseInterrupted } from './repository/journal.ts';
import { completeInterrupted } from './repository/transaction.ts';
import { generateFiles, type Templates } from './templates/generate-files.ts';
import { refuseLosses } from './update/refuse-losses.ts';
import { type ConflictPolicy, settleConflicts } from './update/settle-conflicts.ts';
import { commitUpdate, planUpdate, type Repository, readRepository, type Update } from './update/update.ts';

/** What a run is asked to do. */
export interface Request {
  /** The target folder's absolute path. */
  folder: string;
  /** Values of answers from the command line; nothing has judged them yet. */
  flags: Given;
  /** Problems that were found before the run: the run reports them together with its own. */
  problems: string[];
  /** `write` changes the repository, `plan` and `check` only say what would change. */
  mode: 'write' | 'plan' | 'check';
  /** Take the default or the stored value for everything that is not given. */
  yes: boolean;
  /** Ask again for what is stored. */
  askAnswered: boolean;
  allowRename: boolean;
  onConflict: ConflictPolicy | undefined;
}

/** What a run works with. */
export interface Tools {
  /** This generator's version. */
  version: string;
  templates: Templates;
  /** Whoever can be asked; undefined without a terminal. */
  person: Person | undefined;
}

/** What came of a run: exit code, report and JSON follow from this value. */
export interface Outcome {
  /** `refused`: there are conflicts, and nothing was written. */
  kind: 'planned' | 'checked' | 'refused' | 'written';
  update: Update;
  /** Whether an interrupted run had to be completed first. */
  completed: boolean;
}

/**
 * One run: reads the repository, asks what is missing, plans the update, settles conflicts, writes.
 * @throws {StackError} for everything that a person has to put right first; nothing was written then
 */
export async function run(request: Request, tools: Tools): Promise<Outcome> {
  const { folder, mode } = request;
  let repository = readRepository(folder, tools.version);
  let sources = sourcesOf(request, repository);
  // What was given is judged before anything is asked or written.
  refuse([...request.problems, ...answerProblems(sources)]);
  if (mode !== 'write') refuseInterrupted(folder);
  const completed = mode === 'write' && completeInterrupted(folder);
  if (completed) {
    repository = readRepository(folder, tools.version);
    sources = sourcesOf(request, repository);
  }
  await ask(request, sources, repository.state.version !== undefined, tools.person);
  const answers = resolveAnswers(sources);
  await refuseLosses(repository, answers, request.allowRename);
  const update = await planUpdate(repository, answers, generateFiles(answers, tools.templates));
  if (mode === 'plan') return { kind: 'planned', update, completed };
  if (mode === 'check') return { kind: 'checked', update, completed };
  const decider = request.onConflict ?? tools.person ?? 'fail';
  if (decider !== 'fail') update.plan = await settleConflicts(update.plan, decider).catch(interrupted);
  if (update.plan.some(({ kind }) => kind === 'conflict')) return { kind: 'refused', update, completed };
  commitUpdate(update);
  return { kind: 'written', update, completed };
}

function sourcesOf({ flags, folder }: Request, { state }: Repository): Sources {
  return { prompted: {}, flags, stored: state.answers, folder };
}

function refuse(problems: string[]): void {
  if (problems.length > 0) throw new StackError(problems.join('\n'));
}

/** Asks for what no source gives, and adds it to the sources. */
async function ask(request: Request, sources: Sources, known: boolean, person: Person | undefined): Promise<void> {
  const missing = request.yes ? [] : missingAnswers(sources, known, request.askAnswered);
  if (missing.length === 0) return;
  if (!person) {
    const flags = missing.map((name) => `--${questions[name].flag}`).join(', ');
    const taken = process.env.npm_config_yes ? ' npm takes a --yes for itself unless -- stands before it.' : '';
    throw new StackError(`No terminal to ask on. Give ${flags}, or --yes to take the defaults.${taken}`);
  }
  const current = resolveAnswers(sources);
  for (const [index, name] of missing.entries()) {
    const unasked = missing.slice(index + 1);
    sources.prompted[name] = await askOne(name, String(current[name] ?? ''), sources, unasked, person).catch(
      interrupted,
    );
  }
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
