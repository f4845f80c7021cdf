import { posix } from 'node:path';
import { type AnswerName, answerNames } from '../answers/questions.ts';
import { StackError } from '../errors.ts';
import type { GeneratedFiles } from '../templates/generate-files.ts';
import { isObject } from './json-object.ts';

/** How a repository that was there before differs from one that was generated into an empty folder. */
export interface Layout {
  /** Where a generated file is, by its usual path; null: the file is not written, because another one is in its place. */
  places: Readonly<Record<string, string | null>>;
  /** Answers that the repository does not tell, so that no run stores one: the disk's size, where only Render knows it. */
  unsaid: readonly AnswerName[];
}

/** A repository that was generated into an empty folder. */
export const usualLayout: Layout = { places: {}, unsaid: [] };

/** A generated file's path in the repository; undefined where the file is not written. */
export const placeOf = ({ places }: Layout, path: string): string | undefined =>
  Object.hasOwn(places, path) ? (places[path] ?? undefined) : path;

/** The usual path of a file in the repository: it tells what the file is. */
export const usualPath = ({ places }: Layout, path: string): string =>
  Object.keys(places).find((usual) => places[usual] === path) ?? path;

/** The generated files by their paths in the repository. */
export function placed(files: GeneratedFiles, layout: Layout): GeneratedFiles {
  const there = [...files].flatMap(([path, file]) => {
    const place = placeOf(layout, path);
    return place === undefined ? [] : [[place, file] as const];
  });
  return new Map(there.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The layout as it is stored: nothing where nothing is unusual. */
export function storedLayout({ places, unsaid }: Layout): Record<string, unknown> {
  return {
    ...(Object.keys(places).length > 0 && { places }),
    ...(unsaid.length > 0 && { unsaid }),
  };
}

/**
 * Reads a layout back.
 * @param file the path of the file that has it, for the message
 * @throws {StackError} where it is none: a path may not lead out of the repository
 */
export function readLayout({ places = {}, unsaid = [] }: Record<string, unknown>, file: string): Layout {
  if (!isObject(places) || !Object.values(places).every((place) => place === null || isPathWithin(place)))
    throw new StackError(`${file} can't be read: "places" must hold paths within the repository, or null.`);
  if (!Array.isArray(unsaid)) throw new StackError(`${file} can't be read: "unsaid" must be a list of answers.`);
  return { places: places as Layout['places'], unsaid: answerNames.filter((name) => unsaid.includes(name)) };
}

const isPathWithin = (path: unknown): boolean =>
  typeof path === 'string' &&
  path !== '' &&
  posix.normalize(path) === path &&
  !/^(?:\/|\.\.(?:\/|$))|\\|^\.$/.test(path);
