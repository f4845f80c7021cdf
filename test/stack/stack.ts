import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits } from '../render-simulator/blueprint.ts';
import type { Certificate } from '../render-simulator/certificate.ts';
import { type Engine, findEngine } from '../render-simulator/engine.ts';
import type { DashboardValues } from '../render-simulator/environment.ts';
import { openBlueprint } from '../render-simulator/render.ts';
import type { Service } from '../render-simulator/service.ts';
import { replacements } from './images/images.ts';
import type { StandInName } from './images/stand-ins.ts';

export interface StackOptions {
  /** Flags of the generator, without dashes: `{ bucket: 'media' }`. */
  answers?: Record<string, unknown>;
  /** Variables to set in the Dashboard before the first deploy, by service. Undefined takes one away. */
  values?: { server?: DashboardValues; console?: DashboardValues };
  /** Limits instead of the plan's: a smaller memory, or no limit of the CPU (`{ cpus: undefined }`). */
  limits?: { server?: Partial<Limits>; console?: Partial<Limits> };
  /** Edits the generated repository before it is deployed. */
  change?: (folder: string) => void;
  /** An image in place of the pinned server image. */
  serverImage?: StandInName;
  /** What there is on Render before the generated repository is pushed. */
  existing?: Existing;
  /** Deploys no more than this service; the other one is built with `stack.console.build()`. */
  only?: 'server' | 'console' | 'nothing';
}

/** Services of an older repository, whose Blueprint made them; they are not running, as their image is gone. */
export interface Existing {
  /** The older repository. */
  folder: string;
  /** What Render made and somebody typed then, by service and variable: `minio-server.MINIO_ROOT_PASSWORD`. */
  values: Record<string, string>;
  /** A folder of this machine that is copied onto the disk, where to, and whose alone it is there. */
  disk: { from: string; to: string; owner: number };
}

/** A generated repository as it runs on Render. */
export interface Stack {
  /** The generated repository. */
  folder: string;
  /** The service with the disk. */
  server: Service;
  /** The other one. */
  console: Service;
  /** All services of the repository, those two among them. */
  services: Service[];
  certificate: Certificate;
  engine: Engine;
  /** Stops everything and removes it from the engine. */
  stop(): Promise<void>;
}

/**
 * Renders a repository, builds it and deploys both services at once, as Render does for a new Blueprint. Resolves when
 * both are healthy, the server has initialised its bucket, and the console has found the server.
 * @throws DeployFailed when a service doesn't become healthy; nothing is left in the engine then
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { answers = {}, change, only } = options;
  // Loaded when it is needed: it takes a second, which tests that are skipped need not wait for.
  const { emptyFolder, generate } = await import('../support/generate.ts');
  const folder = emptyFolder();
  await generate(folder, { options: { yes: true, ...answers } });
  change?.(folder);
  const stack = await openStack(folder, options);
  try {
    const services = [stack.server, stack.console].filter(
      (service) => !only || service === (only === 'nothing' ? stack.server : stack[only]),
    );
    await Promise.all(services.map((service) => service.build()));
    if (options.existing) await copyToDisk(stack, options.existing.disk);
    if (only === 'nothing') return stack;
    await Promise.all(services.map((service) => service.deploy()));
    if (only !== 'console') await initialised(stack.server);
    if (!only) await reachable(stack.console);
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Waits until the server's entrypoint has said that bucket and user are ready, and the public server has loaded them. */
export async function initialised(server: Service): Promise<void> {
  await server.live.logged(/^minio-entrypoint: ready$/m);
  await loaded(server);
}

/**
 * Waits until the live server has loaded its buckets and users. Until then it is healthy, and answers some requests with
 * 503: the health of the "cluster" asks for both, that of the server for neither (cmd/healthcheck-handler.go of MinIO).
 */
export async function loaded({ live, port }: Service): Promise<void> {
  const end = Date.now() + 30_000;
  while ((await live.health(port, '/minio/health/cluster')) !== 200) {
    if (Date.now() > end) throw new Error(`the server has not loaded its buckets:\n${await live.log()}`);
    await sleep(25);
  }
}

/** Waits until the console, which looks for the server's address every few seconds, has shown its page for 250 ms. */
export async function reachable(console: Service): Promise<void> {
  const end = Date.now() + 30_000;
  for (let since = Date.now(); Date.now() < since + 250; await sleep(25)) {
    if ((await console.live.health(console.port, '/')) === 200) continue;
    if (Date.now() > end) throw new Error(`the console has not found the server:\n${await console.log()}`);
    since = Date.now();
  }
}

/** Copies a folder of this machine onto the server's disk. */
export async function copyToDisk(
  { server, engine }: Pick<Stack, 'server' | 'engine'>,
  { from, to, owner }: Existing['disk'],
): Promise<void> {
  const disk = `${await server.disk()}:${server.spec.disk?.mountPath}`;
  const volumes = [disk, `${from}:/from:ro`].flatMap((volume) => ['--volume', volume]);
  const script = `mkdir -p ${to} && cp -R /from/. ${to} && chown -R ${owner} ${to} && chmod -R go= ${to}`;
  await engine.do(['run', '--rm', '--network', 'none', ...volumes, '--entrypoint', 'sh', server.image, '-c', script]);
}

async function openStack(folder: string, options: StackOptions): Promise<Stack> {
  const { values, limits, serverImage, existing } = options;
  const engine = await findEngine();
  if (!engine) throw new Error('no container engine answers');
  const isServer = ({ envVars, disk }: Service['spec']) =>
    disk !== undefined && envVars.some(({ key }) => key === 'MINIO_ROOT_USER');
  const isConsole = ({ envVars }: Service['spec']) => envVars.some(({ key }) => key === 'MINIO_HOST');
  const render = await openBlueprint(engine, existing?.folder ?? folder, {
    ...{ kept: existing?.values ?? {}, replacements: await replacements(engine, serverImage) },
    limitsOf: (spec) => (isServer(spec) ? limits?.server : limits?.console),
  });
  const stop = async () => {
    await render.stop();
    rmSync(dirname(folder), { recursive: true, force: true });
  };
  const found = (kind: (spec: Service['spec']) => boolean) => render.services.find(({ spec }) => kind(spec));
  try {
    if (existing) await render.sync(folder);
    const [server, console] = [found(isServer), found(isConsole)];
    if (!server || !console) throw new Error('render.yaml has no server with a disk, or no console');
    server.set(values?.server ?? {});
    console.set(values?.console ?? {});
    return { folder, server, console, services: render.services, certificate: render.certificate, engine, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
