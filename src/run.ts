import { answerProblems, type Given, isLegal, pick, resolveAnswers, type Sources } from './answers/resolve-answers.ts';
import { ask } from './ask.ts';
import { StackError } from './errors.ts';
import { interrupted, type Person } from './person.ts';
import { existingFiles } from './repository/existing-files.ts';
import { refuseInterrupted } from './repository/journal.ts';
import { completeInterrupted } from './repository/transaction.ts';
import { generateFiles, type Templates, workflowFile } from './templates/generate-files.ts';
import { contradictedAnswers } from './update/contradicted-answers.ts';
import { deadImages } from './update/dead-images.ts';
import type { MovedIn, MoveIn } from './update/move-in.ts';
import type { MoveInWay } from './update/moving-in-ways.ts';
import type { LookedUp } from './update/newest-images.ts';
import { isNewer, livePins, pinnedImages, withNewest } from './update/pinned-images.ts';
import { refuseFolderOutsideDisk, refuseLosses } from './update/refuse-losses.ts';
import { askedOf, type ConflictPolicy, type Decider, remembering, settleConflicts } from './update/settle-conflicts.ts';
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
  /** Look up the newest images in their registries: days that a release must be old. Undefined: use no network. */
  newestImages: { cooldown: number } | undefined;
  /** Leave the workflow that runs this generator as it is. */
  leaveWorkflow: boolean;
  /** What to do with a MinIO that was there before. Undefined: ask, or repair it. */
  moveIn: MoveInWay | undefined;
  /** The path of the Blueprint in the folder, where it is not `render.yaml`. */
  blueprint: string | undefined;
  /** Of several services that run MinIO, the one that is meant. */
  service: string | undefined;
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
  /** Stored answers that follow the files, because somebody has changed them there: as the files have them. */
  followed: Given;
  /** Stored answers that a file contradicts with a value that breaks a rule: as the file has them. */
  contradicted: Given;
  /** What was looked up of the images; empty where nothing was looked up. */
  lookedUp: LookedUp[];
  /** How this generator moved into a repository that was there before; undefined in an empty folder and in one of ours. */
  movedIn: MovedIn | undefined;
  /** Images that are gone, and that the Blueprint or a Dockerfile names all the same, each with its place. */
  deadImages: string[];
}

/**
 * One run: reads the repository, asks what is missing, plans the update, settles conflicts, writes.
 * @throws {StackError} for everything that a person has to put right first; nothing was written then
 */
export async function run(request: Request, tools: Tools): Promise<Outcome> {
  const { repository, sources: known, completed } = await open(request, tools.version);
  const moveIn = await lookFirst(request, repository, tools.person);
  if (moveIn?.repair)
    return repairOnly(moveIn, moveIn.repair(repository, resolveAnswers(known)), request.mode, completed);
  const generatedBefore = repository.state.version !== undefined || moveIn?.asksAnswers === false;
  const told = moveIn?.sources(known) ?? known;
  told.prompted = await ask(told, { ...request, known: generatedBefore }, tools.person);
  const { sources, lookedUp, replaced } = await lookUp(request, told, moveIn === undefined);
  const decider = request.mode === 'write' ? deciderOf(request.onConflict, tools.person) : undefined;
  const { update, ...rest } = await followFiles(sources, async (followed) => {
    const answers = resolveAnswers(followed);
    const usual = generateFiles(answers, tools.templates, repository.prefix);
    const here = moveIn?.remembered(repository, usual) ?? repository;
    await refuseLosses(here, answers, request.allowRename && !moveIn, followed.edited);
    if (repository.state.version === undefined && (moveIn?.asksAnswers ?? true)) refuseFolderOutsideDisk(answers);
    const files = generateFiles(answers, tools.templates, repository.prefix, here.state.layout);
    const images = { pins: followed.pins ?? {}, replaced };
    const left = request.leaveWorkflow ? [workflowFile] : [];
    const update = await planUpdate(here, answers, files, images, left, moveIn && ((all) => moveIn.plan(all, answers)));
    if (decider) update.plan = await settleConflicts(update.plan, decider).catch(interrupted);
    return update;
  });
  const outcome = {
    update,
    completed,
    lookedUp,
    movedIn: moveIn?.told(update.plan, update.answers),
    deadImages: await deadImages(update),
    ...rest,
  };
  if (request.mode === 'plan') return { kind: 'planned', ...outcome };
  if (request.mode === 'check') return { kind: 'checked', ...outcome };
  if (update.plan.some(({ kind }) => kind === 'conflict')) return { kind: 'refused', ...outcome };
  await commitUpdate(update);
  return { kind: 'written', ...outcome };
}

