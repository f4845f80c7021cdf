import type { Report } from '../../src/verify/report.ts';
import type { Faults } from './front.ts';

/**
 * What was found wrong. The server of these tests is upstream's last one, whose hole nobody mends any more: every run finds
 * it, and a test of its own says so.
 */
const wrongIn = ({ findings }: Report) =>
  findings.filter(({ id, verdict }) => id !== 'versions.hole' && (verdict === 'FAIL' || verdict === 'WARN'));

/** Every check that found something wrong, with its verdict. */
export const wrong = (report: Report): string[] => wrongIn(report).map(({ id, verdict }) => `${verdict} ${id}`);

/** The same with what was seen. */
export const seenWrong = (report: Report): string[] =>
  wrongIn(report).map(({ id, verdict, seen }) => `${verdict} ${id}: ${seen}`);

/** Everything that was seen of what is wrong, with its remedy, a line each. */
export const remediesOf = (report: Report): string =>
  wrongIn(report)
    .map(({ seen, remedy }) => `${seen} → ${remedy}`)
    .join('\n');

/** Refuses what a server without the hole refuses. */
export const mended: Faults = {
  instead: ({ path, headers }) =>
    path.includes('X-Amz-Signature') && headers['x-amz-content-sha256'] === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
      ? { status: 403, headers: {}, body: Buffer.from('<Error><Code>SignatureDoesNotMatch</Code></Error>') }
      : undefined,
};
