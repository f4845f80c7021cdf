import { type Choice, type Concern, chosenServer, type Line, nameOf } from './choice.ts';
import { concerns } from './concerns.ts';
import type { Found, FoundServer } from './found.ts';
import type { Repaired } from './repair.ts';
import { bucketAsItWas, lookAtFiles, unusedFiles, wholeStackLater } from './steps-after.ts';
import { firstCopy, newBlueprint, snapshot, startDeploy } from './steps-before.ts';
import { foundLines, keptLines, newLines } from './summary.ts';
import { dashboardService } from './warnings.ts';

/** What the run has done, or would do. */
export type Outcome =
  | { intent: 'repair'; repair: Repaired }
  | {
      intent: 'stack';
      /** Paths of files. */
      created: string[];
      changed: string[];
      consoleName: string;
      consoleIsNew: boolean;
      appUser: string;
      /** No Blueprint had the service before this run. */
      fromDashboard?: boolean;
    }
  /** There is no disk, or the data is not on it: what can be saved is what the running server has. */
  | { intent: 'nothing-to-move' };

/** One thing for the person to do or to know. */
export interface Step {
  code: string;
  text: string;
  where: Line[];
  /** What follows the place, if anything. */
  todo?: string;
  /** To be pasted as they are, except for words in capitals. */
  commands: string[];
}

/** All that a person is told about a move: `--json` has it as it is, `stepsText` makes lines of it. */
export interface Steps {
  found: string[];
  kept: string[];
  new: string[];
  before: Step[];
  /** What the person does between `before` and `after`; undefined where nothing is to be pushed. */
  push?: string;
  after: Step[];
}

/**
 * The steps for this person: what was found, what stays, what is new, what to do before the push and after it.
 * @returns undefined when no server was found or chosen
 */
export function steps(found: Found, choice: Choice, outcome: Outcome): Steps | undefined {
  const server = chosenServer(found, choice);
  if (!server) return undefined;
  const summary = {
    found: foundLines(server, found),
    kept: keptLines(server, found, outcome),
    new: newLines(server, choice, outcome),
  };
  if (outcome.intent === 'nothing-to-move') return { ...summary, ...nothingToMove(server, found, choice) };
  const warnings = [
    ...concerns(found, choice).warnings,
    ...(outcome.intent === 'repair' ? outcome.repair.warnings : []),
  ].filter(({ code }) => code !== 'omitted');
  const isNew = isNewInBlueprint(server, outcome);
  if (isNew && !warnings.some(({ code }) => code === 'dashboard-service')) warnings.push(dashboardService(server));
  const isAfter = ({ code }: Concern) => codesAfterPush.has(code);
  return {
    ...summary,
    before: [
      firstCopy(server, choice),
      snapshot(server, choice),
      ...warnings.filter((warning) => !isAfter(warning)).map(asStep),
    ],
    push: push(server),
    after: [
      ...(isNew ? [newBlueprint(server, choice)] : startDeploy(server, choice)),
      lookAtFiles(server, choice),
      ...warnings.filter(isAfter).map(asStep),
      ...(outcome.intent === 'repair' ? [...bucketAsItWas(server), wholeStackLater(found, choice)] : []),
      ...(outcome.intent === 'stack' ? unusedFiles(server, [...outcome.created, ...outcome.changed]) : []),
    ],
  };
}

/** Whether Render meets the service in a Blueprint for the first time. */
const isNewInBlueprint = ({ service }: FoundServer, outcome: Outcome): boolean =>
  outcome.intent === 'stack' &&
  (service.kind === 'dashboard' || outcome.fromDashboard === true || outcome.created.includes(service.at.file));

/** Warnings that wait until the new server runs; every other one comes before the push. */
const codesAfterPush = new Set([
  'signs-in-as-root',
  'root-from-application',
  'public-bucket',
  'links-without-signature',
  'other-buckets',
  'breaks-console',
  'console-image',
  'root-password-in-git',
  'secret-in-git',
  'unclear-port',
]);

const asStep = ({ code, what, where, todo }: Concern): Step => ({ code, text: what, where, todo, commands: [] });

function push({ service }: FoundServer): string {
  // With `repo`, the branch is that of another repository.
  const branch = service.kind === 'blueprint' && !service.repo ? service.branch : undefined;
  return branch ? `Push to ${branch.value}.` : 'Push.';
}

function nothingToMove(server: FoundServer, found: Found, choice: Choice): Pick<Steps, 'before' | 'after'> {
  const refusal = concerns(found, choice).refusals.find(({ code }) => isWithoutData(code));
  return {
    before: [
      ...(refusal ? [{ code: refusal.code, text: refusal.what, where: refusal.where, commands: [] }] : []),
      firstCopy(server, choice),
      {
        code: 'new-stack',
        text: 'Make a new stack, in an empty folder:',
        where: [],
        commands: [`npm init minio-stack@latest ${nameOf(server) === 'my-storage' ? 'storage' : 'my-storage'}`],
      },
    ],
    after: [],
  };
}

/** Whether a refusal means that there is no data to move. */
export const isWithoutData = (code: string): boolean => code === 'no-disk' || code === 'data-outside-disk';
