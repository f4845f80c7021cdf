import type { Outcome } from '../run.ts';

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
}

export function planDocument({ kind, update, followed, contradicted }: Outcome): PlanDocument {
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
  };
}
