import { isDeepStrictEqual } from 'node:util';
import { answerNames } from '../answers/questions.ts';
import type { Given } from '../answers/resolve-answers.ts';
import { StackError } from '../errors.ts';
import { styled, styleOf } from '../merge/text-style.ts';
import type { DiskFile } from '../repository/files.ts';
import { compareVersions } from './changelog.ts';

/** The file in which Yeoman generators keep their answers, each under its package's name. */
export const stateFile = '.yo-rc.json';
const generatorName = 'generator-minio-stack';

/** What a repository remembers of the last run. */
export interface State {
  /** The version that wrote it; undefined where there is no state. */
  version: string | undefined;
  /** The stored answers; unjudged, like every value from outside. */
  answers: Given;
}

/**
 * @param contents the state file's text, undefined when there is none
 * @param version this generator's version
 * @throws {StackError} when the file is not what a generator wrote, or a newer version than this one wrote it
 */
export function readState(file: DiskFile | undefined, version: string): State {
  const own = parse(textOf(file))[generatorName];
  if (own !== undefined && !isObject(own)) throw damaged(`"${generatorName}" must be an object`);
  return asState(own, stateFile, version);
}

/**
 * A remembered version with its answers.
 * @param file where it stands, for the message
 * @throws {StackError} when a newer version than this one wrote it
 */
export function asState(own: Record<string, unknown> | undefined, file: string, version: string): State {
  if (own === undefined) return { version: undefined, answers: {} };
  const writer = typeof own.version === 'string' && /^\d+\.\d+\.\d+/.test(own.version) ? own.version : '0.0.0';
  if (compareVersions(writer, version) > 0) {
    throw new StackError(
      `${file} was written by version ${writer}, this is ${version}: it would turn newer images and fixes back. Run the newest one, npm init minio-stack@latest.`,
    );
  }
  const answers = answerNames.filter((name) => Object.hasOwn(own, name)).map((name) => [name, own[name]]);
  return { version: writer, answers: Object.fromEntries(answers) };
}

/**
 * The state file's new text. What other generators keep in it stays as it is, and so does how it is written when it says
 * the same already.
 * @param answers the answers to remember
 * @param version this generator's version
 */
export function writeState(file: DiskFile | undefined, answers: Record<string, unknown>, version: string): string {
  const contents = textOf(file);
  const before = parse(contents);
  const state = { ...before, [generatorName]: { version, ...answers } };
  if (contents !== undefined && isDeepStrictEqual(before, JSON.parse(JSON.stringify(state)))) return contents;
  const text = `${JSON.stringify(state, null, 2)}\n`;
  return contents === undefined ? text : styled(text, styleOf(contents));
}

const textOf = (file: DiskFile | undefined) => (file?.kind === 'binary' ? '' : file?.text);

function parse(contents: string | undefined): Record<string, unknown> {
  if (contents === undefined) return {};
  try {
    const state: unknown = JSON.parse(contents.replace(/^\uFEFF/, ''));
    if (!isObject(state)) throw new Error('it must hold an object');
    return state;
  } catch (error) {
    throw damaged((error as Error).message);
  }
}

const damaged = (why: string) =>
  new StackError(
    `${stateFile} can't be read: ${why}. Repair it, or remove it: the answers are in .minio-stack as well.`,
  );

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
