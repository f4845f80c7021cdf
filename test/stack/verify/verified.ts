import { fileURLToPath } from 'node:url';
import { serverImage } from '../../../src/answers/images.ts';
import type { Report } from '../../../src/verify/report.ts';
import type { Engine } from '../../render-simulator/engine.ts';
import { run } from '../../render-simulator/run.ts';
import { withoutSecrets } from '../compose/compose.ts';
import { replacements } from '../images/images.ts';

const program = fileURLToPath(new URL('../../../create-minio-stack/bin.js', import.meta.url));

/** What the built `create-minio-stack verify` found, and how it ended. */
export interface VerifyRun {
  report: Report;
  /** Every check that found something wrong. */
  wrong: string[];
  status: number | null;
  /** Everything that was printed. */
  printed: string;
}

/** Runs `create-minio-stack verify --json` in a folder, without a terminal. */
export async function verified(folder: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<VerifyRun> {
  const { status, stdout, stderr } = await run(process.execPath, [program, 'verify', '--json', ...args], {
    cwd: folder,
    env: { ...withoutSecrets(), ...env },
  });
  if (!stdout) throw new Error(`verify ended with ${status}: ${stderr}`);
  const report = JSON.parse(stdout) as Report;
  const wrong = report.findings.flatMap(({ id, verdict }) =>
    ['FAIL', 'WARN'].includes(verdict) ? [`${verdict} ${id}`] : [],
  );
  return { report, wrong, status, printed: stdout + stderr };
}

/**
 * What is wrong with a stack that is as it should be: nothing. Where the pinned server can't be pulled, upstream's last one
 * stands for it, which nobody mends any more: verify finds its hole.
 */
export const expectedWrong = async (engine: Engine): Promise<string[]> =>
  (await replacements(engine)).has(serverImage) ? ['FAIL versions.hole'] : [];
