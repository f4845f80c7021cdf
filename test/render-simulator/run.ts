import { type SpawnOptions, spawn } from 'node:child_process';

export interface Finished {
  /** The exit status; 128 and more when a signal ended the program. */
  status: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions extends Pick<SpawnOptions, 'cwd' | 'env'> {
  /** Written to standard input. */
  input?: string;
  /** Seconds after which the program is killed. */
  timeout?: number;
}

/** Runs a program to its end, whatever its status is. */
export function run(program: string, args: string[], { input = '', timeout, ...options }: RunOptions = {}) {
  return new Promise<Finished>((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: 'pipe' });
    const timer = timeout && setTimeout(() => child.kill('SIGKILL'), timeout * 1000);
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ status: status ?? (signal === 'SIGKILL' ? 137 : 143), ...output });
    });
    // A program that ends without reading its input is no error.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Runs a program that has to succeed, and returns what it printed. */
export async function runOrThrow(program: string, args: string[], options?: RunOptions): Promise<string> {
  const { status, stdout, stderr } = await run(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stderr}${stdout}`);
  return stdout;
}
