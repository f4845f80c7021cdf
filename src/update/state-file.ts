import { isDeepStrictEqual } from 'node:util';
import { type AnswerName, answerNames, imageNames } from '../answers/questions.ts';
import type { Given } from '../answers/resolve-answers.ts';
import { StackError } from '../errors.ts';
import { styled, styleOf } from '../merge/text-style.ts';
import type { DiskFile } from '../repository/files.ts';
import { compareVersions } from './changelog.ts';
import { isObject, readObject } from './json-object.ts';
import { type Layout, readLayout, usualLayout } from './layout.ts';

/** The file in which Yeoman generators keep their answers, each under its package's name. */
export const stateFile = '.yo-rc.json';
const generatorName = 'generator-minio-stack';
const remembering = {
  path: stateFile,
  otherwise: 'Repair it, or remove it: the answers are in .minio-stack as well.',
};

/** What a repository remembers of the last run. */
export interface State {
  /** The version that wrote it; undefined where there is no state. */
  version: string | undefined;
  /** The stored answers. Like every value from outside, they are not validated yet. */
  answers: Given;
  /** Images that were looked up in their registry, by answer. */
  pins: Given;
  layout: Layout;
}

/**
 * What the state file remembers.
 * @param file undefined when there is none
 * @param version this generator's version
 * @throws {StackError} when the file is not what a generator wrote, or a newer version than this one wrote it
 */
export function readState(file: DiskFile | undefined, version: string): State {
  const own = readObject(file, remembering)?.[generatorName];
  if (own !== undefined && !isObject(own))
    throw new StackError(`${stateFile} can't be read: "${generatorName}" must be an object. ${remembering.otherwise}`);
  return asState(own, stateFile, version);
}

/**
 * A remembered version with its answers.
 * @param own what a file says of them, undefined when it says nothing
 * @param file the path of that file, for the message
 * @throws {StackError} when a newer version than this one wrote it
 */
export function asState(own: Record<string, unknown> | undefined, file: string, version: string): State {
  if (own === undefined) return { version: undefined, answers: {}, pins: {}, layout: usualLayout };
  const writer = typeof own.version === 'string' && /^\d+\.\d+\.\d+/.test(own.version) ? own.version : '0.0.0';
  if (compareVersions(writer, version) > 0) {
    throw new StackError(
      `${file} was written by version ${writer}, but this is ${version}. An older version would undo newer images and fixes. Run the newest version: npm init minio-stack@latest`,
    );
  }
  const { pins = {} } = own;
  if (!isObject(pins)) throw new StackError(`${file} can't be read: "pins" must be an object. Remove "pins".`);
  return {
    version: writer,
    answers: knownIn(withUpdates(own), answerNames),
    pins: knownIn(pins, imageNames),
    layout: readLayout(own, file),
  };
}

/**
 * Version 0.1.0 asked for `dependabot`, on by default, and for `updateWorkflow`. Whoever had switched the first off and not
 * the second on wants no pull requests.
 */
const withUpdates = ({ dependabot, updateWorkflow, ...others }: Record<string, unknown>) =>
  dependabot === false && updateWorkflow !== true ? { updates: 'none', ...others } : others;

const knownIn = (values: Record<string, unknown>, names: AnswerName[]): Given =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]]));

/**
 * The new text of the state file. What other generators keep in the file stays as it is. If the file says the same already,
 * its text stays to the byte.
 * @param file the state file as it is, undefined when there is none
 * @param answers the answers to remember
 * @param version this generator's version
 */
export function writeState(file: DiskFile | undefined, answers: Record<string, unknown>, version: string): string {
  const before = readObject(file, remembering);
  const state = { ...before, [generatorName]: { version, ...answers } };
  const text = `${JSON.stringify(state, null, 2)}\n`;
  if (file?.kind !== 'text') return text;
  return isDeepStrictEqual(before, JSON.parse(text)) ? file.text : styled(text, styleOf(file.text));
}
