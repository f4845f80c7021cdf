import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

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

/**
 * How Windows starts a program. What npm installs are .cmd files, for which Node wants a shell, and a shell wants quotes.
 * npm itself is started as what it is, a script of the first Node on the PATH.
 */
export function onWindows(command: string, args: string[], { PATH = '' }: NodeJS.ProcessEnv) {
  if (isAbsolute(command)) return { command, args, shell: false };
  if (command !== 'npm') return { command, args: args.map((arg) => `"${arg.replaceAll('"', '""')}"`), shell: true };
  const folderOf = (file: string) => PATH.split(delimiter).find((folder) => existsSync(join(folder, file))) ?? '';
  const script = join(folderOf('npm.cmd'), 'node_modules/npm/bin/npm-cli.js');
  return { command: join(folderOf('node.exe'), 'node.exe'), args: [script, ...args], shell: false };
}

/** Runs a program to its end, without a terminal and without anything on its standard input. */
export function run(command: string, args: string[], { cwd, uid, ...rest }: Surroundings): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = environment(rest);
    const start = process.platform === 'win32' ? onWindows(command, args, env) : { command, args, shell: false };
    const child = spawn(start.command, start.args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
      shell: start.shell,
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
