import { exitCodes, StackError } from './errors.ts';

interface Asked {
  /** What the answer is called; Yeoman stores answers under this name. A dot in the name would be a path. */
  name: string;
  message: string;
}

/** A question that is answered with a line of text. */
export interface TextPrompt extends Asked {
  default: string;
  /** Returns what is wrong with a text, or true. */
  validate(text: string): string | true;
}

/** A question whose answer is shown nowhere while it is typed. */
export type SecretPrompt = Asked;

/** A question that is answered by choosing from a list. */
export interface ListPrompt extends Asked {
  choices: { name: string; value: string }[];
  /** The choice that is marked first. */
  default?: string;
}

/** Somebody at a terminal. A prompt rejects with an `ExitPromptError` when they press Ctrl-C, or the terminal goes away. */
export interface Person {
  input(prompt: TextPrompt): Promise<string>;
  select(prompt: ListPrompt): Promise<string>;
  show(text: string): void;
  /** Lets the person edit a text in their editor. */
  edit(path: string, text: string): Promise<Edited>;
}

/** Whether a CI service runs this: its container may have a terminal, but nobody is there. */
export const isInCi = (): boolean => !['', '0', 'false'].includes(process.env.CI ?? '');

/** What came of editing: the text that was saved, or why there is none. */
export type Edited = { kind: 'saved'; text: string } | { kind: 'failed'; why: string };

/**
 * Turns the end of a prompt into an error with its exit code. Yeoman ends the run with this very error object, so the
 * error is changed, not replaced.
 * @throws always
 */
export function interrupted(error: Error): never {
  if (error.name !== 'ExitPromptError') throw error;
  const stopped = error.message.includes('SIGINT')
    ? new StackError('Interrupted. Nothing was written.', exitCodes.interrupted)
    : new StackError('The input ended before every question was answered. Nothing was written.');
  throw Object.assign(error, { name: stopped.name, code: stopped.code, message: stopped.message });
}
