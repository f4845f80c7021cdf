import { leaves, type PlannedFile } from '../update/plan.ts';

/** What `--json` prints; `docs/plan.schema.json` describes it. A change that breaks a reader raises `schemaVersion`. */
export interface PlanDocument {
  schemaVersion: 1;
  /** The generator's version. */
  version: string;
  /** The version that wrote the repository last; null for a first rendering, or one without a memory. */
  previousVersion: string | null;
  /** The target folder's path. */
  directory: string;
  /** Whether anything was written. */
  written: boolean;
  /** Whether any file differs from what it is to be, conflicts included. */
  outdated: boolean;
  /** How many files are in conflict, or have conflict markers. */
  conflicts: number;
  files: { path: string; action: string; reason: string }[];
}

/** @param plan the files in the order in which they are to be listed */
export function planDocument(
  plan: PlannedFile[],
  context: Pick<PlanDocument, 'version' | 'directory' | 'written'> & { previousVersion: string | undefined },
): PlanDocument {
  return {
    schemaVersion: 1,
    version: context.version,
    previousVersion: context.previousVersion ?? null,
    directory: context.directory,
    written: context.written,
    outdated: plan.some((file) => !leaves(file)),
    conflicts: plan.filter(({ action }) => action === 'conflict' || action === 'mark').length,
    files: plan.map(({ path, action, reason }) => ({ path, action, reason })),
  };
}
