import { StackError } from '../errors.ts';
import { plain } from '../merge/text-style.ts';
import { checksum } from '../repository/checksum.ts';
import type { DiskFile } from '../repository/files.ts';
import type { GeneratedFiles } from '../templates/generate-files.ts';
import { asState, type State } from './state-file.ts';

/** Where the last pristine rendering is kept: the base of the next three-way merge. */
export const baseFolder = '.minio-stack/base';
/**
 * What was rendered last: version and answers, which people edit in `.yo-rc.json` and lose there, and a checksum of each
 * file of the base, so that one that was edited, by a search-and-replace over the repository say, is not believed.
 */
export const recordFile = '.minio-stack/rendering.json';

/** Files that git reads by name are kept under another one, so that no tool takes a copy for the real thing. */
export const keptAs = (path: string) => `${baseFolder}/${path.replace(/(^|\/)\.git(ignore|attributes)$/, '$1_git$2')}`;
const keptFrom = (kept: string) =>
  kept.slice(baseFolder.length + 1).replace(/(^|\/)_git(ignore|attributes)$/, '$1.git$2');

/** The last rendering, and the paths whose memory was changed by something else and is not used. */
export interface Base {
  files: Map<string, string>;
  changed: string[];
}

/**
 * The answers with which the repository was rendered last.
 * @param contents the record's text, undefined when there is none
 * @param version this generator's version
 * @throws {StackError} when it can't be read, or is a newer version's
 */
export function readRecord(file: DiskFile | undefined, version: string): State {
  return asState(parse(file), recordFile, version);
}

/**
 * @param disk the files of the base folder and the record, by their paths in the repository
 * @param rendering what is rendered now: a memory that equals it is right in any case; an interrupted run leaves such
 */
export function readBase(disk: ReadonlyMap<string, DiskFile>, rendering: GeneratedFiles): Base {
  const checksums = Object(parse(disk.get(recordFile))?.checksums);
  const kept = [...disk].filter(([path]) => path.startsWith(`${baseFolder}/`));
  const all = kept.map(([path, file]): [string, string] => [
    keptFrom(path),
    plain(file.kind === 'text' ? file.text : ''),
  ]);
  const isRight = ([path, text]: [string, string]) =>
    rendering.get(path)?.contents === text || checksums[path] === checksum(text);
  return { files: new Map(all.filter(isRight)), changed: all.filter((each) => !isRight(each)).map(([path]) => path) };
}

/** The files that remember a rendering, the record last: path and contents. */
export function writeMemory(
  rendering: GeneratedFiles,
  answers: Record<string, unknown>,
  version: string,
): Map<string, string> {
  const checksums = Object.fromEntries([...rendering].map(([path, { contents }]) => [path, checksum(contents)]));
  return new Map([
    ...[...rendering].map(([path, { contents }]): [string, string] => [keptAs(path), contents]),
    [recordFile, `${JSON.stringify({ version, ...answers, checksums }, null, 2)}\n`],
  ]);
}

function parse(file: DiskFile | undefined): Record<string, unknown> | undefined {
  if (file === undefined) return undefined;
  try {
    return Object(JSON.parse(file.kind === 'text' ? file.text : ''));
  } catch (error) {
    const why = (error as Error).message;
    throw new StackError(
      `${recordFile} can't be read: ${why}. Restore it, or remove .minio-stack to be asked about each file that differs.`,
    );
  }
}
