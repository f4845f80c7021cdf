import { isInCi } from '../../person.ts';

/** A line that says what is tried now, and goes away. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

/** On a terminal one line of standard error, elsewhere nothing. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY || isInCi()) return { show: () => {}, clear: () => {} };
  const write = (text: string) => stream.write(`\r\u001B[K${text}`);
  return {
    // A line that wraps could not be taken away.
    show: (text) => write(text.slice(0, (stream.columns || 80) - 1)),
    clear: () => write(''),
  };
}
