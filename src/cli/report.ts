import type { styleText } from 'node:util';
import { type AnswerName, questions } from '../answers/questions.ts';
import { exitCodes, StackError } from '../errors.ts';
import { readFileAt } from '../repository/files.ts';
import type { Outcome } from '../run.ts';
import { changesBetween } from '../update/changelog.ts';
import type { MovedIn } from '../update/move-in.ts';
import { isNewer } from '../update/pinned-images.ts';
import type { Action, PlannedFile } from '../update/plan.ts';
import type { Update } from '../update/update.ts';
import { nextSteps } from './next-steps.ts';
import { planDocument } from './plan-document.ts';

/** What a run tells: a person on standard error, a program on standard output. */
export interface Report {
  /** For standard output, with its last line break; empty for nothing. */
  output: string;
  /** Texts for a person, one after the other. */
  log: string[];
  /** Why the exit code is not 0. */
  failure: StackError | undefined;
}

/** Colours a text, where colours are shown. */
export type Coloured = (style: Parameters<typeof styleText>[0], text: string) => string;

/** How a run is reported. */
export interface Reporting {
  json: boolean;
  coloured: Coloured;
  /** The folder in which the person's shell is. */
  from: string;
  /** The path of this generator's changelog. */
  changelog: string;
}

/** What a run did, or would do. */
export async function reportOf(outcome: Outcome, reporting: Reporting): Promise<Report> {
  const { kind, completed, update } = outcome;
  const done = [
    ...(completed ? ['An earlier run was interrupted. This run has completed it first.'] : []),
    ...update.notices,
    ...outcome.deadImages.map((image) => `This image is gone, so the next deploy fails: ${image}`),
    ...damagedBase(update),
  ];
  const failure = failureOf(outcome);
  if (reporting.json) return { output: `${JSON.stringify(planDocument(outcome), null, 2)}\n`, log: done, failure };
  const differences = kind === 'planned' ? await differencesOf(update) : [];
  const images = await lookedUpImages(outcome, reporting.coloured);
  const log = [...done, ...followedAnswers(outcome), ...differences, ...images, summary(outcome, reporting.coloured)];
  return { output: '', log: [...log, ...(await afterwards(outcome, reporting))], failure };
}

/** What was looked up of the images. */
async function lookedUpImages({ lookedUp }: Outcome, coloured: Coloured): Promise<string[]> {
  return lookedUp.length === 0 ? [] : (await import('./image-lines.ts')).imageLines(lookedUp, coloured);
}

/** Says that a base can't be used, and what follows from that. */
function damagedBase({ damagedBase: paths }: Update): string[] {
  if (paths.length === 0) return [];
  return [
    `Something else changed these copies in .minio-stack/base, so they can't be used for merging: ${paths.join(', ')}`,
    'Each of these files that differs from the new one is a question about the whole file.',
  ];
}

/** Why a run ends with another exit code than 0; undefined when all is well. */
function failureOf({
  kind,
  update,
  followed,
  contradicted,
  lookedUp,
  movedIn,
  deadImages,
}: Outcome): StackError | undefined {
  const { plan } = update;
  const open = plan.filter(({ action }) => action === 'conflict' || action === 'mark');
  const listed = open.map(({ path, reason }) => `\n  ${path}: ${reason}`).join('');
  if (kind === 'planned') return undefined;
  if (kind === 'refused') {
    return new StackError(
      `Nothing was written. Somebody has to decide about these files:${listed}\nRun the command on a terminal to decide for each, or add --on-conflict mine, theirs or markers.`,
      exitCodes.conflict,
    );
  }
  if (kind === 'written') {
    if (open.length === 0) return undefined;
    const message = `These files have conflict markers. Edit them, then run the command again:${listed}`;
    return new StackError(message, exitCodes.conflict);
  }
  if (update.misspelled.length > 0) return new StackError(update.misspelled.join('\n'));
  if (open.length > 0) return new StackError(`An update would conflict:${listed}`, exitCodes.conflict);
  const contradictions = Object.keys(contradicted);
  if (contradictions.length > 0) {
    const flags = contradictions.map((name) => `--${questions[name as AnswerName].flag}`).join(', ');
    const message = `A file and .yo-rc.json contradict each other: ${flags}. Change one of them.`;
    return new StackError(message, exitCodes.conflict);
  }
  if (movedIn?.way === 'repair') return new StackError(toBeMovedIn(movedIn, plan), exitCodes.updateAvailable);
  if (deadImages.length > 0) {
    const message = `These images are gone, so the next deploy fails: ${deadImages.join(', ')}.`;
    return new StackError(message, exitCodes.updateAvailable);
  }
  const newer = lookedUp.some(isNewer);
  if (isUpToDate(plan) && Object.keys(followed).length === 0 && !newer) return undefined;
  const message = `An update is available: run npm init minio-stack@latest${newer ? ' -- --newest-images' : ''} in this folder.`;
  return new StackError(message, exitCodes.updateAvailable);
}

/** What is to be had where MinIO is there, and this generator has not moved in. */
function toBeMovedIn({ canHaveStack }: MovedIn, plan: PlannedFile[]): string {
  const stack = canHaveStack
    ? 'The whole stack can come into the service that is there: run npm init minio-stack@latest -- --move-in stack in this folder.'
    : "The whole stack can't come into the service that is there: make a new stack, and copy the data.";
  return plan.length === 0
    ? stack
    : `The image of MinIO is gone: run npm init minio-stack@latest in this folder. ${stack}`;
}

