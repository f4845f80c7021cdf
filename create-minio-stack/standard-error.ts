import { fstatSync, writeSync } from 'node:fs';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/**
 * Whether standard error is a pipe, a socket or a file: none of them shows colours or needs Node's stream, which takes 7 ms
 * to load for a pipe.
 */
const isPlain = !process.env.FORCE_COLOR && !fstatSync(2).isCharacterDevice();

/** Whether Node's stream has something that was not printed yet: what comes after it has to wait for its turn. */
let streams = !isPlain;

/** Prints a text for a person, with a line break at its end. */
export function print(text: string): void {
  if (streams) {
    console.error(text);
    return;
  }
  const bytes = Buffer.from(`${text}\n`);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(2, bytes, written);
  } catch (error) {
    // The pipe is full, and another process has made it non-blocking: the stream waits.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    process.stderr.write(bytes.subarray(written));
    streams = true;
  }
}

/** Colours a text for a terminal that shows colours. */
export const coloured = (style: Style, text: string): string =>
  isPlain ? text : styleText(style, text, { stream: process.stderr });
