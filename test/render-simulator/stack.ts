import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replacements } from '../stack/images/images.ts';
import type { StandInName } from '../stack/images/stand-ins.ts';
import { type Limits, readServices } from './blueprint.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { type Edge, openEdge } from './edge.ts';
import { type Engine, findEngine } from './engine.ts';
import { type DashboardValues, Environment } from './environment.ts';
import { Place } from './place.ts';
import { Service } from './service.ts';

export interface StackOptions {
  /** Flags of the generator, without dashes: `{ bucket: 'media' }`. */
  answers?: Record<string, unknown>;
  /** Variables to set in the Dashboard before the first deploy, by service. Undefined takes one away. */
  values?: { server?: DashboardValues; console?: DashboardValues };
  /** Limits instead of the plan's: a smaller memory, or no limit of the CPU (`{ cpus: undefined }`). */
  limits?: { server?: Partial<Limits>; console?: Partial<Limits> };
  /** Edits the rendered repository before it is deployed. */
  change?: (folder: string) => void;
  /** An image in place of the pinned server image. */
  serverImage?: StandInName;
  /** Deploys no more than this service; the other one is built with `stack.console.build()`. */
  only?: 'server' | 'console' | 'nothing';
}

/** A rendered repository as it runs on Render. */
export interface Stack {
  /** The rendered repository. */
  folder: string;
  /** The service with the disk. */
  server: Service;
  /** The other one. */
  console: Service;
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

/** Waits until the server's entrypoint says that bucket and user are ready, which Render's health check doesn't wait for. */
export async function initialised(server: Service): Promise<void> {
  await server.live.logged(/^minio-entrypoint: ready$/m);
}

/**
 * Waits until the console, which looks for the server every two seconds, has shown its page for 250 ms: when nginx reloads,
 * the workers that do not know the server's address still answer for 100 ms, beside the new ones.
 */
export async function reachable(console: Service): Promise<void> {
  const end = Date.now() + 30_000;
  for (let since = Date.now(); Date.now() < since + 250; await sleep(25)) {
    if ((await console.live.health(console.port, '/')) === 200) continue;
    if (Date.now() > end) throw new Error(`the console has not found the server:\n${await console.log()}`);
    since = Date.now();
  }
}

async function openStack(folder: string, { values, limits, serverImage }: StackOptions): Promise<Stack> {
  const engine = await findEngine();
  if (!engine) throw new Error('no container engine answers');
  const specs = readServices(folder);
  const environment = new Environment(specs);
  const place = await Place.open(engine);
  const hosts = specs.flatMap(({ name, domains = [] }) => [`${name}.onrender.com`, ...domains]);
  const certificate = await makeCertificate(hosts);
  const edges: Edge[] = [];
  const open = async (role: 'server' | 'console') => {
    const spec = specs.find(({ disk }) => (disk !== undefined) === (role === 'server'));
    if (!spec) throw new Error(`render.yaml has no ${role}`);
    const edge = await openEdge(certificate);
    edges.push(edge);
    const replaced = await replacements(engine, serverImage);
    const context = { engine, folder, environment, place, edge, replacements: replaced, limits: limits?.[role] };
    return new Service(spec, context, values?.[role]);
  };
  const server = await open('server');
  const console = await open('console');
  const watch = setInterval(() => {
    for (const service of [server, console]) service.watch().catch(() => {});
  }, 1000);
  const stop = async () => {
    clearInterval(watch);
    await Promise.all(edges.map((edge) => edge.close()));
    await place.close();
    for (const made of [dirname(folder), dirname(certificate.caFile)]) rmSync(made, { recursive: true, force: true });
  };
  return { folder, server, console, certificate, engine, stop };
}
