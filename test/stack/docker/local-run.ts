import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type ClientRequest, type RequestOptions, request } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { consoleImage, serverImage } from '../../../src/answers/images.ts';
import { type Engine, findEngine } from '../../render-simulator/engine.ts';
import { type Finished, run, runOrThrow } from '../../render-simulator/run.ts';
import { codeBlock } from '../../support/documents.ts';
import { emptyFolder, generate } from '../../support/generate.ts';
import { fillInSecrets, standInsFile, withoutSecrets } from '../compose/compose.ts';
import { replacements } from '../images/images.ts';
import { startDocker } from './engine.ts';

/** A generated repository on a developer's machine with Docker. */
export interface LocalRun {
  folder: string;
  secrets: { MINIO_ROOT_PASSWORD: string; MINIO_APP_SECRET_KEY: string };
  /** Runs the README's command that starts it, in a terminal of its own. */
  up(): Terminal;
  /** Runs `docker` in the repository, whatever its status is. */
  docker(...args: string[]): Promise<Finished>;
  /** What `docker inspect` says about the container of a service. */
  inspect(service: string): Promise<Container>;
  /** A request to the local run, which the caller ends. */
  request(url: string, options?: RequestOptions): ClientRequest;
  /** Stops everything, and deletes it. */
  remove(): Promise<void>;
}

export interface Container {
  State: { Health: { Status: string } };
  HostConfig: { ReadonlyRootfs: boolean; CapDrop: string[]; CapAdd: string[] | null; SecurityOpt: string[] };
}

/** A command in the foreground. */
export interface Terminal {
  /** Presses Ctrl-C. */
  interrupt(): void;
  /** What it printed, once it has ended. */
  ended: Promise<string>;
}

/** Generates a repository, and does what the README says up to the command that starts it. */
export async function localRun(ports: number[]): Promise<LocalRun> {
  const folder = emptyFolder();
  await generate(folder, { options: { yes: true } });
  const docker = await startDocker(ports);
  const standIns = standInsFile(folder, await loadPinnedImages(docker.engine));
  const env = { ...withoutSecrets(), ...docker.engine.environment, COMPOSE_FILE: `compose.yaml:${standIns}` };
  const { first, last } = readmeCommands(folder);
  await runOrThrow('bash', ['-euc', first], { cwd: folder, env });
  const secrets = { MINIO_ROOT_PASSWORD: secret(), MINIO_APP_SECRET_KEY: secret() };
  fillInSecrets(folder, secrets);
  const inRepository = (...args: string[]) => run('docker', args, { cwd: folder, env });
  return {
    folder,
    secrets,
    up: () => terminal(spawn('bash', ['-c', `exec 2>&1\n${last}`], { cwd: folder, env, detached: true })),
    docker: inRepository,
    inspect: async (service) => {
      const { stdout } = await inRepository('compose', 'ps', '--all', '--quiet', service);
      return JSON.parse(await docker.engine.do(['inspect', stdout.trim()]))[0];
    },
    request: (url, options = {}) => {
      const { host, port, pathname, search } = new URL(url);
      const headers = { host, ...options.headers };
      const socketPath = docker.socketOf(Number(port));
      return request({ agent: false, ...options, socketPath, path: pathname + search, headers });
    },
    remove: async () => {
      await docker.stop();
      rmSync(dirname(folder), { recursive: true });
    },
  };
}

/** The commands of the README's local run: the last one stays in the foreground. */
function readmeCommands(folder: string): { first: string; last: string } {
  const lines = codeBlock(folder, 'bash', 'cp .env.example .env').trimEnd().split('\n');
  return { first: lines.slice(0, -1).join('\n'), last: lines.at(-1) ?? '' };
}

/** Brings what the other engine has in place of the pinned images; returns the build contexts. */
async function loadPinnedImages(docker: Engine): Promise<Map<string, string>> {
  const other = await findEngine();
  if (!other) throw new Error('no container engine answers');
  const replaced = await replacements(other);
  const contexts = new Map<string, string>();
  for (const [name, image] of Object.entries({ server: serverImage, console: consoleImage })) {
    const archive = join(docker.environment.DOCKER_CONFIG ?? '', `${name}.tar`);
    const id = await other.do(['image', 'inspect', '--format', '{{.Id}}', replaced.get(image) ?? image]);
    await other.do(['save', '--output', archive, id]);
    const [, loaded = ''] = /Loaded image ID: (\S+)/.exec(await docker.do(['load', '--input', archive])) ?? [];
    await docker.do(['tag', loaded, `localhost/pinned/${name}`]);
    contexts.set(image, docker.asContext(`localhost/pinned/${name}`));
  }
  return contexts;
}

/** Of a program that leads a process group, as a command in a terminal does. */
function terminal(child: ChildProcess): Terminal {
  if (!child.stdout || !child.pid) throw new Error('the command did not start');
  const group = -child.pid;
  return { interrupt: () => process.kill(group, 'SIGINT'), ended: text(child.stdout) };
}

const secret = () => randomBytes(24).toString('hex');
