import type { Answers } from '../answers/questions.ts';
import { answersToStore, type Given } from '../answers/resolve-answers.ts';
import { exitCodes, StackError } from '../errors.ts';
import { plain } from '../merge/text-style.ts';
import { type DiskFile, listFiles, readFiles } from '../repository/files.ts';
import { refuseChanged, refuseInterrupted, refuseRunning, stagingFolders } from '../repository/journal.ts';
import { type Change, commit, completeInterrupted } from '../repository/transaction.ts';
import { type Rendering, renamedFiles } from '../templates/generate-files.ts';
import { baseFolder, readBase, readRecord, recordFile, writeMemory } from './base.ts';
import { leaves, type MergeTexts, type PlannedFile, planFiles } from './plan.ts';
import { readState, type State, stateFile, writeState } from './state-file.ts';

/** The target folder, and what it remembers. */
export interface Repository {
  folder: string;
  /** The stored answers; where they were lost, those of the last rendering. */
  state: State;
  /** The answers of the last rendering, whatever is stored by now. */
  rendered: Given;
  /** This generator's version. */
  version: string;
  /** Whether an interrupted run had to be completed first. */
  completed: boolean;
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

/**
 * Reads what a repository remembers, and completes first what an interrupted run has left.
 * @param readOnly refuses rather than completes
 * @throws {StackError} when its memory can't be read, or is a newer version's
 */
export function openRepository(folder: string, version: string, readOnly = false): Repository {
  if (readOnly) refuseInterrupted(folder);
  const completed = !readOnly && completeInterrupted(folder);
  const files = readFiles(folder, [stateFile, recordFile]);
  const stored = readState(files.get(stateFile)?.text, version);
  const record = readRecord(files.get(recordFile)?.text, version);
  return {
    folder,
    version,
    completed,
    state: stored.version === undefined ? record : stored,
    rendered: record.version === undefined ? stored.answers : record.answers,
  };
}

/** Compares what was rendered last, what is on the disk and what is rendered now; writes nothing. */
export async function planUpdate(repository: Repository, answers: Answers, rendering: Rendering): Promise<Update> {
  const { folder, rendered, version } = repository;
  const kept = listFiles(`${folder}/${baseFolder}`).map((path) => `${baseFolder}/${path}`);
  const memory = readFiles(folder, [...kept, ...writeMemory(rendering, {}, version).keys()]);
  const base = readBase(memory, rendering);
  const disk = readFiles(folder, [...rendering.keys(), ...base.files.keys()]);
  const labels = { mine: 'mine (your file)', theirs: `rendered by generator-minio-stack ${version}` };
  const names = new Map([
    [rendered.serverName, answers.serverName],
    [rendered.consoleName, answers.consoleName],
  ]);
  const merge: MergeTexts = async (path, sides) => {
    const { mergeFile } = await import('../merge/merge-file.ts');
    return mergeFile(path, sides, { labels, newName: (name) => names.get(name) ?? name });
  };
  const plan = await planFiles({ base: base.files, disk, rendering, renamed: renamedFiles }, merge);
  const seen = new Map([...memory, ...disk, ...readFiles(folder, [stateFile])]);
  if (base.changed.length > 0 || plan.some(({ conflict }) => conflict)) {
    // What was read while another run wrote it is no ground for a decision.
    refuseRunning(stagingFolders(folder));
    refuseChanged(folder, [...seen.keys()], seen);
  }
  return { repository, answers, rendering, plan, distrusted: base.changed, seen };
}

/**
 * Writes what a plan without conflicts says.
 * The order is what makes an interrupted run harmless even when somebody edits on before the next one: the answers first,
 * so that a plain next run renders the same; then the files; the memory last, so that what it says was rendered has been
 * written.
 */
export function commitUpdate({ repository, answers, rendering, plan, seen }: Update): void {
  const { folder, version } = repository;
  const stored = answersToStore(answers, folder);
  const state = writeState(seen.get(stateFile)?.text, stored, version);
  const memory = writeMemory(rendering, stored, version);
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
  const differing = changes.filter(({ path, contents }) => !isThere(seen.get(path), contents, memory.has(path)));
  if (differing.length > 0) commit(folder, differing, seen);
}

/** Whether a file is as it is to be; the line endings of the memory are the checkout's business. */
function isThere(file: DiskFile | undefined, contents: string | undefined, memory: boolean): boolean {
  if (file === undefined || contents === undefined) return file?.text === contents;
  return file.text === contents || (memory && plain(file.text) === contents);
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
      : new StackError(
          'A newer rendering is there: run npm init minio-stack@latest in this folder.',
          exitCodes.outdated,
        );
  }
  if (how.dryRun) return undefined;
  return new StackError(
    `Nothing was written, because somebody has to decide about these files:${listed}\nRun it on a terminal to decide for each, or with --on-conflict mine, theirs or markers.`,
    exitCodes.conflict,
  );
}
