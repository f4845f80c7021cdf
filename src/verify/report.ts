import { exitCodes } from '../errors.ts';

/** The groups of checks, in the order of the report. */
export const groups = ['Reach', 'Private', 'Signed', 'Edge', 'CORS', 'Console', 'Versions'] as const;
export type Group = (typeof groups)[number];

export type Verdict = 'OK' | 'FAIL' | 'WARN' | 'SKIP';

/** What a check found. */
export interface Finding {
  /** A stable name: `private.read`. */
  id: string;
  group: Group;
  /** What must be true, as a sentence without a full stop. */
  what: string;
  verdict: Verdict;
  /** What was seen, in one line. Never a secret, never a signed URL. */
  seen: string;
  /** What to do, in one line, where the verdict is FAIL or WARN. */
  remedy?: string;
}

/** What a run found. It is the JSON document of `--json`: `version` changes with the meaning of its fields. */
export interface Report {
  version: 1;
  /** FAIL as soon as one check failed. */
  verdict: 'OK' | 'WARN' | 'FAIL';
  api: string;
  console: string | null;
  origin: string | null;
  bucket: string | null;
  /** Whether requests were signed; without credentials only the anonymous half runs. */
  signed: boolean;
  interrupted: boolean;
  findings: Finding[];
  /** What the run wrote and could not delete: keys in the bucket. */
  leftovers: string[];
  requests: number;
  seconds: number;
}

/** The exit code that a report stands for. */
export function exitCodeOf({ verdict, interrupted }: Report): number {
  if (interrupted) return exitCodes.interrupted;
  return verdict === 'FAIL' ? exitCodes.notAsPromised : exitCodes.done;
}

export function worstOf(findings: Finding[]): Report['verdict'] {
  const has = (verdict: Verdict) => findings.some((finding) => finding.verdict === verdict);
  if (has('FAIL')) return 'FAIL';
  return has('WARN') ? 'WARN' : 'OK';
}
