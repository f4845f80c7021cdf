/** Exit codes of a run, the same under `yo` and `create-minio-stack`. `notAsPromised` is `verify`'s: a check failed. */
export const exitCodes = {
  done: 0,
  failed: 1,
  updateAvailable: 2,
  conflict: 3,
  notAsPromised: 4,
  interrupted: 130,
} as const;

/** Where a person reports an error that nobody foresaw. */
const issues = 'https://github.com/minio-stack/generator-minio-stack/issues';

/**
 * An error that the person at the keyboard can act on. Its message is all they see: the message names the value, the
 * rule and what to do. `code` is the exit code: a number, because `yo` hands it to `process.exit`.
 */
export class StackError extends Error {
  override readonly name = 'StackError';
  readonly code: number;

  constructor(message: string, code: number = exitCodes.failed) {
    super(message);
    this.code = code;
  }
}

/**
 * What a person is shown of an error.
 * @param debug keep the stack of an error that nobody foresaw
 * @returns the error itself, if its message was written for people; else one that names it in one line
 */
export function forPeople(error: unknown, debug: boolean): StackError {
  if (isForPeople(error)) return error;
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  if (debug) return new StackError(stack ?? message);
  const line = message.split('\n')[0];
  return new StackError(
    `This should not have happened: ${line}\nPlease report it with the output of the same command and --debug: ${issues}`,
  );
}

/** Whether an error's message was written for people. An interrupted prompt's error is one by its name only, see `interrupted`. */
const isForPeople = (error: unknown): error is StackError => error instanceof Error && error.name === 'StackError';

/** Runs what touches the disk; an error of the operating system becomes a StackError. */
export function systemErrorsExplained<Result>(touchDisk: () => Result): Result {
  try {
    return touchDisk();
  } catch (error) {
    throw explained(error);
  }
}

/**
 * An error of the operating system as a StackError, and every other error as it is. The `code` of a system error is a
 * string, with which `yo` would crash in `process.exit`.
 */
export function explained(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? new StackError(message) : error;
}
