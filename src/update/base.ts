import { plain } from '../merge/text-style.ts';
import { checksum } from '../repository/checksum.ts';
import type { DiskFile } from '../repository/files.ts';
import type { GeneratedFiles } from '../templates/generate-files.ts';
import { readObject } from './json-object.ts';
import { asState, type State } from './state-file.ts';

/** The folder with the files as they were generated last: the base of the next three-way merge. */
export const baseFolder = '.minio-stack/base';
/**
 * What was generated last: the version, the answers (people edit them in `.yo-rc.json`, and lose them there), and a checksum
 * of each file of the base. A file that something else edited, for example a search-and-replace over the repository, is no
 * base any more.
 */
export const recordFile = '.minio-stack/rendering.json';
const remembering = {
  path: recordFile,
  otherwise: 'Restore it, or remove .minio-stack to be asked about each file that differs.',
};

/** Files that git reads by name are kept under another one, so that no tool takes a copy for the real thing. */
const keptAs = (path: string) => `${baseFolder}/${path.replace(/(^|\/)\.git(ignore|attributes)$/, '$1_git$2')}`;
const keptFrom = (kept: string) =>
  kept.slice(baseFolder.length + 1).replace(/(^|\/)_git(ignore|attributes)$/, '$1.git$2');

/** The files as they were generated last, and the paths of those that something else has changed: they are no base. */
export interface Base {
  files: Map<string, string>;
  changed: string[];
}

/** What the last run was made with. */
export interface LastRun extends State {
  /** The folder's path from the root of its Git repository, see `generateFiles`. */
  prefix: string;
}

/**
 * The answers with which the repository was generated last, and where it was.
 * @param file the record, undefined when there is none
 * @param version this generator's version
 * @throws {StackError} when the record can't be read, or is a newer version's
 */
export function readRecord(file: DiskFile | undefined, version: string): LastRun {
  const record = readObject(file, remembering);
  const prefix = typeof record?.prefix === 'string' ? record.prefix : '';
  return { ...asState(record, recordFile, version), prefix };
}

/**
 * The base of the next merge.
 * @param disk the files of the base folder and the record, by their paths in the repository
 * @param generated what is generated now. A copy that equals the new file is right whatever its checksum says: an
 *   interrupted run leaves such copies
 */
export function readBase(disk: ReadonlyMap<string, DiskFile>, generated: GeneratedFiles): Base {
  const checksums = Object(readObject(disk.get(recordFile), remembering)?.checksums);
  const base: Base = { files: new Map(), changed: [] };
  for (const [keptPath, file] of disk) {
    if (!keptPath.startsWith(`${baseFolder}/`)) continue;
    const path = keptFrom(keptPath);
    const text = file.kind === 'text' ? plain(file.text) : undefined;
    if (text !== undefined && (generated.get(path)?.contents === text || checksums[path] === checksum(text)))
      base.files.set(path, text);
    else base.changed.push(path);
  }
  return base;
}

/** The paths of the files that remember what was generated, the record last. */
export const memoryPaths = (generated: GeneratedFiles): string[] => [...[...generated.keys()].map(keptAs), recordFile];

/** The files that remember what was generated, the record last: path and contents. */
export function writeMemory(
  generated: GeneratedFiles,
  { version, prefix, answers }: Omit<LastRun, 'pins' | 'layout'>,
): Map<string, string> {
  const checksums = Object.fromEntries([...generated].map(([path, { contents }]) => [path, checksum(contents)]));
  return new Map([
    ...[...generated].map(([path, { contents }]): [string, string] => [keptAs(path), contents]),
    [recordFile, `${JSON.stringify({ version, ...(prefix && { prefix }), ...answers, checksums }, null, 2)}\n`],
  ]);
}
