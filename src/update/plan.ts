import { hasMarkers } from '../merge/conflict-markers.ts';
import type { MergedFile } from '../merge/merge-file.ts';
import type { Sides } from '../merge/merge-lines.ts';
import { plain, styled, styleOf } from '../merge/text-style.ts';
import { contentsOf, type DiskFile } from '../repository/files.ts';
import type { GeneratedFiles } from '../templates/generate-files.ts';

/** A file that is written. */
export interface WrittenFile {
  kind: 'write';
  path: string;
  action: 'create' | 'update' | 'merge' | 'move' | 'overwrite' | 'mark';
  /** Why, as a clause to follow the action. */
  reason: string;
  /** What is to be on the disk afterwards, to the byte. */
  contents: string | Uint8Array;
  executable: boolean;
}

/** A file that stays as it is. `mark`: it has conflict markers, and keeps them. */
export interface LeftFile {
  kind: 'leave';
  path: string;
  action: 'adopt' | 'identical' | 'keep' | 'stay deleted' | 'mark';
  reason: string;
}

export interface DeletedFile {
  kind: 'delete';
  path: string;
  action: 'delete';
  reason: string;
}

/** A file about which somebody has to decide. */
export interface ConflictingFile {
  kind: 'conflict';
  path: string;
  action: 'conflict';
  reason: string;
  executable: boolean;
  choices: Choices;
}

/** What happens to one path. */
export type PlannedFile = WrittenFile | LeftFile | DeletedFile | ConflictingFile;
export type Action = PlannedFile['action'];

/** How a conflict can be settled: each text as it is to be on the disk. */
export type Choices =
  /** Both sides changed the same places. The three texts differ only in these places. */
  | { of: 'places'; mine: string; theirs: string; marked: string }
  /** Nothing tells whose change a difference is. Mine is the file as it is. */
  | { of: 'file'; mine: string; theirs: string; marked: string }
  /** The file still has the conflict markers of an earlier run. */
  | { of: 'markers'; mine: string; theirs: string }
  /** The file is not text. */
  | { of: 'binary'; theirs: string };

/** What a plan is made of: what was generated last, what is on the disk, what is generated now. */
export interface Versions {
  base: ReadonlyMap<string, string>;
  disk: ReadonlyMap<string, DiskFile>;
  generated: GeneratedFiles;
  /** Files that have another name now: old path, new path. */
  renamed?: ReadonlyMap<string, string>;
}

/** Merges three plain texts; without a base, marks where the two differ. */
export type MergeTexts = (
  path: string,
  sides: Omit<Sides, 'base'> & { base: string | undefined },
) => MergedFile | Promise<MergedFile>;

/** One planned file a path, sorted by path. Pure: the same versions give the same plan. */
export async function planFiles(versions: Versions, merge: MergeTexts): Promise<PlannedFile[]> {
  const { base, disk, generated, renamed = new Map<string, string>() } = versions;
  const moves = [...renamed].filter(([old, path]) => base.has(old) && !base.has(path) && !disk.has(path));
  const plan: PlannedFile[] = [];
  for (const path of [...new Set([...base.keys(), ...generated.keys()])].sort()) {
    const move = moves.find((each) => each.includes(path));
    const theirs = generated.get(path);
    const planned = move
      ? await planMoved(path, move, versions, merge)
      : theirs
        ? await planGenerated({ path, base: base.get(path), file: disk.get(path), ...theirs }, merge)
        : planDropped(path, base.get(path) ?? '', disk.get(path));
    if (planned) plan.push(planned);
  }
  return plan;
}

/** A file with another name: what the user changed moves with the file. */
async function planMoved(
  path: string,
  [old, current]: [string, string],
  { base, disk, generated }: Versions,
  merge: MergeTexts,
): Promise<PlannedFile | undefined> {
  const file = disk.get(old);
  if (path === old) return file && { kind: 'delete', path, action: 'delete', reason: `its name is ${current} now` };
  const { contents = '', executable = false } = generated.get(path) ?? {};
  const planned = await planGenerated({ path, base: base.get(old), file, contents, executable }, merge);
  if (planned.kind !== 'leave' || !file) return planned;
  return { kind: 'write', path, action: 'move', reason: `its name was ${old}`, contents: contentsOf(file), executable };
}

/** The template has dropped the file. */
function planDropped(path: string, base: string, file: DiskFile | undefined): PlannedFile | undefined {
  if (!file) return undefined;
  return file.kind === 'text' && plain(file.text) === base
    ? { kind: 'delete', path, action: 'delete', reason: 'no longer part of the stack' }
    : { kind: 'leave', path, action: 'keep', reason: 'no longer part of the stack, but you changed it' };
}

/** Three versions of a generated file, of which the user's may be missing, and the last one unknown. */
interface Generated {
  path: string;
  base: string | undefined;
  file: DiskFile | undefined;
  contents: string;
  executable: boolean;
}

async function planGenerated({ path, base, file, contents, executable }: Generated, merge: MergeTexts) {
  const leave = (action: LeftFile['action'], reason: string): PlannedFile => ({ kind: 'leave', path, action, reason });
  const write = (action: WrittenFile['action'], reason: string, text: string): PlannedFile => ({
    kind: 'write',
    path,
    action,
    reason,
    contents: text,
    executable,
  });
  const conflict = (reason: string, choices: Choices): PlannedFile => ({
    kind: 'conflict',
    path,
    action: 'conflict',
    reason,
    executable,
    choices,
  });

  if (!file) return base === undefined ? write('create', 'new', contents) : leave('stay deleted', 'you deleted it');
  if (file.kind === 'binary') {
    return contents === base
      ? leave('keep', 'you changed it')
      : conflict('it is not UTF-8 text', { of: 'binary', theirs: contents });
  }
  const mine = plain(file.text);
  const style = styleOf(file.text);
  if (mine === contents) return leave(base === undefined ? 'adopt' : 'identical', 'as generated');
  if (hasMarkers(mine)) {
    const choices: Choices = { of: 'markers', mine: file.text, theirs: styled(contents, style) };
    return conflict('it still has conflict markers', choices);
  }
  // The secrets stay ignored, whatever was changed since: a merge of `.gitignore` sees to that.
  if (contents === base && path !== '.gitignore') return leave('keep', 'you changed it');
  if (mine === base) return write('update', 'a newer version', styled(contents, style));
  const merged = await merge(path, { base, mine, theirs: contents });
  if (merged.conflicts > 0) return conflict(...conflictOf(base, file.text, contents, merged));
  if (merged.text === mine) return leave('keep', 'your version, nothing new');
  return write('merge', 'a newer version, with your changes', styled(merged.text, style));
}

function conflictOf(base: string | undefined, mine: string, theirs: string, merged: MergedFile): [string, Choices] {
  const style = styleOf(mine);
  const marked = styled(merged.text, { ...style, finalNewline: true });
  if (base === undefined) return ['it was there before', { of: 'file', mine, theirs: styled(theirs, style), marked }];
  const places = merged.conflicts === 1 ? 'place' : `${merged.conflicts} places`;
  const missing = merged.notes.flatMap(({ kind, service }) => (kind === 'missing' ? service : []));
  return [
    missing.length > 0
      ? `the update changes ${missing.join(' and ')}, which your file does not have`
      : `both changed the same ${places}`,
    { of: 'places', mine: styled(merged.mine, style), theirs: styled(merged.theirs, style), marked },
  ];
}
