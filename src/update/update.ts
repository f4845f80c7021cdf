import type { Answers, ImageName } from '../answers/questions.ts';
import { answersToStore, type Given } from '../answers/resolve-answers.ts';
import { StackError } from '../errors.ts';
import { plain } from '../merge/text-style.ts';
import { type DiskFile, listFiles, readFiles } from '../repository/files.ts';
import { gitPlaceOf } from '../repository/git-place.ts';
import { refuseChanged, refuseRunning, stagingFolders } from '../repository/journal.ts';
import { existingFolder, otherSpellings } from '../repository/spelling.ts';
import { type Change, commit } from '../repository/transaction.ts';
import { dockerfileOf, type GeneratedFiles, renamedFiles } from '../templates/generate-files.ts';
import { baseFolder, memoryPaths, readBase, readRecord, recordFile, writeMemory } from './base.ts';
import { placed, storedLayout, usualPath } from './layout.ts';
import { refuseSecondRenovateFile } from './other-renovate-files.ts';
import { misspelledFiles, refuseSecondFiles, spellingNotices } from './other-spellings.ts';
import { type MergeTexts, type PlannedFile, planFiles } from './plan.ts';
import type { MoveInPlan } from './plan-moving-in.ts';
import { readState, type State, stateFile, writeState } from './state-file.ts';

/** The target folder, and what it remembers. */
export interface Repository {
  folder: string;
  /** The stored answers; where they were lost, those of the last run. */
  state: State;
  /** The answers of the last run, whatever is stored by now. */
  lastAnswers: Given;
  /** This generator's version. */
  version: string;
  /** The root of the Git repository around the folder; undefined where there is none. */
  gitRoot: string | undefined;
  /** The folder's path from that root, see `generateFiles`; without a Git repository, the one of the last run. */
  prefix: string;
  /** What the person should know of the folder, in sentences. */
  notices: string[];
  /** The files from which all of this was read. */
  seen: ReadonlyMap<string, DiskFile>;
}

/** What is known of images that were looked up in their registry. */
export interface Images {
  /** Those that stand for the generator's own pins. */
  pins: Given;
  /** Those that this run has looked up, and that replace whatever the Dockerfile has. */
  replaced: ImageName[];
}

/** What a run does, or would do, to a repository. */
export interface Update {
  repository: Repository;
  answers: Answers;
  images: Images;
  generated: GeneratedFiles;
  plan: PlannedFile[];
  /** Files of the base that something else has changed: they are not used. */
  damagedBase: string[];
  /** What the person should know before the plan, in sentences. */
  notices: string[];
  /** Files that Render would not find under the name that they have here, in sentences. */
  misspelled: string[];
  /** Everything that was read for the plan. */
  seen: Map<string, DiskFile>;
}

/**
 * Reads what a repository remembers; writes nothing.
 * @param given the folder as the person wrote it; if it is there in another Unicode form, that folder is the repository
 * @throws {StackError} when the memory can't be read, or a newer version wrote it
 */
export async function readRepository(given: string, version: string): Promise<Repository> {
  const folder = existingFolder(given);
  const files = readFiles(folder, [stateFile, recordFile]);
  const stored = readState(files.get(stateFile), version);
  const record = readRecord(files.get(recordFile), version);
  const place = await gitPlaceOf(folder);
  const prefix = place?.prefix ?? record.prefix;
  refusePrefix(prefix);
  return {
    folder,
    version,
    gitRoot: place?.root,
    prefix,
    notices: folder === given ? [] : [`The folder is there, in another Unicode form of its name: ${folder} is used.`],
    state: stored.version === undefined ? record : stored,
    lastAnswers: record.version === undefined ? stored.answers : record.answers,
    seen: files,
  };
}

/** @throws {StackError} when the path of the folder can't stand in a Blueprint */
function refusePrefix(prefix: string): void {
  // The expression below takes 2 ms at its first use.
  if (prefix === '') return;
  const odd = prefix.split('/').find((name) => !/^([\p{L}\p{N}_.][\p{L}\p{N}_.+ -]*)?$/u.test(name));
  if (odd === undefined) return;
  throw new StackError(
    `The folder is ${prefix} in its Git repository. Paths in render.yaml start at the root, so a folder's name must hold only letters, digits, blanks and _ . + -, and not begin with a sign: rename ${JSON.stringify(odd)}`,
  );
}

/**
 * Compares what was generated last, what is on the disk and what is generated now; writes nothing.
 * @param wanted what is generated, by usual path
 * @param leave files that stay as they are, with what is remembered of them
 * @param moveIn how to plan what was there before, where this generator moves in
 */
