import type { Deployment } from './deployment.ts';
import type { Group } from './report.ts';

/** What a check found, without what the check is. */
export type Result =
  | { verdict: 'OK' | 'SKIP'; seen: string }
  | { verdict: 'FAIL' | 'WARN'; seen: string; remedy: string };

export const ok = (seen: string): Result => ({ verdict: 'OK', seen });
export const skip = (seen: string): Result => ({ verdict: 'SKIP', seen });
export const fail = (seen: string, remedy: string): Result => ({ verdict: 'FAIL', seen, remedy });
export const warn = (seen: string, remedy: string): Result => ({ verdict: 'WARN', seen, remedy });

/** What a check can need of the person. */
export type Given = 'credentials' | 'root' | 'bucket' | 'console' | 'origin' | 'pins' | 'newest';

/** One thing that must be true of a deployment. */
export interface Check {
  id: string;
  group: Group;
  /** What must be true, as a sentence without a full stop. */
  what: string;
  /** What the person must have given, and the checks that must not have failed: else it is skipped. */
  needs: readonly (Given | (string & {}))[];
  run(deployment: Deployment): Promise<Result>;
}
