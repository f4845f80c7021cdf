import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits } from './blueprint.ts';
import type { Engine } from './engine.ts';
import type { Finished } from './run.ts';

export interface InstanceSpec {
  /** The container's name, for this instance alone. */
  name: string;
  image: string;
  environment: Record<string, string>;
  limits: Limits;
  network?: { name: string; alias: string; address: string };
  /** A volume and where it is mounted. */
  disk?: { volume: string; mountPath: string; readOnly: boolean };
  /** What a shell runs in place of the image's entrypoint and command. */
  command?: string | undefined;
  /** Further arguments of the engine's `run`. */
  extra?: string[];
  labels: string[];
}

/** How an instance ended. */
export interface Ended {
  status: number;
  /** Both streams of the log. */
  log: string;
  /** From its start, or from the signal that ended it. */
  seconds: number;
}

/** One running container of a service. */
export class Instance {
  readonly name: string;
  readonly address: string;
  /** Milliseconds since the epoch, from before the engine was asked to start it. */
  readonly started: number;
  /** Settles with the exit status when the container ends by whatever cause. */
  readonly exited: Promise<number>;
  readonly #engine: Engine;

  private constructor(engine: Engine, spec: InstanceSpec, started: number) {
    this.#engine = engine;
    this.name = spec.name;
    this.address = spec.network?.address ?? '';
    this.started = started;
    this.exited = engine.try(['wait', spec.name]).then(({ stdout }) => Number(stdout.trim() || 137));
  }

  static async start(engine: Engine, spec: InstanceSpec): Promise<Instance> {
    const { network, disk, limits } = spec;
    const memory = `${limits.megabytes}m`;
    const args = [
      ...['run', '--detach', '--platform', 'linux/amd64', '--pull', 'never', '--name', spec.name],
      ...spec.labels.flatMap((label) => ['--label', label]),
      ...(network ? ['--network', network.name, '--network-alias', network.alias, '--ip', network.address] : []),
      ...['--memory', memory, '--memory-swap', memory, ...(limits.cpus ? ['--cpus', String(limits.cpus)] : [])],
      ...(limits.cores ? ['--cpuset-cpus', limits.cores] : []),
      ...(limits.congestionControl ? ['--sysctl', `net.ipv4.tcp_congestion_control=${limits.congestionControl}`] : []),
      ...(disk ? ['--volume', `${disk.volume}:${disk.mountPath}${disk.readOnly ? ':ro' : ''}`] : []),
      // Values come from the engine's own environment, so that none of them stands in arguments on this side.
      ...Object.keys(spec.environment).flatMap((name) => ['--env', name]),
      ...(spec.extra ?? []),
      ...(spec.command ? ['--entrypoint', 'sh', spec.image, '-c', `exec ${spec.command}`] : [spec.image]),
    ];
    const started = Date.now();
    await engine.do(args, spec.environment);
    return new Instance(engine, spec, started);
  }

  /** What it has printed so far, both streams. */
  async log(): Promise<string> {
    const { stdout, stderr } = await this.#engine.try(['logs', this.name]);
    return stdout + stderr;
  }

  /** Waits until the log matches. Throws with the log when it ends before that, or after so many seconds. */
  async logged(pattern: RegExp, seconds = 60): Promise<string> {
    const deadline = Date.now() + seconds * 1000;
    for (let ended = false; ; ended = await this.hasEnded()) {
      const log = await this.log();
      if (pattern.test(log)) return log;
      if (ended || Date.now() > deadline) throw new Error(`${this.name} never logged ${pattern}:\n${log}`);
      await sleep(50);
    }
  }

  hasEnded(): Promise<boolean> {
    return Promise.race([this.exited.then(() => true), sleep(1, false)]);
  }

  /** Runs a program in the container. */
  exec(args: string[], input = ''): Promise<Finished> {
    return this.#engine.try(['exec', '--interactive', this.name, ...args], {}, input);
  }

  /** Sends a signal to PID 1. */
  async signal(name: 'TERM' | 'KILL' | 'INT' | 'STOP'): Promise<void> {
    await this.#engine.try(['kill', '--signal', name, this.name]);
  }

  /** Waits for the end. Throws when it is still running after so many seconds. */
  async ended(seconds = 60, since = this.started): Promise<Ended> {
    const status = await Promise.race([this.exited, sleep(seconds * 1000, undefined, { ref: false })]);
    if (status === undefined) throw new Error(`${this.name} still runs after ${seconds} s:\n${await this.log()}`);
    return { status, seconds: (Date.now() - since) / 1000, log: await this.log() };
  }

  /** What Render does to stop it: SIGTERM to PID 1, the delay, SIGKILL. */
  async stop(delaySeconds: number): Promise<Ended> {
    const since = Date.now();
    await this.signal('TERM');
    await Promise.race([this.exited, sleep(delaySeconds * 1000, undefined, { ref: false })]);
    if (!(await this.hasEnded())) await this.signal('KILL');
    return this.ended(10, since);
  }

  /** The status of Render's health check: a GET that is answered within five seconds, or undefined. */
  health(port: number, path: string): Promise<number | undefined> {
    return new Promise((resolve) => {
      const check = request({ host: this.address, port, path, timeout: 5000, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      check.on('timeout', () => check.destroy());
      check.on('error', () => resolve(undefined));
      check.end();
    });
  }

  /** The process ids of all that runs in the container, as this machine sees them. */
  async processes(): Promise<number[]> {
    const { stdout } = await this.#engine.try(['top', this.name, ...(this.#engine.name === 'podman' ? ['hpid'] : [])]);
    return [...stdout.matchAll(/^\D*?(\d+)/gm)].map(([, id]) => Number(id));
  }

  /** How often the kernel has killed a process of the container for want of memory. */
  async outOfMemoryKills(): Promise<number> {
    const shell = 'cat /sys/fs/cgroup/memory.events 2>/dev/null || cat /sys/fs/cgroup/memory/memory.oom_control';
    const { stdout } = await this.exec(['sh', '-c', shell]);
    const [, count] = /^oom_kill (\d+)$/m.exec(stdout) ?? [];
    if (count === undefined) throw new Error(`the kernel counts no kills: ${stdout}`);
    return Number(count);
  }

  async remove(): Promise<void> {
    await this.#engine.try(['rm', '--force', '--volumes', this.name]);
  }
}
