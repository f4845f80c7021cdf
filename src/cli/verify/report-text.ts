import { type Finding, type Group, groups, type Report, type Verdict } from '../../verify/report.ts';
import { wrapped } from '../help.ts';

/** Colours a text for a terminal. */
type Coloured = (style: 'green' | 'red' | 'yellow' | 'dim' | 'bold', text: string) => string;

const look: Record<Verdict, { sign: string; style: Parameters<Coloured>[0] }> = {
  OK: { sign: '✔', style: 'green' },
  FAIL: { sign: '✘', style: 'red' },
  WARN: { sign: '!', style: 'yellow' },
  SKIP: { sign: '-', style: 'dim' },
};

const width = Math.max(...groups.map(({ length }) => length));

/**
 * A report for a person: a line for each group in which all is well, and the details where it is not. The
 * verdict is not in it: see `closingLine`.
 */
export function reportText(report: Report, coloured: Coloured = (_, text) => text): string {
  const { api, findings, leftovers } = report;
  const lines = groups.flatMap((group) => groupLines(group, findings, coloured));
  const left = leftovers.map((key) => coloured('yellow', `may be left in the bucket: ${key}`));
  return [coloured('bold', api), ...lines, ...left].join('\n');
}

/** The verdict in one line, with what the run took. */
export const closingLine = (report: Report): string =>
  `${verdictOf(report)} ${report.requests} requests, ${report.seconds.toFixed(1)} s.`;

function groupLines(group: Group, findings: Finding[], coloured: Coloured): string[] {
  const all = findings.filter((finding) => finding.group === group);
  const line = (verdict: Verdict, text: string) =>
    `${coloured(look[verdict].style, look[verdict].sign)} ${group.padEnd(width)}  ${text}`;
  const wrong = all.filter(({ verdict }) => verdict === 'FAIL' || verdict === 'WARN');
  const indent = ' '.repeat(width + 4);
  const details = wrong.flatMap(({ verdict, what, seen, remedy = '' }, index) => [
    line(verdict, what),
    `${indent}${wrapped(seen, width + 4)}`,
    // What helps against several in a row is said once.
    ...(wrong[index + 1]?.remedy === remedy ? [] : [`${indent}→ ${wrapped(remedy, width + 6)}`]),
  ]);
  const fine = all.filter(({ verdict }) => verdict === 'OK').length;
  const skipped = all.filter(({ verdict }) => verdict === 'SKIP');
  const counted = `${fine}${wrong.length > 0 ? ' other' : ''} ${fine === 1 ? 'check' : 'checks'}`;
  const reasons = `${skipped.length} skipped: ${[...new Set(skipped.map(({ seen }) => seen))].join('; ')}`;
  const rest = [...(fine > 0 ? [counted] : []), ...(skipped.length > 0 ? [reasons] : [])];
  if (rest.length === 0) return details;
  return [...details, line(fine > 0 ? 'OK' : 'SKIP', wrapped(rest.join('; '), width + 4))];
}

function verdictOf({ findings, verdict, interrupted, signed }: Report): string {
  if (interrupted) return 'Interrupted.';
  const failed = findings.filter((finding) => finding.verdict === 'FAIL').length;
  if (verdict === 'FAIL') return `${failed} of ${findings.length} checks FAILED.`;
  const half = signed ? '' : ' Only what strangers may do was verified.';
  return verdict === 'WARN' ? `No check failed; read the warnings.${half}` : `All is well.${half}`;
}