/** Answers that follow an edited file, and answers that can't. */
function followedAnswers({ followed, contradicted, update }: Outcome): string[] {
  const flag = (name: string) => `--${questions[name as AnswerName].flag}`;
  const stored = (name: string) => update.repository.state.answers[name as AnswerName];
  const before = (name: string) => (stored(name) === undefined ? '' : ` (it was ${stored(name)})`);
  return [
    ...Object.entries(followed).map(
      ([name, value]) =>
        `${flag(name)} is ${value || 'empty'}, as in your file${before(name)}: the stored answer and the other files follow.`,
    ),
    ...Object.entries(contradicted).map(
      ([name, value]) =>
        `A file has ${JSON.stringify(value)} for ${flag(name)}, which this generator does not know, and the stored answer is ${stored(name)}: change one of them.`,
    ),
  ];
}

/** The differences that a run would make, as unified diffs; of a conflict the merge with its markers. */
async function differencesOf({ plan, seen }: Update): Promise<string[]> {
  const { difference } = await import('../merge/difference.ts');
  return plan.flatMap((file) => {
    const before = seen.get(file.path);
    const after = textAfter(file);
    if (after === undefined) return [];
    if (typeof after !== 'string' || before?.kind === 'binary')
      return [`${file.path} is not UTF-8 text: no difference is shown\n`];
    return [difference(file.path, before?.text ?? '', after)];
  });
}

function textAfter(file: PlannedFile): string | Uint8Array | undefined {
  if (file.kind === 'write') return file.contents;
  if (file.kind === 'delete') return '';
  if (file.kind === 'leave') return undefined;
  return 'marked' in file.choices ? file.choices.marked : file.choices.theirs;
}

/** How an action looks in a list, and how it is counted. */
const look: Record<Action, { style: Parameters<typeof styleText>[0]; counted: string }> = {
  create: { style: 'green', counted: 'created' },
  update: { style: 'green', counted: 'updated' },
  merge: { style: 'cyan', counted: 'merged' },
  overwrite: { style: 'yellow', counted: 'overwritten' },
  delete: { style: 'yellow', counted: 'deleted' },
  move: { style: 'cyan', counted: 'moved' },
  keep: { style: 'dim', counted: 'unchanged' },
  adopt: { style: 'dim', counted: 'unchanged' },
  identical: { style: 'dim', counted: 'unchanged' },
  'stay deleted': { style: 'dim', counted: 'left deleted' },
  mark: { style: 'red', counted: 'with conflict markers' },
  conflict: { style: 'red', counted: 'in conflict' },
};

const isUpToDate = (plan: PlannedFile[]) => plan.every(({ kind, action }) => kind === 'leave' && action !== 'mark');

/** What happens to each file that changes, one a line, and a closing line that counts all. */
function summary({ update, contradicted }: Outcome, coloured: Coloured): string {
  const { plan, repository } = update;
  if (plan.length === 0) return 'Nothing is left to repair: no image that is gone, and no command of its program.';
  const counts = new Map<string, number>();
  for (const { action } of plan) counts.set(look[action].counted, (counts.get(look[action].counted) ?? 0) + 1);
  const counted = [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
  if (isUpToDate(plan)) {
    const state = Object.keys(contradicted).length > 0 ? 'Nothing to do for' : 'Up to date with';
    return `${state} generator-minio-stack ${repository.version}: ${counted}.`;
  }
  const shown = plan.filter(({ action }) => !['identical', 'adopt'].includes(action));
  const labels = shown.map(({ action }) => (action === 'keep' ? 'unchanged' : action));
  const width = Math.max(...labels.map(({ length }) => length));
  const lines = shown.map(({ path, action, reason }, index) => {
    const said = reason === 'new' ? '' : coloured('dim', `  (${reason})`);
    return `${coloured(look[action].style, (labels[index] ?? '').padStart(width))} ${path}${said}`;
  });
  return [...lines, coloured('bold', counted)].join('\n');
}

/** What a person does next, or would do. */
async function afterwards({ kind, update, movedIn }: Outcome, reporting: Reporting): Promise<string[]> {
  const isShown = kind === 'written' || kind === 'planned';
  const moved = movedIn && isShown ? (await import('./move-in-lines.ts')).moveInLines(movedIn, reporting.coloured) : [];
  const isBeside =
    movedIn !== undefined && update.plan.some(({ path, action }) => path === movedIn.blueprint && action === 'merge');
  const hasOwnSteps = movedIn?.steps !== undefined;
  return kind === 'written' && !hasOwnSteps ? [...moved, ...(await whatNow(update, reporting, isBeside))] : moved;
}

/** What a person does or reads next, after something was written. */
async function whatNow(update: Update, { from, changelog, coloured }: Reporting, isBeside: boolean): Promise<string[]> {
  const { plan, repository } = update;
  const { version, state } = repository;
  if (plan.some(({ action }) => action === 'mark')) return [];
  if (state.version === undefined)
    return [['', coloured('bold', 'Next:'), ...(await nextSteps(update, from, isBeside))].join('\n')];
  if (state.version === version) return [];
  const file = readFileAt(changelog);
  const changes = file?.kind === 'text' ? changesBetween(file.text, state.version, version) : [];
  if (changes.length === 0) return [];
  const heading = `New in the generated repository, from ${state.version} to ${version}:`;
  return [['', coloured('bold', heading), ...changes].join('\n')];
}
