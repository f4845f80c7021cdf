import { execFileSync } from 'node:child_process';
import { environment } from './program.ts';

/** A program on a terminal of 100 columns, which tmux makes; typed to and read by the test. */
export class Terminal {
  /** A tmux server of its own: nothing else on the machine is touched. */
  readonly #socket: string;
  readonly #env: NodeJS.ProcessEnv;

  /**
   * @param command for a POSIX shell; how it ended is shown as `code=0`
   * @param cwd where it runs; the server's socket is made beside it
   */
  constructor(command: string, cwd: string, surroundings: Parameters<typeof environment>[0]) {
    this.#socket = `${cwd}.tmux`;
    // The server keeps the environment of the client that starts it.
    this.#env = { ...environment(surroundings), TERM: 'xterm-256color' };
    const shell = `${command}; echo code=$?; exec sleep 600`;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '100', '-c', cwd, shell);
  }

  /** Types text to the letter. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  /** Presses keys by tmux's names: Enter, Down, BSpace, C-c. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /** What is to be seen. */
  screen(): string {
    return this.#tmux('capture-pane', '-p').trimEnd();
  }

  /** The same with the escape sequences of its colours. */
  screenWithColours(): string {
    return this.#tmux('capture-pane', '-p', '-e').trimEnd();
  }

  /** Ends the program, whatever it does. */
  close(): void {
    this.#tmux('kill-server');
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-u', '-S', this.#socket, ...args], { env: this.#env, encoding: 'utf8' });
  }
}
