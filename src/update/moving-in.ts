import { posix } from 'node:path';
import { questions } from '../answers/questions.ts';
import type { Given } from '../answers/resolve-answers.ts';
import { exitCodes, StackError } from '../errors.ts';
import { type Choice, type Concern, chosenServer, namedLines } from '../move-in/choice.ts';
import { concerns } from '../move-in/concerns.ts';
import { dashboardBlueprint } from '../move-in/dashboard-blueprint.ts';
import type { Found, FoundServer, FoundService } from '../move-in/found.ts';
import { type KnownAnswers, knownAnswers } from '../move-in/known-answers.ts';
import { look } from '../move-in/look.ts';
import { type Repaired, repair } from '../move-in/repair.ts';
import { isWithoutData, steps } from '../move-in/steps.ts';
import { stepsText } from '../move-in/steps-text.ts';
import type { Person } from '../person.ts';
import type { ExistingFiles } from '../repository/existing-files.ts';
import { askBucket, askIntent, askService } from './ask-moving-in.ts';
import type { MoveInWay } from './moving-in-ways.ts';

/** What the flags say about a repository that was there before. */
export interface Wanted {
  moveIn: MoveInWay | undefined;
  /** The Blueprint's path in the repository. */
  blueprint: string | undefined;
  /** The name of the service that runs MinIO. */
  service: string | undefined;
  /** Values of answers from the command line. */
  flags: Given;
  /** When the repository's first commit was made. */
  firstCommit: string | undefined;
}

interface Looked {
  found: Found;
  files: ExistingFiles;
  /** The path of the Blueprint, which need not be there yet. */
  blueprint: string;
}

/** MinIO is there, and its image and its command are replaced: nothing else. */
export interface Repairing extends Looked {
  kind: 'repair';
  choice: Choice;
  repaired: Repaired;
  /** Whether the whole stack can come into the service as well. */
  canHaveStack: boolean;
}

/** MinIO is there, and our stack comes into its service. */
export interface Stacking extends Looked {
  kind: 'stack';
  choice: Choice;
  server: FoundServer & { service: { kind: 'blueprint' } & FoundService };
  known: KnownAnswers;
  /** The Blueprint, to the byte; of a service that only the Dashboard has, one that says what is known. */
  text: string;
  /** Whether there is no such file yet. */
  isNew: boolean;
}

/** No MinIO is there, or it is to be left alone: our services come beside what is there. */
export interface Adding extends Looked {
  kind: 'add';
}

export type MovingIn = Repairing | Stacking | Adding;

/**
 * Looks at a repository without a memory, and says how this generator moves in.
 * @returns undefined where the repository is one of ours that has lost its memory
 * @throws {StackError} with exit code 3 where something is missing that nobody can be asked for, or where the move would lose
 *   something
 */
export async function movingIn(
  files: ExistingFiles,
  wanted: Wanted,
  person: Person | undefined,
): Promise<MovingIn | undefined> {
  if (isOurs(files)) return undefined;
  const blueprint = blueprintOf(files, wanted.blueprint);
  const found = look(files, wanted.blueprint);
  refuseOtherPlace(found, blueprint, wanted);
  const looked = { found, files, blueprint };
  if (found.servers.length === 0 || wanted.moveIn === 'off') {
    refuse(concerns({ ...found, servers: [] }, { intent: 'stack' }).refusals);
    return { kind: 'add', ...looked };
  }
  const service = wanted.service ?? (await askService(found, person));
  const intent = wanted.moveIn ?? (await askIntent(found, choiceOf(wanted, service, 'stack'), person));
  return intent === 'repair'
    ? repairing(looked, choiceOf(wanted, service, 'repair'))
    : stacking(looked, choiceOf(wanted, service, 'stack'), wanted, person);
}

/** Scripts that only this generator writes. */
function isOurs(files: ExistingFiles): boolean {
  const entrypoint = files.paths.includes('minio/minio-entrypoint.sh') && files.read('minio/minio-entrypoint.sh');
  return typeof entrypoint === 'string' && entrypoint.includes("printf 'minio-entrypoint: ");
}

/** Where Render looks for a Blueprint when the Dashboard names none. */
const usualBlueprint = 'render.yaml';

function blueprintOf(files: ExistingFiles, asked: string | undefined): string {
  const path = posix.normalize(asked ?? usualBlueprint);
  if (path !== usualBlueprint && !files.paths.includes(path))
    throw new StackError(
      `--blueprint ${JSON.stringify(asked)} is not there; give the path of a file in this folder, or ${usualBlueprint} for a new one`,
    );
  return path;
}

/** Never a second Blueprint: Render reads one, and which one that is was chosen in the Dashboard. */
function refuseOtherPlace({ blueprints, servers }: Found, blueprint: string, { blueprint: asked }: Wanted): void {
  if (asked !== undefined) return;
  const others = blueprints.map(({ file }) => file).filter((file) => file !== blueprint);
  const inOthers = servers.flatMap(({ service }) =>
    service.kind === 'blueprint' && service.at.file !== blueprint ? [service.at.file] : [],
  );
  const isAtRoot = blueprints.some(({ file }) => file === blueprint);
  if (others.length === 0 || (isAtRoot && inOthers.length === 0)) return;
  const paths = [...new Set(inOthers.length > 0 ? inOthers : others)];
  throw new StackError(
    [
      `Nothing was written. ${inOthers.length > 0 ? 'MinIO is in' : 'There is'} a Blueprint that is not ${blueprint}: ${paths.join(', ')}`,
      `Say which one Render reads: --blueprint ${paths[0]}`,
      ...(isAtRoot ? [] : [`If it reads none of them yet, take --blueprint ${usualBlueprint} for a new one.`]),
    ].join('\n'),
    exitCodes.conflict,
  );
}

