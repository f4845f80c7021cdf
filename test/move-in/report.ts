import { serverImage } from '../../src/answers/images.ts';
import { difference } from '../../src/merge/difference.ts';
import { type Choice, type Concern, namedLines } from '../../src/move-in/choice.ts';
import { concerns } from '../../src/move-in/concerns.ts';
import type { RepositoryFiles } from '../../src/move-in/found.ts';
import { look } from '../../src/move-in/look.ts';
import { type Repaired, repair } from '../../src/move-in/repair.ts';
import { isWithoutData, type Outcome, steps } from '../../src/move-in/steps.ts';
import { stepsText } from '../../src/move-in/steps-text.ts';

/** What a stack writes, as the run would say it. */
export const stackOutcome = (consoleIsNew: boolean): Outcome => ({
  intent: 'stack',
  created: ['minio/Dockerfile', 'minio/minio-entrypoint.sh', 'console/Dockerfile', 'minio/README.md'],
  changed: ['render.yaml'],
  consoleName: 'minio-console',
  consoleIsNew,
  appUser: 'minio-app',
});

/** All that a move says about a repository, as text: why not, the changed lines, warnings, steps. */
export function report(files: RepositoryFiles, choice: Choice): string {
  const found = look(files);
  const { refusals, warnings } = concerns(found, choice);
  const repaired = choice.intent === 'repair' ? repair(found, files, choice) : undefined;
  const edits = repaired?.kind === 'edits' ? repaired : undefined;
  const outcome = outcomeOf(choice, found.consoles.length === 0, refusals, edits);
  const told = outcome && steps(found, choice, outcome);
  const refused = repaired?.kind === 'refused' ? repaired.refusals : refusals;
  return `${[
    ...refused.map((concern) => concernLine('refused', concern)),
    ...[...warnings, ...(edits?.warnings ?? [])].map((concern) => concernLine('warning', concern)),
    ...(edits ? changedLines(edits) : []),
    ...(told ? stepsText(told) : []),
  ]
    .join('\n')
    .replaceAll(serverImage, 'PINNED')}\n`;
}

function outcomeOf(
  { intent }: Choice,
  consoleIsNew: boolean,
  refusals: Concern[],
  edits: Repaired | undefined,
): Outcome | undefined {
  if (refusals.some(({ code }) => isWithoutData(code))) return { intent: 'nothing-to-move' };
  if (edits) return { intent: 'repair', repair: edits };
  return intent === 'repair' || refusals.length > 0 ? undefined : stackOutcome(consoleIsNew);
}

const concernLine = (kind: string, { code, what, where, todo }: Concern) =>
  `${kind} ${code}: ${what} [${namedLines(where)}] ${todo}`;

/** Each file that changes, as a diff. */
export const changedLines = ({ files }: Repaired): string[] =>
  files.map(({ path, before = '', text }) => difference(path, before, text).trimEnd());