export async function planUpdate(
  repository: Repository,
  answers: Answers,
  wanted: GeneratedFiles,
  images: Images = { pins: {}, replaced: [] },
  leave: string[] = [],
  moveIn?: (generated: GeneratedFiles) => MoveInPlan,
): Promise<Update> {
  const { folder, lastAnswers, version } = repository;
  const { layout } = repository.state;
  const all = placed(wanted, layout);
  const kept = listFiles(`${folder}/${baseFolder}`).map((path) => `${baseFolder}/${path}`);
  const memory = readFiles(folder, [...kept, ...memoryPaths(all)]);
  const base = readBase(memory, all);
  const generated = asLastTime(leave, all, base.files);
  const spellings = otherSpellings(folder, generated.keys());
  refuseSecondFiles(spellings, (path) => !base.files.has(path));
  const moved = moveIn?.(generated);
  for (const [path, text] of moved?.base ?? []) base.files.set(path, text);
  const disk = readFiles(folder, [...generated.keys(), ...base.files.keys()]);
  await takeTheirPins(base.files, disk, images.replaced);
  const labels = { mine: 'mine (your file)', theirs: `theirs (generator-minio-stack ${version})` };
  const names = new Map([
    [lastAnswers.serverName, answers.serverName],
    [lastAnswers.consoleName, answers.consoleName],
  ]);
  const renamed = new Set<string>();
  const merge: MergeTexts = async (path, sides) => {
    const { mergeFile } = await import('../merge/merge-file.ts');
    const merged = mergeFile(usualPath(layout, path), sides, { labels, newName: (name) => names.get(name) ?? name });
    for (const note of merged.notes)
      if (note.kind === 'renamed')
        renamed.add(`${path} calls the service ${note.service} ${note.mine}: this name stays.`);
    return merged;
  };
  const planned = await planFiles({ base: base.files, disk, generated, renamed: renamedFiles }, merge);
  const plan = moved ? planned.map((file) => afterMovingIn(file, moved)) : planned;
  refuseSecondRenovateFile(
    folder,
    plan.flatMap(({ path, action }) => (action === 'create' ? path : [])),
  );
  const left = leave.filter((path) => all.get(path)?.contents !== generated.get(path)?.contents);
  const notices = [...repository.notices, ...spellingNotices(spellings), ...renamed, ...left.map(leftNotice)];
  const seen = new Map([...memory, ...disk]);
  // As they were when the answers were read: another run may have written them since.
  for (const path of [stateFile, recordFile]) {
    const file = repository.seen.get(path);
    if (file) seen.set(path, file);
    else seen.delete(path);
  }
  if (base.changed.length > 0 || plan.some(({ kind }) => kind === 'conflict')) {
    // Another run may have been writing while we read. Look again, and refuse if something changed.
    refuseRunning(folder, stagingFolders(folder));
    refuseChanged(folder, [...seen.keys()], seen);
  }
  const misspelled = misspelledFiles(spellings);
  return { repository, answers, images, generated, plan, damagedBase: base.changed, notices, misspelled, seen };
}

/** A file of the plan where this generator moves in: the Blueprint has a plan of its own, and ours replaces the old start. */
function afterMovingIn(file: PlannedFile, { base, blueprint }: MoveInPlan): PlannedFile {
  if (file.path === blueprint.path) return blueprint;
  const isReplaced = file.kind === 'write' && base.has(file.path);
  return isReplaced ? { ...file, action: 'overwrite', reason: 'it started the old server or console' } : file;
}

/** What is generated, as if the templates of some files were still those of the last run. */
function asLastTime(paths: string[], wanted: GeneratedFiles, base: ReadonlyMap<string, string>): GeneratedFiles {
  const files = new Map(wanted);
  for (const path of paths) {
    const contents = base.get(path);
    if (contents === undefined) files.delete(path);
    else files.set(path, { contents, executable: false });
  }
  return files;
}

const leftNotice = (path: string) =>
  `${path} would change as well, and was left. Run npm init minio-stack@latest on your machine to take the change.`;

/**
 * Images that this run has looked up are newer than what the Dockerfile has, also where a person has set that: the pin there
 * counts as generated, and the new one is an update.
 */
async function takeTheirPins(
  base: Map<string, string>,
  disk: ReadonlyMap<string, DiskFile>,
  replaced: ImageName[],
): Promise<void> {
  if (replaced.length === 0) return;
  const { withPinOf } = await import('../merge/image-pins.ts');
  for (const path of replaced.map((name) => dockerfileOf[name])) {
    const [before, mine] = [base.get(path), disk.get(path)];
    if (before !== undefined && mine?.kind === 'text') base.set(path, withPinOf(plain(mine.text), before));
  }
}

/**
 * Writes what a plan without conflicts says.
 * The order makes an interrupted run harmless even when somebody edits on before the next run: first the answers, so that
 * the next run generates the same files; then the files; the memory last, so that it never names a file that was not
 * written.
 */
export async function commitUpdate({ repository, answers, images, generated, plan, seen }: Update): Promise<void> {
  const { folder, version } = repository;
  const { layout } = repository.state;
  const told = Object.entries(answersToStore(answers, folder, images.pins)).filter(
    ([name]) => !layout.unsaid.some((unsaid) => unsaid === name),
  );
  const stored = { ...Object.fromEntries(told), ...storedLayout(layout) };
  const state = writeState(seen.get(stateFile), stored, version);
  const memory = writeMemory(generated, { version, prefix: repository.prefix, answers: stored });
  const forgotten = [...seen.keys()].filter((path) => path.startsWith(`${baseFolder}/`) && !memory.has(path));
  const change = (path: string, contents: string | undefined): Change => ({ path, contents, executable: false });
  const changes: Change[] = [
    change(stateFile, state),
    ...plan.flatMap(changeOf),
    ...forgotten.map((path) => change(path, undefined)),
    ...[...memory].map(([path, contents]) => change(path, contents)),
  ];
  const differing = changes.filter(({ path, contents }) => !isThere(seen.get(path), contents, memory.has(path)));
  if (differing.length > 0) await commit(folder, differing, seen);
}

function changeOf(file: PlannedFile): Change[] {
  if (file.kind === 'write') return [{ path: file.path, contents: file.contents, executable: file.executable }];
  return file.kind === 'delete' ? [{ path: file.path, contents: undefined, executable: false }] : [];
}

/** Whether a file is as it is to be. The line endings of the memory are decided by the checkout. */
function isThere(file: DiskFile | undefined, contents: Change['contents'], memory: boolean): boolean {
  if (file === undefined || contents === undefined) return file === contents;
  if (file.kind === 'binary' || typeof contents !== 'string') return false;
  return file.text === contents || (memory && plain(file.text) === contents);
}
