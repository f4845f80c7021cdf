import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dockerEngine, type Engine } from '../../render-simulator/engine.ts';
import { type Need, program, root } from '../../support/needs.ts';

/** A Docker engine that belongs to a test alone. */
export interface Docker {
  engine: Engine;
  /** The Unix socket that leads to a port of the engine's localhost. */
  socketOf(port: number): string;
  /** Ends the engine with all of its containers, and removes all that it has. */
  stop(): Promise<void>;
}

// --kill-child: whatever ends `unshare` ends every process in there, the containers too.
const ownNamespaces = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
const plugins = ['docker-compose', 'docker-buildx'];

/** What an engine of our own needs. */
export const dockerNeeds: Need[] = [
  root,
  program('dockerd'),
  program('docker'),
  ...plugins.map((name) => ({ what: name, isThere: program(name).isThere || isInstalledPlugin(name) })),
  { what: 'the right to make namespaces and firewall rules', isThere: canMakeNamespaces() },
];

function isInstalledPlugin(name: string): boolean {
  return spawnSync('docker', [name.replace('docker-', ''), 'version']).status === 0;
}

function canMakeNamespaces(): boolean {
  const [first = '', ...rest] = ownNamespaces;
  return spawnSync(first, [...rest, 'iptables', '--table', 'nat', '--list']).status === 0;
}

/**
 * Starts an engine in namespaces of its own: its ports, firewall rules, mounts and processes meet nobody else's.
 * @param ports of its localhost, where the test wants to connect
 */
export async function startDocker(ports: number[]): Promise<Docker> {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-docker-'));
  const cgroup = basename(folder);
  const socket = join(folder, 'docker.sock');
  const daemon = startDaemon(folder, ports, {
    hosts: [`unix://${socket}`],
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'exec'),
    pidfile: join(folder, 'pid'),
    'cgroup-parent': `/${cgroup}`,
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    'shutdown-timeout': 5,
  });
  const stop = async () => {
    await stopDaemon(daemon);
    removeCgroups(cgroup);
    rmSync(folder, { recursive: true });
  };
  const engine = dockerEngine({ DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: clientSettings(folder) });
  try {
    await untilItAnswers(engine, daemon);
  } catch (error) {
    const log = readFileSync(join(folder, 'log'), 'utf8');
    await stop();
    throw new Error(`${error}:\n${log.slice(-2000)}`);
  }
  return { engine, socketOf: (port) => join(folder, String(port)), stop };
}

function startDaemon(folder: string, ports: number[], settings: object): ChildProcess {
  const file = join(folder, 'daemon.json');
  writeFileSync(file, JSON.stringify(settings));
  const log = openSync(join(folder, 'log'), 'w');
  const script = `mount -t tmpfs tmpfs /run
    ip link set lo up
    "$@" &
    exec dockerd --config-file "$0"`;
  const forward = [
    process.execPath,
    fileURLToPath(new URL('forward.ts', import.meta.url)),
    folder,
    ...ports.map(String),
  ];
  // --pdeathsig: a test run that is killed leaves nothing behind.
  const args = ['--pdeathsig', 'KILL', ...ownNamespaces, 'sh', '-euc', script, file, ...forward];
  return spawn('setpriv', args, { stdio: ['ignore', log, log] });
}

/** The folder of the client's settings, with the plugins that are on the PATH. */
function clientSettings(folder: string): string {
  const settings = join(folder, 'client');
  mkdirSync(join(settings, 'cli-plugins'), { recursive: true });
  for (const name of plugins) {
    const onPath = (process.env.PATH ?? '').split(delimiter).map((each) => join(each, name));
    const path = onPath.find((each) => existsSync(each));
    if (path) symlinkSync(path, join(settings, 'cli-plugins', name));
  }
  return settings;
}

async function untilItAnswers(engine: Engine, daemon: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (daemon.exitCode !== null) throw new Error(`dockerd ended with ${daemon.exitCode}`);
    if ((await engine.try(['info'])).status === 0) return;
    await sleep(100);
  }
  throw new Error('dockerd does not answer');
}

async function stopDaemon(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null) return;
  const ended = once(daemon, 'exit');
  // dockerd is the only child of `unshare`, which passes no signal on. In order: it removes its containers' cgroups.
  const dockerd = readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8');
  process.kill(Number(dockerd), 'SIGTERM');
  const killing = setTimeout(() => daemon.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(killing);
}

/** Removes what the engine leaves: empty, in each hierarchy of version 1 or in the one of version 2. */
function removeCgroups(name: string): void {
  const all = '/sys/fs/cgroup';
  for (const hierarchy of ['.', ...readdirSync(all)]) {
    const path = join(all, hierarchy, name);
    if (existsSync(path)) rmdirSync(path);
  }
}
