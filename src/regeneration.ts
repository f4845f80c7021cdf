import { answersToStore } from './answers.ts';
import { baseFolder, checksumFile, readBase, writeBase } from './base.ts';
import { type Change, commit } from './commit.ts';
import { type DiskFile, listFiles, readFiles } from './disk.ts';
import { exitCodes, StackError } from './errors.ts';
import { leaves, type MergeTexts, type PlannedFile, planFiles } from './plan.ts';
import type { Answers } from './questions.ts';
import type { Rendering } from './render.ts';
import { readState, type State, stateFile, writeState } from './state.ts';

/** The target folder, and what it remembers. */
export interface Repository {
  folder: string;
  state: State;
  /** This generator's version. */
  version: string;
}

/** What a run does, or would do, to a repository. */
export interface Update {
  repository: Repository;
  answers: Answers;
  rendering: Rendering;
  plan: PlannedFile[];
  /** Files of the memory that something else has changed, and that are not used. */
  distrusted: string[];
  /** Everything that was read, as the plan was made from it. */
  seen: Map<string, DiskFile>;
}

/** @throws {StackError} when the state can't be read, or is a newer version's */
export function openRepository(folder: string, version: string): Repository {
  const contents = readFiles(folder, [stateFile]).get(stateFile)?.text;
  return { folder, version, state: readState(contents, version) };
}

/** Compares what was rendered last, what is on the disk and what is rendered now; writes nothing. */
export async function planUpdate(repository: Repository, answers: Answers, rendering: Rendering): Promise<Update> {
  const { folder, state, version } = repository;
  const kept = listFiles(`${folder}/${baseFolder}`).map((path) => `${baseFolder}/${path}`);
  const memory = readFiles(folder, [...kept, checksumFile, ...writeBase(rendering).map(([path]) => path)]);
  const base = readBase(memory, rendering);
  const disk = readFiles(folder, [...rendering.keys(), ...base.files.keys()]);
  const labels = { mine: 'mine (your file)', theirs: `rendered by generator-minio-stack ${version}` };
  const names = new Map([
    [state.answers.serverName, answers.serverName],
    [state.answers.consoleName, answers.consoleName],
  ]);
  const merge: MergeTexts = async (path, sides) => {
    const { mergeFile } = await import('./merge.ts');
    return mergeFile(path, sides, { labels, newName: (name) => names.get(name) ?? name });
  };
  const plan = await planFiles({ base: base.files, disk, rendering }, merge);
  const seen = new Map([...memory, ...disk, ...readFiles(folder, [stateFile])]);
  return { repository, answers, rendering, plan, distrusted: base.changed, seen };
}

/**
 * Writes what a plan without conflicts says.
 * The order is what makes an interrupted run harmless: the answers first, so that a plain next run renders the same; then
 * the files; the memory last, so that what it says was rendered has been written.
 */
export function commitUpdate({ repository, answers, rendering, plan, seen }: Update): void {
  const { folder, version } = repository;
  const state = writeState(seen.get(stateFile)?.text, answersToStore(answers, folder), version);
  const memory = new Map(writeBase(rendering));
  const forgotten = [...seen.keys()].filter((path) => path.startsWith(`${baseFolder}/`) && !memory.has(path));
  const change = (path: string, contents: string | undefined): Change => ({ path, contents, executable: false });
  const changes: Change[] = [
    change(stateFile, state),
    ...plan.flatMap(({ path, action, result, executable }) =>
      action === 'delete' || result !== undefined ? { path, contents: result, executable } : [],
    ),
    ...forgotten.map((path) => change(path, undefined)),
    ...[...memory].map(([path, contents]) => change(path, contents)),
  ];
  const differing = changes.filter(({ path, contents }) => seen.get(path)?.text !== contents);
  if (differing.length > 0) commit(folder, differing, seen);
}

/**
 * What the exit code of a run is to be, as an error to throw; undefined when all is well.
 * @param how whether it was only to check, and whether anything was written
 */
export function verdict(
  plan: PlannedFile[],
  how: { check: boolean; dryRun: boolean; written: boolean },
): StackError | undefined {
  const open = plan.filter(({ action }) => action === 'conflict' || action === 'mark');
  const listed = open.map(({ path, reason }) => `\n  ${path}: ${reason}`).join('');
  if (how.written) {
    if (open.length === 0) return undefined;
    return new StackError(
      `These files have conflict markers. Edit them, then run it again:${listed}`,
      exitCodes.conflict,
    );
  }
  if (how.check) {
    if (open.length > 0) return new StackError(`A newer rendering would conflict:${listed}`, exitCodes.conflict);
    return plan.every(leaves)
      ? undefined
      : new StackError('A newer rendering is there: run npm init minio-stack in this folder.', exitCodes.outdated);
  }
  if (how.dryRun) return undefined;
  return new StackError(
    `Nothing was written, because somebody has to decide about these files:${listed}\nRun it on a terminal to decide for each, or with --on-conflict mine, theirs or markers.`,
    exitCodes.conflict,
  );
}
