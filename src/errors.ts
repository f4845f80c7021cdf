/** Exit codes of a run, the same under `yo` and `create-minio-stack`. */
export const exitCodes = { failed: 1, outdated: 2, conflict: 3, interrupted: 130 } as const;

/**
 * An error that the person at the keyboard can act on. Its message is all they see: it names the value, the rule and
 * what to do. `code` is the exit code; it is a number because `yo` hands it to `process.exit`.
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
 * Runs what touches the disk; an error of the operating system becomes a StackError. Its own `code` is a string, with
 * which `yo` would crash in `process.exit`.
 */
export function systemErrorsExplained<Result>(touchDisk: () => Result): Result {
  try {
    return touchDisk();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw typeof code === 'string' ? new StackError(message) : error;
  }
}

/**
 * Ctrl-C at a prompt, or a terminal that went away. Yeoman ends the run with this very error, so it is told its message
 * and exit code rather than replaced.
 * @throws always
 */
export function interrupted(error: Error): never {
  if (error.name !== 'ExitPromptError') throw error;
  throw Object.assign(
    error,
    error.message.includes('SIGINT')
      ? { code: exitCodes.interrupted, message: 'Interrupted. Nothing was written.' }
      : { code: exitCodes.failed, message: 'The input ended before every question was answered. Nothing was written.' },
  );
}
