import { exitCodes, StackError } from '../errors.ts';
import { hasMarkers } from '../merge/conflict-markers.ts';
import type { Person } from '../person.ts';
import type { Choices, ConflictingFile, PlannedFile, WrittenFile } from './plan.ts';

/** What to do where both sides changed the same place. */
export const conflictPolicies = ['fail', 'mine', 'theirs', 'markers'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

/** How one conflict is settled: one of the ways, or a text of the person's own. */
export type Decision = 'mine' | 'theirs' | 'markers' | { edited: string };
export type Decider = (file: ConflictingFile) => Decision | Promise<Decision>;

/** Asks each question once: a plan that is made again is settled the same way. */
export function remembering(decider: Decider): Decider {
  const decisions = new Map<string, Decision>();
  return async (file) => {
    const decision = decisions.get(file.path) ?? (await decider(file));
    decisions.set(file.path, decision);
    return decision;
  };
}

/**
 * Decides the conflicts of a plan.
 * @returns the plan; a conflict is left only where the decision can't settle it
 * @throws {StackError} with exit code 3 when the person stops; nothing is written then
 */
export async function settleConflicts(plan: PlannedFile[], decider: Decider): Promise<PlannedFile[]> {
  const settled: PlannedFile[] = [];
  for (const file of plan) {
    const decision = file.kind === 'conflict' && (await decider(file));
    if (file.kind !== 'conflict' || decision === false) settled.push(file);
    else settled.push(decision === 'theirs' ? await settleWithTheirs(file) : settle(file, decision));
  }
  return settled;
}

/** Ours never takes a service away that we don't know. */
async function settleWithTheirs(file: ConflictingFile): Promise<PlannedFile> {
  const { choices, reason } = file;
  if (!/\.ya?ml$/.test(file.path) || choices.of === 'binary') return settle(file, 'theirs');
  const { servicesIn } = await import('../merge/blueprint.ts');
  // One of ours may have another name now: it is built from the same Dockerfile.
  const kept = new Set(
    servicesIn(choices.theirs).flatMap(({ name, dockerfilePath }) => [name, dockerfilePath ?? name]),
  );
  const lost = servicesIn(choices.mine).flatMap(({ name, dockerfilePath }) =>
    kept.has(name) || kept.has(dockerfilePath) ? [] : [String(name)],
  );
  if (lost.length === 0) return settle(file, 'theirs');
  return {
    ...file,
    reason: `${reason}, and theirs does not have ${lost.join(' and ')}: choose mine, or merge by hand`,
  };
}

function settle(file: ConflictingFile, decision: Decision): PlannedFile {
  const { path, reason, choices } = file;
  const leave = (action: 'keep' | 'mark'): PlannedFile => ({ kind: 'leave', path, action, reason });
  if (typeof decision === 'object') return write(file, 'merge', decision.edited);
  if (decision === 'theirs') return write(file, choices.of === 'places' ? 'merge' : 'overwrite', choices.theirs);
  if (choices.of === 'markers') return leave('mark');
  if (choices.of === 'binary') {
    if (decision === 'mine') return leave('keep');
    return { ...file, reason: `${reason}, so conflict markers can't be written: choose mine or theirs` };
  }
  if (decision === 'markers') return write(file, 'mark', choices.marked);
  return choices.of === 'places' ? write(file, 'merge', choices.mine) : leave('keep');
}

function write(file: ConflictingFile, action: WrittenFile['action'], contents: string): WrittenFile {
  const { path, reason, executable } = file;
  return { kind: 'write', path, action, reason, contents, executable };
}

/** Asks a person about each conflict. */
export const askedOf =
  (person: Person): Decider =>
  async ({ path, reason, choices }) => {
    const message = `${path}: ${reason}. What do you want to keep?`;
    for (;;) {
      const decision = await person.select({ name: 'choice', message, choices: menu(choices) });
      if (decision === 'stop') throw new StackError('Stopped. Nothing was written.', exitCodes.conflict);
      if (decision === 'mine' || decision === 'theirs' || decision === 'markers') return decision;
      if (choices.of === 'binary') continue;
      if (decision === 'show') await show(path, choices, person);
      if (decision === 'edit') {
        const text = await editedText(path, choices.of === 'markers' ? choices.mine : choices.marked, person);
        if (text !== undefined) return { edited: text };
      }
    }
  };

/** What can be chosen: only a text can be marked, edited or shown. */
function menu({ of }: Choices): { name: string; value: string }[] {
  const mine = { name: of === 'places' ? 'mine in these places' : 'mine: the file as it is', value: 'mine' };
  const theirs = { name: of === 'places' ? 'theirs in these places' : 'theirs: the generated file', value: 'theirs' };
  const stop = { name: '(stop, and write nothing at all)', value: 'stop' };
  if (of === 'binary') return [mine, theirs, stop];
  const texts = [
    { name: 'open in my editor', value: 'edit' },
    { name: '(show the difference first)', value: 'show' },
  ];
  if (of === 'markers') return [theirs, ...texts, { name: 'leave the conflict markers', value: 'markers' }, stop];
  return [mine, theirs, { name: 'both, with conflict markers', value: 'markers' }, ...texts, stop];
}

async function show(path: string, { mine, theirs }: Exclude<Choices, { of: 'binary' }>, person: Person): Promise<void> {
  const { difference } = await import('../merge/difference.ts');
  person.show(difference(path, mine, theirs));
}

/** The text that a person made of a conflict; undefined when they have to be asked again. */
async function editedText(path: string, text: string, person: Person): Promise<string | undefined> {
  const result = await person.edit(path, text);
  if (result.kind === 'failed') {
    person.show(result.why);
    return undefined;
  }
  if (hasMarkers(result.text)) {
    person.show(`${path} still has conflict markers.`);
    return undefined;
  }
  if (result.text.trim() !== '') return result.text;
  const answer = await person.select({
    name: 'choice',
    message: `The editor has saved ${path} without any text. Do you want an empty file?`,
    choices: [
      { name: 'no, ask me again', value: 'no' },
      { name: 'yes, an empty file', value: 'yes' },
    ],
  });
  return answer === 'yes' ? result.text : undefined;
}
