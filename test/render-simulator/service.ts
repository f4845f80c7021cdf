import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Limits, limitsOf, type ServiceSpec } from './blueprint.ts';
import type { Edge } from './edge.ts';
import type { Engine } from './engine.ts';
import type { DashboardValues, Environment } from './environment.ts';
import { type Ended, Instance } from './instance.ts';
import type { Place } from './place.ts';
import type { Finished } from './run.ts';

/** A deploy that never became healthy. Render would keep the version before it, if there was one. */
export class DeployFailed extends Error {
  /** How the instance ended; undefined when it still ran, unhealthy, as the time was over. */
  readonly ended: Ended | undefined;

  constructor(service: string, log: string, ended: Ended | undefined) {
    super(`${service} was not deployed: ${ended ? `it ended with ${ended.status}` : 'it is not healthy'}\n${log}`);
    this.ended = ended;
  }
}

/** What all services of a Blueprint share, and the edge of this one. */
export interface ServiceContext {
  engine: Engine;
  environment: Environment;
  place: Place;
  edge: Edge;
  /** Images that take the place of others (`FROM`). */
  replacements: Map<string, string>;
  /** Instead of the plan's. */
  limits?: Partial<Limits> | undefined;
}

/** What Render would never do to an instance, and a test does. */
interface Odd {
  /** Further arguments of the engine's `run`. */
  extra?: string[];
  readOnlyDisk?: boolean;
}

/** One service of the Blueprint: at most one live instance, behind one edge. */
export class Service {
  /** The private host name, `<name>-<suffix>`. */
  readonly host: string;
  /** The tag of the image that was built last. */
  readonly image: string;
  readonly #context: ServiceContext;
  #spec: ServiceSpec;
  #folder: string;
  #dashboard: DashboardValues = {};
  #live: Instance | undefined;
  #disk: string | undefined;
  #healthFailingSince: number | undefined;

  /** @param folder the repository */
  constructor(spec: ServiceSpec, folder: string, context: ServiceContext) {
    this.#spec = spec;
    this.#folder = folder;
    this.#context = context;
    this.host = context.environment.hostOf(spec);
    this.image = context.place.image(spec.name);
  }

  /** What it is on Render. */
  get spec(): ServiceSpec {
    return this.#spec;
  }

  /** The public URL, without a slash at its end. */
  get url(): string {
    return `https://localhost:${this.#context.edge.port}`;
  }

  /** All variables of the next deploy. */
  get environment(): Record<string, string> {
    return this.#context.environment.of(this.spec, this.#dashboard);
  }

  /** Those of the values that nobody may see. */
  get secrets(): string[] {
    return this.#context.environment.secretsOf(this.spec, this.#dashboard);
  }

  get port(): number {
    return Number(this.environment.PORT);
  }

