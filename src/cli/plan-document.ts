import { questions } from '../answers/questions.ts';
import type { Step } from '../move-in/steps.ts';
import type { Outcome } from '../run.ts';
import type { MovedIn } from '../update/move-in.ts';
import type { LookedUp } from '../update/newest-images.ts';

/** What `--json` prints; `docs/plan.schema.json` describes it. A change that breaks a reader raises `schemaVersion`. */
export interface PlanDocument {
  schemaVersion: 1;
  /** The generator's version. */
  version: string;
  /** The version that wrote the repository last; null for a first run, or a repository without a memory. */
  previousVersion: string | null;
  /** The target folder's absolute path. */
  directory: string;
  /** Whether anything was written. */
  written: boolean;
  /** Whether any file or stored answer differs from what it is to be, conflicts included. */
  outdated: boolean;
  /** How many files are in conflict, or have conflict markers. */
  conflicts: number;
  files: { path: string; action: string; reason: string }[];
  /** What `--newest-images` has looked up; not there without it. */
  images?: ImageDocument[];
  /** How the generator moved into a repository that was there before; not there in an empty folder, and in one of ours. */
  moveIn?: MoveInDocument;
}

/** What was found, is kept and is new, and what a person has to do: each step with its places, and commands to paste. */
interface MoveInDocument {
  way: 'repair' | 'stack' | 'add';
  found: string[];
  kept: string[];
  new: string[];
  before: StepDocument[];
  push: string | null;
  after: StepDocument[];
  /** Files that stay as they are, and the lines of ours that they lack. */
  leftAlone: { path: string; lines: string }[];
}

interface StepDocument {
  code: string;
  text: string;
  where: { file: string; line: number }[];
  todo: string | null;
  commands: string[];
}

/** One image in the plan: `null` stands for what is not there. */
interface ImageDocument {
  /** The flag of the answer, without its dashes. */
  flag: string;
  pinned: string;
  newest: string | null;
  leftAlone: string | null;
  laterBranch: string | null;
  releaseNotes: string | null;
  notes: string[];
}

export function planDocument({
  kind,
  update,
  followed,
  contradicted,
  lookedUp,
  movedIn,
  deadImages,
}: Outcome): PlanDocument {
  const { plan, repository } = update;
  const answers = Object.keys({ ...followed, ...contradicted });
  return {
    schemaVersion: 1,
    version: repository.version,
    previousVersion: repository.state.version ?? null,
    directory: repository.folder,
    written: kind === 'written',
    outdated:
      movedIn?.way === 'repair' ||
      deadImages.length > 0 ||
      answers.length > 0 ||
      plan.some((file) => file.kind !== 'leave' || file.action === 'mark'),
    conflicts: plan.filter(({ action }) => action === 'conflict' || action === 'mark').length,
    files: plan.map(({ path, action, reason }) => ({ path, action, reason })),
    ...(lookedUp.length > 0 && { images: lookedUp.map(imageDocument) }),
    ...(movedIn && { moveIn: moveInDocument(movedIn) }),
  };
}

const moveInDocument = ({ way, steps, leftAlone }: MovedIn): MoveInDocument => ({
  way,
  found: steps?.found ?? [],
  kept: steps?.kept ?? [],
  new: steps?.new ?? [],
  before: steps?.before.map(stepDocument) ?? [],
  push: steps?.push ?? null,
  after: steps?.after.map(stepDocument) ?? [],
  leftAlone,
});

const stepDocument = ({ todo, ...step }: Step): StepDocument => ({ ...step, todo: todo ?? null });

const imageDocument = ({
  name,
  pinned,
  newest,
  leftAlone,
  laterBranch,
  releaseNotes,
  notes,
}: LookedUp): ImageDocument => ({
  flag: questions[name].flag,
  pinned,
  newest: newest ?? null,
  leftAlone: leftAlone ?? null,
  laterBranch: laterBranch ?? null,
  releaseNotes: releaseNotes ?? null,
  notes,
});
