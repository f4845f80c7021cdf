import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

/** What is left of a program that has ended. */
export interface Outcome {
  /** null when a signal ended it */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Surroundings {
  cwd: string;
  /** Folders that are searched for programs first: a Node, an installation's `.bin`. */
  path?: string[];
  /** Variables beyond the few that every program gets. */
  env?: NodeJS.ProcessEnv;
  /** Run as this user and group; only root may. */
  uid?: number;
}

/** What programs need of the system; neither npm's nor vitest's own variables, and nothing that switches colours. */
const inherited = ['LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'ComSpec', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA'];

/** The environment of a program of the product; its HOME, if it needs one, is the caller's to give. */
export function environment({ path = [], env = {} }: Pick<Surroundings, 'path' | 'env'>): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(inherited.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : []))),
    PATH: [...path, dirname(process.execPath), process.env.PATH].join(delimiter),
    ...env,
  };
}

/** Runs a program to its end, without a terminal and without anything on its standard input. */
export function run(command: string, args: string[], { cwd, uid, ...rest }: Surroundings): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment(rest),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
      // npm and installed bins are .cmd files there.
      shell: process.platform === 'win32' && command !== process.execPath,
      ...(uid !== undefined && { uid, gid: uid }),
    });
    const outcome: Outcome = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      outcome.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      outcome.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...outcome, code }));
  });
}

/**
 * Runs npm with what the machine has configured: its registry, proxy and certificates.
 * @returns the standard output
 * @throws when npm fails, with what it said
 */
export async function npm(args: string[], cwd: string): Promise<string> {
  // Inside `npm test`, npm tells its children about the outer project.
  const own = /^(npm_(package|lifecycle|command|config_local_prefix)|VITEST|NODE_OPTIONS|NODE_ENV)/;
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !own.test(name) && name.toUpperCase() !== 'PATH'),
  );
  const { code, stdout, stderr } = await run('npm', args, { cwd, env });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} in ${cwd} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}