function choiceOf({ flags, firstCommit }: Wanted, service: string | undefined, intent: Choice['intent']): Choice {
  const text = (name: 'bucket' | 'dataPath' | 'serverName' | 'region') =>
    typeof flags[name] === 'string' ? { [name]: flags[name] } : {};
  const { serverName, region } = { ...text('serverName'), ...text('region') } as Record<string, string | undefined>;
  const size = flags.diskSize === undefined ? undefined : Number(flags.diskSize);
  return {
    intent,
    ...(service === undefined ? {} : { service }),
    ...text('bucket'),
    ...text('dataPath'),
    ...(firstCommit === undefined ? {} : { firstCommit }),
    wanted: {
      ...(serverName === undefined ? {} : { name: serverName }),
      ...(region === undefined ? {} : { region }),
      ...(size === undefined ? {} : { sizeGB: size }),
    },
  };
}

function repairing(looked: Looked, choice: Choice): Repairing {
  const { refusals } = concerns(looked.found, choice);
  refuseWithoutData(looked.found, choice, refusals);
  refuse(refusals);
  const repaired = repair(looked.found, looked.files, choice);
  if (repaired.kind === 'refused') throw refusal(repaired.refusals);
  const forStack = concerns(looked.found, { ...choice, intent: 'stack' }).refusals;
  return { kind: 'repair', ...looked, choice, repaired, canHaveStack: forStack.every(({ code }) => code === 'bucket') };
}

async function stacking(looked: Looked, asked: Choice, wanted: Wanted, person: Person | undefined): Promise<Stacking> {
  const first = chosenServer(looked.found, asked);
  const bucket = first && (await askBucket(first, asked, person));
  const choice = bucket === undefined ? asked : { ...asked, bucket };
  const { found, files, text } = withDashboardService(looked, choice, wanted);
  const { refusals } = concerns(found, choice);
  refuseWithoutData(found, choice, refusals);
  refuse(refusals);
  const server = chosenServer(found, choice);
  if (!server || !isInBlueprint(server)) throw new StackError(`No Blueprint has the service ${choice.service}.`);
  const known = knownAnswers(found, server, choice, files);
  return {
    kind: 'stack',
    ...looked,
    found,
    files,
    choice,
    server,
    known,
    text,
    isNew: !looked.files.paths.includes(looked.blueprint),
  };
}

/** A service that somebody made in the Dashboard gets a Blueprint that says no more than is known. */
function withDashboardService({ found, files, blueprint }: Looked, choice: Choice, wanted: Wanted) {
  const server = chosenServer(found, choice);
  const text = files.read(blueprint) ?? '';
  if (server?.service.kind !== 'dashboard' || choice.service === undefined) return { found, files, text };
  if (wanted.flags.region === undefined)
    refuse([
      {
        code: 'region-missing',
        what: 'No Blueprint has the service: its region is only in the Dashboard.',
        where: [],
        todo: `Give it: --${questions.region.flag} ${questions.region.placeholder}. The console must be in the same region.`,
      },
    ]);
  const written = dashboardBlueprint(text, server, choice, String(wanted.flags.region));
  const virtual: ExistingFiles = {
    ...files,
    paths: [...new Set([...files.paths, blueprint])],
    read: (path) => (path === blueprint ? written : files.read(path)),
  };
  return { found: look(virtual, blueprint), files: virtual, text: written };
}

const isInBlueprint = (server: FoundServer): server is Stacking['server'] => server.service.kind === 'blueprint';

/** @throws {StackError} where there is no data to move: the message says what to do instead */
function refuseWithoutData(found: Found, choice: Choice, refusals: readonly Concern[]): void {
  if (!refusals.some(({ code }) => isWithoutData(code))) return;
  const told = steps(found, choice, { intent: 'nothing-to-move' });
  throw new StackError(['Nothing was written.', ...(told ? stepsText(told) : [])].join('\n'), exitCodes.conflict);
}

/** @throws {StackError} where there is a reason to write nothing */
function refuse(refusals: readonly Concern[]): void {
  if (refusals.length > 0) throw refusal(refusals);
}

/** An error that names each reason, its place and what to do. Bad input has another exit code than what is missing. */
function refusal(refusals: readonly Concern[]): StackError {
  const lines = refusals.flatMap(({ what, where, todo }) => [
    `  ${what}${where.length > 0 ? ` (${namedLines(where)})` : ''}`,
    `    ${todo}`,
  ]);
  const isInput = refusals.every(({ code }) => code.startsWith('changes-') || code === 'smaller-disk');
  return new StackError(['Nothing was written.', ...lines].join('\n'), isInput ? exitCodes.failed : exitCodes.conflict);
}
