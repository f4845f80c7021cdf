import { hasMarkers } from '../merge/conflict-markers.ts';
import type { Merged, Sides } from '../merge/merge-lines.ts';
import { plain, styled, styleOf } from '../merge/text-style.ts';
import type { DiskFile } from '../repository/files.ts';
import type { Rendering } from '../templates/generate-files.ts';

/** What happens to one path. */
export type Action =
  | 'create'
  | 'adopt'
  | 'identical'
  | 'update'
  | 'merge'
  | 'move'
  | 'keep'
  | 'delete'
  | 'stay deleted'
  | 'conflict'
  | 'overwrite'
  | 'mark';

export interface PlannedFile {
  path: string;
  action: Action;
  /** Why, as a clause to follow the action. */
  reason: string;
  /** What is to be on the disk afterwards, to the byte; undefined when nothing is written, or the file is deleted. */
  result: string | undefined;
  executable: boolean;
  /** What somebody has to decide; only with the action `conflict`. */
  conflict?: Conflict;
}

/** A conflict, settled in each way, as it is to be on the disk. */
export interface Conflict {
  /** Mine in the conflicting places, and everything that only the template changed. Without a base: my file. */
  mine: string;
  /** Theirs in the conflicting places, and everything that only the user changed. Without a base: their file. */
  theirs: string;
  /** Whether there is a base, so that only places are decided, not the file. */
  places: boolean;
  /** Both with markers; undefined where there is nothing to mark: no text, or markers of an earlier run. */
  marked: string | undefined;
}

/** What a plan is made of: what was rendered last, what is on the disk, what is rendered now. */
export interface Versions {
  base: ReadonlyMap<string, string>;
  disk: ReadonlyMap<string, DiskFile>;
  rendering: Rendering;
  /** Files that have another name now: old path, new path. */
  renamed?: ReadonlyMap<string, string>;
}

/** Merges three plain texts; without a base, marks where the two differ. */
export type MergeTexts = (
  path: string,
  sides: Omit<Sides, 'base'> & { base: string | undefined },
) => Merged | Promise<Merged>;

/** One action a path, sorted by path. Pure: the same versions give the same plan. */
export async function planFiles(versions: Versions, merge: MergeTexts): Promise<PlannedFile[]> {
  const { base, disk, rendering, renamed = new Map<string, string>() } = versions;
  const plan: PlannedFile[] = [];
  const moves = [...renamed].filter(([old, path]) => base.has(old) && !base.has(path) && !disk.has(path));
  for (const path of [...new Set([...base.keys(), ...rendering.keys()])].sort()) {
    const theirs = rendering.get(path);
    const moved = moves.find((move) => move.includes(path));
    const decision = moved
      ? await planMoved(path, moved, versions, merge)
      : theirs
        ? await planRendered(path, base.get(path), disk.get(path), theirs.contents, merge)
        : planDropped(base.get(path) ?? '', disk.get(path));
    if (decision) plan.push({ path, result: undefined, executable: theirs?.executable ?? false, ...decision });
  }
  return plan;
}

/** A file with another name: what the user changed moves with it. */
async function planMoved(
  path: string,
  [old, current]: [string, string],
  { base, disk, rendering }: Versions,
  merge: MergeTexts,
): Promise<Decision | undefined> {
  const mine = disk.get(old);
  if (path === old) return mine && { action: 'delete', reason: `it is ${current} now` };
  const decision = await planRendered(path, base.get(old), mine, rendering.get(path)?.contents ?? '', merge);
  const unwritten = decision.result === undefined && !decision.conflict;
  return unwritten && mine ? { action: 'move', reason: `it was ${old}`, result: mine.text } : decision;
}

/** Whether an action leaves the file as it is. */
export const leaves = ({ action }: PlannedFile): boolean =>
  ['adopt', 'identical', 'keep', 'stay deleted'].includes(action);

type Decision = Pick<PlannedFile, 'action' | 'reason'> & Partial<Pick<PlannedFile, 'result' | 'conflict'>>;

/** The template has dropped it. */
function planDropped(base: string, file: DiskFile | undefined): Decision | undefined {
  if (!file) return undefined;
  return plain(file.text) === base
    ? { action: 'delete', reason: 'no longer part of the stack' }
    : { action: 'keep', reason: 'no longer part of the stack, but yours: you changed it' };
}

async function planRendered(
  path: string,
  base: string | undefined,
  file: DiskFile | undefined,
  theirs: string,
  merge: MergeTexts,
): Promise<Decision> {
  if (!file) {
    return base === undefined
      ? { action: 'create', reason: 'new', result: theirs }
      : { action: 'stay deleted', reason: 'you deleted it' };
  }
  const mine = plain(file.text);
  const style = styleOf(file.text);
  const conflict = (reason: string, merged?: Merged): Decision => ({
    action: 'conflict',
    reason,
    conflict: {
      mine: merged && base !== undefined ? styled(merged.mine, style) : file.text,
      theirs: styled(merged && base !== undefined ? merged.theirs : theirs, style),
      places: merged !== undefined && base !== undefined,
      marked: merged && styled(merged.text, { ...style, finalNewline: true }),
    },
  });
  if (mine === theirs) return { action: base === undefined ? 'adopt' : 'identical', reason: 'as rendered' };
  if (file.isText && hasMarkers(mine)) return conflict('it still has conflict markers');
  if (theirs === base) return { action: 'keep', reason: 'you changed it' };
  if (!file.isText) return conflict('it is not UTF-8 text');
  if (base === undefined) return conflict('it was there before', await merge(path, { base, mine, theirs }));
  if (mine === base) return { action: 'update', reason: 'newer rendering', result: styled(theirs, style) };
  const merged = await merge(path, { base, mine, theirs });
  if (merged.conflicts > 0)
    return conflict(`both changed the same ${merged.conflicts === 1 ? 'place' : `${merged.conflicts} places`}`, merged);
  if (merged.text === mine) return { action: 'keep', reason: 'it has the newer rendering and what you changed' };
  return { action: 'merge', reason: 'newer rendering, with what you changed', result: styled(merged.text, style) };
}