/** Judges what was given, completes what an interrupted run has left, and reads what the repository remembers. */
async function open(request: Request, version: string) {
  const { folder, mode, flags } = request;
  let repository = await readRepository(folder, version);
  const sourcesOf = async ({ state }: Repository): Promise<Sources> => ({
    prompted: {},
    flags,
    edited: {},
    stored: state.answers,
    pins: await livePins(state.pins, folder),
    folder,
  });
  const problems = answerProblems(await sourcesOf(repository));
  if (problems.length + request.problems.length > 0)
    throw new StackError([...request.problems, ...problems].join('\n'));
  if (mode !== 'write') refuseInterrupted(repository.folder);
  const completed = mode === 'write' && (await completeInterrupted(repository.folder));
  if (completed) repository = await readRepository(folder, version);
  return { repository, sources: await sourcesOf(repository), completed };
}

/** Looks at a repository that has files, but no memory. The look is a chunk of its own: most runs need none. */
async function lookFirst(
  { flags, moveIn, blueprint, service }: Request,
  { state, folder }: Repository,
  person: Person | undefined,
): Promise<MoveIn | undefined> {
  if (state.version !== undefined) return undefined;
  const files = existingFiles(folder);
  if (files.paths.length === 0) return undefined;
  const { startMoveIn } = await import('./update/move-in.ts');
  return startMoveIn(files, folder, { flags, moveIn, blueprint, service }, person);
}

/** Replaces the image and the command of a server that was there before, and remembers nothing. */
async function repairOnly(moveIn: MoveIn, update: Update, mode: Request['mode'], completed: boolean): Promise<Outcome> {
  const outcome = {
    update,
    completed,
    lookedUp: [],
    followed: {},
    contradicted: {},
    movedIn: moveIn.told(update.plan, update.answers),
    deadImages: [],
  };
  if (mode !== 'write') return { kind: mode === 'plan' ? 'planned' : 'checked', ...outcome };
  const { commitRepair } = await import('./update/move-in.ts');
  await commitRepair(update);
  return { kind: 'written', ...outcome };
}

/** Looks up the newest images, where the run is asked to: they take the place of what was pinned. */
async function lookUp({ newestImages }: Request, sources: Sources, isOurs: boolean) {
  if (!newestImages) return { sources, lookedUp: [], replaced: [] };
  const { lookUpImages } = await import('./update/newest-images.ts');
  const lookedUp = await lookUpImages(await pinnedImages(sources, isOurs), newestImages.cooldown);
  const replaced = lookedUp.filter(isNewer).map(({ name }) => name);
  return { sources: withNewest(sources, lookedUp), lookedUp, replaced };
}

/** Whoever decides about conflicts; undefined: nobody, and a conflict ends the run. */
function deciderOf(policy: ConflictPolicy | undefined, person: Person | undefined): Decider | undefined {
  if (policy === 'fail') return undefined;
  if (policy) return () => policy;
  return person && remembering(askedOf(person));
}

/**
 * Plans an update, and once more where the files, as the plan leaves them, contradict an answer: somebody has changed the
 * value there. Render deploys the file, so the answer follows, and with the answer all other files.
 */
async function followFiles(sources: Sources, plan: (sources: Sources) => Promise<Update>) {
  const update = await plan(sources);
  const contradicted = await contradictedAnswers(update);
  const followed = pick(contradicted, isLegal);
  if (Object.keys(followed).length === 0) return { update, followed, contradicted };
  const again = await plan({
    ...sources,
    prompted: without(sources.prompted, followed),
    flags: without(sources.flags, followed),
    edited: followed,
  });
  return { update: again, followed, contradicted: await contradictedAnswers(again) };
}

const without = (given: Given, others: Given): Given => pick(given, (name) => !(name in others));
