import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Finished, run, runOrThrow } from './run.ts';

/** The container engine: Podman or Docker, whichever answers. Both are driven by their command line. */
export interface Engine {
  name: 'podman' | 'docker';
  /** Variables that it needs beside this process' own, for programs that start it. */
  environment: Record<string, string>;
  /** Runs a command of the engine, whatever its status is. `environment` is what `--env NAME` and `--build-arg NAME` take values from. */
  try(args: string[], environment?: Record<string, string>, input?: string): Promise<Finished>;
  /** Runs a command of the engine that has to succeed; returns what it printed, without the last line break. */
  do(args: string[], environment?: Record<string, string>): Promise<string>;
  /** How a local image is named where a build context stands for a pinned image (`--build-context`). */
  asContext(image: string): string;
}

/** The engine that answers, or undefined. A client without its daemon, as on some machines, is none. */
export async function findEngine(): Promise<Engine | undefined> {
  for (const name of ['podman', 'docker'] as const) {
    if (!isOnPath(name)) continue;
    const environment = name === 'podman' ? podmanSettings() : {};
    const { status } = await run(name, ['info'], { env: { ...process.env, ...environment }, timeout: 30 });
    if (status === 0) return engine(name, environment);
  }
  return undefined;
}

/** The Docker engine to which these variables lead. */
export const dockerEngine = (environment: Record<string, string>): Engine => engine('docker', environment);

function engine(name: 'podman' | 'docker', settings: Record<string, string>): Engine {
  const options = (environment: Record<string, string> = {}) => ({
    env: { ...process.env, ...settings, ...environment },
  });
  return {
    name,
    environment: settings,
    try: (args, environment, input = '') => run(...inTurn(name, args), { ...options(environment), input }),
    do: async (args, environment) => (await runOrThrow(...inTurn(name, args), options(environment))).trimEnd(),
    asContext: (image) => `${name === 'podman' ? 'container-image' : 'docker-image'}://${image}`,
  };
}

/**
 * A build by Podman looks at the layers of every image. It fails with "layer not known" when another process removes
 * one of them meanwhile. So a removal waits for the builds of all processes, and they wait for it.
 */
function inTurn(name: string, args: string[]): [string, string[]] {
  const lock = args[0] === 'build' ? '--shared' : args[0] === 'rmi' ? '--exclusive' : undefined;
  if (name !== 'podman' || !lock || !isOnPath('flock')) return [name, args];
  return ['flock', ['--close', lock, join(ownFolder(), 'images.lock'), name, ...args]];
}

/** A folder outside the checkout, for all processes of this user. */
function ownFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'render-simulator');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Podman 4 of Debian 12 wants a file descriptor and process limit that a small machine doesn't grant, and an OCI runtime
 * and a network stack by name. A configuration that is there already is left alone.
 */
function podmanSettings(): Record<string, string> {
  if (process.env.CONTAINERS_CONF || existsSync('/etc/containers/containers.conf')) return {};
  const runtime = isOnPath('crun') ? [] : ['[engine]', 'runtime = "runc"'];
  const network = existsSync('/usr/lib/podman/netavark') ? ['[network]', 'network_backend = "netavark"'] : [];
  const limits = ['[containers]', `default_ulimits = ["nofile=${openFiles()}", "nproc=4096:4096"]`];
  const path = join(ownFolder(), 'containers.conf');
  // Another process may read it at this moment.
  const unfinished = `${path}-${process.pid}`;
  writeFileSync(unfinished, `${[...runtime, ...network, ...limits].join('\n')}\n`);
  renameSync(unfinished, path);
  return { CONTAINERS_CONF: path };
}

/** This process' own hard limit, as soft and hard limit of the containers. */
function openFiles(): string {
  const [, hard] = /^Max open files +\S+ +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return hard && hard !== 'unlimited' ? `${hard}:${hard}` : '1048576:1048576';
}

const isOnPath = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