  /** The live instance. */
  get live(): Instance {
    if (!this.#live) throw new Error(`${this.spec.name} is not deployed`);
    return this.#live;
  }

  /** Sets variables as the Dashboard would; they take effect with the next deploy. Undefined takes one away. */
  set(values: DashboardValues): void {
    this.#dashboard = { ...this.#dashboard, ...values };
  }

  /** From the next build and deploy on it is this, of this repository. */
  apply(spec: ServiceSpec, folder: string): void {
    this.#spec = spec;
    this.#folder = folder;
  }

  /**
   * Builds the image from the repository, as Render does before a deploy: with the environment as build arguments. With
   * `runtime: image` it takes the image that there is.
   */
  async build(): Promise<void> {
    const { engine, replacements } = this.#context;
    const { image } = this.spec;
    if (image) {
      await engine.do(['tag', replacements.get(image.url) ?? image.url, this.image]);
      return;
    }
    const contexts = [...replacements].map(([image, by]) => `${image}=${engine.asContext(by)}`);
    const args = [
      ...(engine.name === 'docker' ? ['buildx', 'build', '--load'] : ['build']),
      ...['--platform', 'linux/amd64', '--tag', this.image, '--file', join(this.#folder, this.spec.dockerfilePath)],
      ...contexts.flatMap((context) => ['--build-context', context]),
      ...Object.keys(this.environment).flatMap((name) => ['--build-arg', name]),
      join(this.#folder, this.spec.dockerContext),
    ];
    await engine.do(args, this.environment);
  }

  /**
   * Deploys the image that was built last: with a disk stop-then-start, otherwise the new instance first. The new one has
   * a new address and the same disk.
   * @returns the instance that is live now
   * @throws DeployFailed, once the instance has ended or was not healthy within so many seconds
   */
  async deploy(values: DashboardValues = {}, seconds = 90): Promise<Instance> {
    this.set(values);
    const before = this.#live;
    if (this.spec.disk) await this.stop();
    const instance = await this.start();
    await this.#untilHealthy(instance, seconds);
    this.#live = instance;
    this.#healthFailingSince = undefined;
    this.#context.edge.route({ address: instance.address, port: this.port });
    if (before && !this.spec.disk) await before.stop(this.#delay);
    return instance;
  }

  /**
   * Starts an instance next to the live one, if there is one, and neither waits for its health nor routes to it.
   * @param values variables for this instance alone
   */
  async start(values: DashboardValues = {}, { extra = [], readOnlyDisk = false }: Odd = {}): Promise<Instance> {
    const { engine, place } = this.#context;
    const environment = this.#context.environment.of(this.spec, { ...this.#dashboard, ...values });
    return Instance.start(engine, {
      name: place.container(this.spec.name),
      image: this.image,
      environment,
      limits: { ...limitsOf(this.spec.plan), ...this.#context.limits },
      network: { name: place.network, alias: this.host, address: place.address() },
      ...(this.spec.disk
        ? { disk: { volume: await this.disk(), mountPath: this.spec.disk.mountPath, readOnly: readOnlyDisk } }
        : {}),
      labels: place.labels,
      command: this.spec.dockerCommand,
      extra,
    });
  }

  /** The volume that is the service's disk, owned by root. */
  async disk(): Promise<string> {
    this.#disk ??= await this.#context.place.volume();
    return this.#disk;
  }

  /** From the next start on, another disk, an empty one; with a size, it is smaller than any on Render. */
  async replaceDisk(megabytes?: number): Promise<void> {
    this.#disk = await this.#context.place.volume(megabytes ? { megabytes, holder: this.image } : undefined);
  }

  /** Stops the live instance as Render does, and takes the service out of routing. */
  async stop(): Promise<Ended | undefined> {
    const before = this.#live;
    this.#live = undefined;
    this.#context.edge.route(undefined);
    return before?.stop(this.#delay);
  }

  /** The live instance's log. */
  log(): Promise<string> {
    return this.live.log();
  }

  /** Runs a program in the live instance's container. */
  exec(args: string[], input?: string): Promise<Finished> {
    return this.live.exec(args, input);
  }

  /** Render's reaction to one health check of the live instance: unroutable after 15 s of failing, restarted after 60 s. */
  async watch(): Promise<void> {
    const instance = this.#live;
    if (!instance) return;
    const healthy = await this.isHealthy(instance);
    if (instance !== this.#live) return;
    if (healthy) this.#healthFailingSince = undefined;
    else this.#healthFailingSince ??= Date.now();
    const failing = (Date.now() - (this.#healthFailingSince ?? Date.now())) / 1000;
    if (failing >= 60) await this.deploy();
    else this.#context.edge.route(failing >= 15 ? undefined : { address: instance.address, port: this.port });
  }

  /** Whether the instance passes Render's health check: 2xx or 3xx. */
  async isHealthy(instance: Instance): Promise<boolean> {
    const status = await instance.health(this.port, this.spec.healthCheckPath);
    return status !== undefined && status >= 200 && status < 400;
  }

  async #untilHealthy(instance: Instance, seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await this.isHealthy(instance))) {
      if (await instance.hasEnded()) {
        const ended = await instance.ended();
        throw new DeployFailed(this.spec.name, ended.log, ended);
      }
      if (Date.now() > deadline) {
        const log = await instance.log();
        await instance.remove();
        throw new DeployFailed(this.spec.name, log, undefined);
      }
      await sleep(100);
    }
  }

  get #delay(): number {
    return this.spec.maxShutdownDelaySeconds ?? 30;
  }
}
