import type { Given } from './answers.ts';
import { StackError } from './errors.ts';
import { answerNames } from './questions.ts';

/** The file in which Yeoman generators keep their answers, each under its package's name. */
export const stateFile = '.yo-rc.json';
const generatorName = 'generator-minio-stack';

/**
 * The stored answers of an earlier run; unjudged, like every value from outside.
 * @param contents the state file's text, undefined when there is none
 * @throws {StackError} when the file is not what a generator wrote
 */
export function readState(contents: string | undefined): Given {
  const { [generatorName]: own = {} } = parse(contents);
  if (!isObject(own)) throw damaged(`"${generatorName}" must be an object`);
  return Object.fromEntries(answerNames.filter((name) => Object.hasOwn(own, name)).map((name) => [name, own[name]]));
}

/**
 * The state file's new text. What other generators keep in it stays as it is.
 * @param stored the answers to remember
 * @param version this generator's version
 */
export function writeState(contents: string | undefined, stored: Record<string, unknown>, version: string): string {
  return `${JSON.stringify({ ...parse(contents), [generatorName]: { version, ...stored } }, null, 2)}\n`;
}

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
  new StackError(`${stateFile} can't be read: ${why}. Repair it, or remove it to answer the questions again.`);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
