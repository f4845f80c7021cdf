import type { ServerCommand } from './found.ts';
import { serverStart } from './minio-commands.ts';
import { type Command, programName } from './shell-words.ts';
import { placeAt, replaceAt, type Splice } from './splices.ts';

/** The program's name in the pinned image. */
const program = 'silo';
/**
 * The entrypoint of MinIO's images and of the pinned one: it translates the first word `minio`, and runs `sh` as it is.
 * https://github.com/pgsty/silo/blob/main/dockerscripts/docker-entrypoint.sh
 */
export const imageEntrypoint = 'docker-entrypoint.sh';

/** `minio` in front of `server`, in a text that holds whole commands: that of a `sh -c`, of a folded scalar. */
const startInText = /(?<![\w./=-])(?:\/[\w./-]*\/)?minio(?=["']?(?:\s|\\\r?\n)+(?:-\S+\s+)*["']?server\b)/g;

/** `minio` becomes the pinned image's program, where a command runs it. */
export function programSplices(file: string, text: string, command: Command): Splice[] {
  const [first] = command;
  const word = serverStart(command)?.program ?? first;
  if (!first || !word || programName(word.text) !== 'minio' || programName(first.text) === imageEntrypoint) return [];
  // A pattern of `case`.
  if (/^\s*\)/.test(text.slice(word.end, word.end + 20))) return [];
  return programAt(file, text, word.start, word.end, word.text);
}

function programAt(file: string, text: string, start: number, end: number, name: string): Splice[] {
  const at = placeAt(text, file, start, end);
  const slice = text.slice(start, end);
  const quote = /^["']/.exec(slice)?.[0] ?? '';
  if (slice === quote + name + quote) return [{ at, to: quote + program + quote }];
  return replaceAt(text, at, startInText, program);
}

/** Whether a command runs the entrypoint, which knows the old name. */
export const isTranslated = (text: string, { at }: ServerCommand): boolean =>
  new RegExp(`^["']?(?:/\\S*/)?${imageEntrypoint}\\s`).test(text.slice(...at.range));

/** The program's name in a `dockerCommand`, which replaces the image's entrypoint: nothing translates it, or adds it. */
export function commandSplices(text: string, { at, program: found }: ServerCommand): Splice[] {
  if (!found) {
    const [bare] = replaceAt(text, at, /(?<![\w./-])server\b/g, `${program} server`);
    return bare && /^["']?$/.test(text.slice(at.range[0], bare.at.range[0])) ? [bare] : [];
  }
  if (programName(found.value) !== 'minio') return [];
  return programAt(at.file, text, ...found.at.range, found.value);
}
