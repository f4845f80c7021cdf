import { exitCodes, StackError } from './errors.ts';
import type { PlannedFile } from './plan.ts';

/** Asks one question with fixed choices; resolves to the chosen value. */
export type Ask = (message: string, choices: { name: string; value: string }[]) => Promise<string>;

/**
 * Decides what happens to the files that differ from what is rendered.
 * @param ask how to ask a person; undefined when there is nobody to ask
 * @param show prints text, for the difference of a file
 * @returns the paths that are to be overwritten
 * @throws {StackError} with exit code 3 when nobody can be asked, or the person stops; nothing is written then
 */
export async function settleConflicts(
  conflicts: PlannedFile[],
  ask: Ask | undefined,
  show: (text: string) => void,
): Promise<Set<string>> {
  if (conflicts.length > 0 && !ask) {
    const paths = conflicts.map(({ path }) => `  ${path}`).join('\n');
    throw new StackError(
      `Nothing was written, because these files differ from what is rendered:\n${paths}\nRun it on a terminal to decide for each, or with --force to overwrite them all.`,
      exitCodes.conflict,
    );
  }
  const overwritten = new Set<string>();
  for (const conflict of conflicts) {
    if ((await decide(conflict, ask as Ask, show)) === 'overwrite') overwritten.add(conflict.path);
  }
  return overwritten;
}

async function decide(conflict: PlannedFile, ask: Ask, show: (text: string) => void): Promise<string> {
  for (;;) {
    const decision = await ask(`${conflict.path} differs from what is rendered. Which one stays?`, [
      { name: 'mine: keep the file as it is', value: 'keep' },
      { name: 'the rendered one: overwrite mine', value: 'overwrite' },
      { name: 'show the difference first', value: 'show' },
      { name: 'stop, and write nothing at all', value: 'stop' },
    ]);
    if (decision === 'stop') throw new StackError('Stopped. Nothing was written.', exitCodes.conflict);
    if (decision !== 'show') return decision;
    const { difference } = await import('./difference.ts');
    show(difference(conflict));
  }
}
