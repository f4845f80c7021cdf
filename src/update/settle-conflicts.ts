import { exitCodes, StackError } from '../errors.ts';
import { hasMarkers } from '../merge/conflict-markers.ts';
import type { Action, Conflict, PlannedFile } from './plan.ts';

/** What to do where both sides changed the same place; `ask` needs a person. */
export const conflictPolicies = ['fail', 'mine', 'theirs', 'markers'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

/** A person at a terminal. */
export interface Person {
  /** Asks one question with fixed choices; resolves to the chosen value. */
  choose(message: string, choices: { name: string; value: string }[]): Promise<string>;
  /** Shows text. */
  show(text: string): void;
  /** Lets the person edit a text; resolves to what they saved. */
  edit(path: string, text: string): Promise<string>;
}

/**
 * Decides every conflict of a plan.
 * @param decider a policy for all of them, or a person who is asked about each
 * @returns the plan without conflicts
 * @throws {StackError} with exit code 3 when the person stops; nothing is written then
 */
export async function settleConflicts(
  plan: PlannedFile[],
  decider: Exclude<ConflictPolicy, 'fail'> | Person,
): Promise<PlannedFile[]> {
  const settled: PlannedFile[] = [];
  for (const file of plan) settled.push(file.conflict ? await settle(file, file.conflict, decider) : file);
  return settled;
}

async function settle(
  file: PlannedFile,
  conflict: Conflict,
  decider: Exclude<ConflictPolicy, 'fail'> | Person,
): Promise<PlannedFile> {
  const { path, executable, reason } = file;
  const settled = (action: Action, result?: string): PlannedFile => ({ path, executable, reason, action, result });
  for (;;) {
    const decision = typeof decider === 'string' ? decider : await ask(file, conflict, decider);
    if (decision === 'theirs') return settled(conflict.places ? 'merge' : 'overwrite', conflict.theirs);
    // A file that still has markers is not settled by leaving it.
    if (decision === 'mine') {
      if (hasMarkers(conflict.mine)) return settled('mark');
      return conflict.places ? settled('merge', conflict.mine) : settled('keep');
    }
    if (typeof decider === 'string' || decision === 'markers') return settled('mark', conflict.marked);
    const edited = await decider.edit(path, conflict.marked ?? conflict.mine);
    if (!hasMarkers(edited)) return settled('merge', edited);
  }
}

async function ask({ path, reason }: PlannedFile, { mine, theirs, places }: Conflict, person: Person): Promise<string> {
  for (;;) {
    const decision = await person.choose(`${path}: ${reason}. What shall stay?`, [
      { name: places ? 'mine in these places' : 'mine: the file as it is', value: 'mine' },
      { name: places ? 'theirs in these places' : 'theirs: the rendered one', value: 'theirs' },
      { name: 'both, with conflict markers', value: 'markers' },
      { name: 'what I make of it in my editor', value: 'edit' },
      { name: '(show the difference first)', value: 'show' },
      { name: '(stop, and write nothing at all)', value: 'stop' },
    ]);
    if (decision === 'stop') throw new StackError('Stopped. Nothing was written.', exitCodes.conflict);
    if (decision !== 'show') return decision;
    const { difference } = await import('../cli/difference.ts');
    person.show(difference(path, mine, theirs));
  }
}
