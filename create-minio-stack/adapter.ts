import { createLogger, type TerminalAdapter } from '@yeoman/adapter';
import type {
  InputOutputAdapter,
  ProgressCallback,
  PromptAnswers,
  PromptQuestions,
  QueuedAdapter,
} from '@yeoman/adapter/types';

/** Yeoman's terminal adapter without its cost: prompts are loaded with the first question, and most runs ask none. */
export class LazyAdapter implements QueuedAdapter {
  readonly log = createLogger();
  readonly #controller = new AbortController();
  #terminal: TerminalAdapter | undefined;
  readonly signal = this.#controller.signal;

  constructor() {
    const { log } = this;
    const { error } = log;
    // "An error occured while running minio-stack:app#prompting" says nothing to a person; main() says what happened.
    log.error = (...all: Parameters<typeof error>) =>
      String(all[0]).startsWith('An error occured while running') ? log : error.apply(log, all);
  }

  async prompt<A extends PromptAnswers = PromptAnswers>(
    questions: PromptQuestions<A>,
    answers?: Partial<A>,
  ): Promise<A> {
    const { TerminalAdapter } = await import('./prompts.ts');
    this.#terminal ??= new TerminalAdapter({ log: this.log });
    try {
      return await this.#terminal.prompt(questions, answers);
    } catch (error) {
      // As Yeoman's own adapter does: runGenerator() rejects with the reason of the signal.
      this.abort(error);
      throw error;
    }
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason);
    this.#terminal?.abort(reason);
  }

  close(): void {
    this.abort();
  }

  async queue<T>(task: (adapter: InputOutputAdapter) => PromiseLike<T> | T): Promise<T> {
    return task(this);
  }

  async progress<T>(task: ProgressCallback<T>): Promise<T> {
    return task({ step() {} });
  }
}
