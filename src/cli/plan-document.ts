import { questions } from '../answers/questions.ts';
import type { Outcome } from '../run.ts';
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

export function planDocument({ kind, update, followed, contradicted, lookedUp }: Outcome): PlanDocument {
  const { plan, repository } = update;
  const answers = Object.keys({ ...followed, ...contradicted });
  return {
    schemaVersion: 1,
    version: repository.version,
    previousVersion: repository.state.version ?? null,
    directory: repository.folder,
    written: kind === 'written',
    outdated: answers.length > 0 || plan.some((file) => file.kind !== 'leave' || file.action === 'mark'),
    conflicts: plan.filter(({ action }) => action === 'conflict' || action === 'mark').length,
    files: plan.map(({ path, action, reason }) => ({ path, action, reason })),
    ...(lookedUp.length > 0 && { images: lookedUp.map(imageDocument) }),
  };
}

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
