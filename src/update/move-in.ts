import type { Answers } from '../answers/questions.ts';
import { type Given, isLegal, type Sources } from '../answers/resolve-answers.ts';
import { appUser } from '../answers/rules.ts';
import { StackError } from '../errors.ts';
import type { LeftAlone } from '../move-in/joined-files.ts';
import { regionBeside } from '../move-in/region-beside.ts';
import { type Steps, steps } from '../move-in/steps.ts';
import type { Person } from '../person.ts';
import type { ExistingFiles } from '../repository/existing-files.ts';
import { firstCommitOf } from '../repository/git-place.ts';
import { type Change, commit } from '../repository/transaction.ts';
import type { GeneratedFiles } from '../templates/generate-files.ts';
import { type MovingIn, movingIn, type Repairing, type Wanted } from './moving-in.ts';
import type { PlannedFile } from './plan.ts';
import { layoutOf, type MoveInPlan, planMoveIn } from './plan-moving-in.ts';
import type { Repository, Update } from './update.ts';

/** What a run tells of a repository that was there before. */
export interface MovedIn {
  way: MovingIn['kind'];
  /** The Blueprint's path. */
  blueprint: string;
  /** What was found, is kept and is new, and what to do; undefined where no MinIO was there. */
  steps: Steps | undefined;
  /** Whether a stack can come into the service that is there. */
  canHaveStack: boolean;
  /** Files that stay as they are although ours would have more. */
  leftAlone: LeftAlone[];
}

/** A move into a repository that was there before, ready to be planned. */
export interface MoveIn {
  /** Where only the image and the command change: the whole plan. */
  repair: ((repository: Repository, answers: Answers) => Update) | undefined;
  /** Whether a person is asked for answers, as in a new repository. */
  asksAnswers: boolean;
  /** What the repository tells of the answers. */
  sources(sources: Sources): Sources;
  /** The repository as if it had a memory of what was found. */
  remembered(repository: Repository, generated: GeneratedFiles): Repository;
  plan(generated: GeneratedFiles, answers: Answers): MoveInPlan;
  told(plan: readonly PlannedFile[], answers: Answers): MovedIn;
}

/**
 * Looks at a repository without a memory that has files already.
 * @returns undefined where it is one of ours
 * @throws {StackError} where nothing may be written
 */
export async function startMoveIn(
  files: ExistingFiles,
  folder: string,
  wanted: Omit<Wanted, 'firstCommit'>,
  person: Person | undefined,
): Promise<MoveIn | undefined> {
  const firstCommit = await firstCommitOf(folder);
  const moving = await movingIn(files, { ...wanted, firstCommit }, person);
  return moving && moveInOf(moving, wanted.flags);
}

function moveInOf(moving: MovingIn, flags: Given): MoveIn {
  let leftAlone: LeftAlone[] = [];
  const told = (plan: readonly PlannedFile[], answers: Answers): MovedIn => ({
    way: moving.kind,
    blueprint: moving.blueprint,
    steps: stepsOf(moving, plan, answers),
    canHaveStack: moving.kind === 'repair' && moving.canHaveStack,
    leftAlone,
  });
  const known = moving.kind === 'stack' ? moving.known : undefined;
  if (known)
    refuseRootUser(
      known.unsaid.includes('rootUser') && moving.kind === 'stack' && moving.server.rootUser.length > 0,
      flags,
    );
  // A console that is new may have any name.
  const { consoleName, ...others } = known?.answers ?? {};
  const last: Given = known?.console ? { consoleName, ...others } : others;
  return {
    repair: moving.kind === 'repair' ? (repository, answers) => repairUpdate(moving, repository, answers) : undefined,
    asksAnswers: moving.kind === 'add',
    sources: (sources) => ({ ...sources, stored: known?.answers ?? besideOthers(moving) }),
    remembered: (repository, generated) => {
      if (moving.kind === 'repair') return repository;
      const placed = layoutOf(moving, generated, flags);
      leftAlone = placed.leftAlone;
      return { ...repository, lastAnswers: last, state: { ...repository.state, layout: placed.layout } };
    },
    plan: (generated, answers) => {
      if (moving.kind === 'repair') throw new Error('a repair has a plan of its own');
      return planMoveIn(moving, generated, answers, flags);
    },
    told,
  };
}

/** What the services that are there tell of ours. */
function besideOthers({ files, blueprint }: MovingIn): Given {
  const region = regionBeside(files.read(blueprint) ?? '');
  return region !== undefined && isLegal('region', region) ? { region } : {};
}

function stepsOf(moving: MovingIn, plan: readonly PlannedFile[], { consoleName }: Answers): Steps | undefined {
  if (moving.kind === 'add') return undefined;
  const { found, choice } = moving;
  if (moving.kind === 'repair') return steps(found, choice, { intent: 'repair', repair: moving.repaired });
  const paths = (isNew: boolean) =>
    plan.flatMap(({ kind, path, action }) => (kind === 'write' && (action === 'create') === isNew ? path : []));
  const consoleIsNew = moving.known.console === undefined;
  const [created, changed] = [paths(true), paths(false)];
  return steps(found, choice, { intent: 'stack', created, changed, consoleName, consoleIsNew, appUser });
}

/** Root's name stays what it is: access keys that root has made end with another one. */
function refuseRootUser(isKept: boolean, flags: Given): void {
  if (isKept && 'rootUser' in flags)
    throw new StackError(
      "--root-user can't change the root user of a server that is there: its access keys and applications would stop working; leave it out",
    );
}

function repairUpdate({ repaired, files }: Repairing, repository: Repository, answers: Answers): Update {
  const changed = repaired.files.filter(({ before, text }) => text !== before);
  const plan = changed.map(
    ({ path, before, text }): PlannedFile => ({
      kind: 'write',
      path,
      action: before === undefined ? 'create' : 'update',
      reason: before === undefined ? 'new' : 'the image and the command, and nothing else',
      contents: text,
      executable: false,
    }),
  );
  const seen = changed.flatMap(({ path, before }) =>
    before === undefined ? [] : [[path, { kind: 'text' as const, text: before }] as const],
  );
  return {
    repository,
    answers,
    images: { pins: {}, replaced: [] },
    generated: new Map(),
    plan: plan.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    damagedBase: [],
    misspelled: [],
    notices: files.isComplete ? [] : ['The folder has very many files: only the nearest ones were looked at.'],
    seen: new Map(seen),
  };
}

/** Writes a repair. No memory is written, so that a stack can come later. */
export async function commitRepair({ repository, plan, seen }: Update): Promise<void> {
  const changes = plan.flatMap((file): Change[] =>
    file.kind === 'write' ? [{ path: file.path, contents: file.contents, executable: file.executable }] : [],
  );
  if (changes.length > 0) await commit(repository.folder, changes, seen);
}
