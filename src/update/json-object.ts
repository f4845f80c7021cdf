import { StackError } from '../errors.ts';
import { hasMarkers } from '../merge/conflict-markers.ts';
import type { DiskFile } from '../repository/files.ts';

/** A file that remembers something in JSON, and what a person does when the file is lost. */
export interface Remembering {
  path: string;
  /** A sentence: what to do when nothing in the file is worth keeping. */
  otherwise: string;
}

/**
 * The object in a JSON file.
 * @returns undefined when there is no file
 * @throws {StackError} saying what is wrong with the file, and the way on
 */
export function readObject(
  file: DiskFile | undefined,
  { path, otherwise }: Remembering,
): Record<string, unknown> | undefined {
  if (file === undefined) return undefined;
  const damaged = (why: string) => new StackError(`${path} can't be read: ${why}. ${otherwise}`);
  if (file.kind === 'binary') throw damaged('it is not UTF-8 text');
  const text = file.text.replace(/^\uFEFF/, '');
  if (text.trim() === '') throw damaged('it is empty');
  if (hasMarkers(text)) throw new StackError(mergeFirst(path));
  const value = parse(text, damaged);
  if (!isObject(value)) throw damaged('it must hold an object: { … }');
  return value;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string, damaged: (why: string) => StackError): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser quotes the file, line breaks included.
    const why = (error as Error).message.replaceAll(/\s+/g, ' ');
    throw damaged(`${why} (JSON has no comments, and no comma after the last entry)`);
  }
}

/** What to do when git merged two branches that were both updated. */
const mergeFirst = (path: string) =>
  [
    `${path} has git's conflict markers: two branches changed it. Take the side with the newer version, then run this again:`,
    '  git checkout --theirs -- .yo-rc.json .minio-stack',
    'The other side is --ours. After the merge, name a branch instead: git checkout BRANCH -- .yo-rc.json .minio-stack',
  ].join('\n');
