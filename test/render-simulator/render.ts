import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { applyBlueprint } from './apply-blueprint.ts';
import { type Limits, readServices, type ServiceSpec } from './blueprint.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { type Edge, openEdge } from './edge.ts';
import type { Engine } from './engine.ts';
import { Environment } from './environment.ts';
import { Place } from './place.ts';
import { Service } from './service.ts';

export interface RenderOptions {
  /** What Render made (`generateValue`) and somebody typed (`sync: false`) before, by service and variable: `files.SECRET`. */
  kept?: Record<string, string>;
  /** Images that take the place of others (`FROM`). */
  replacements?: Map<string, string>;
  /** Limits of a service instead of its plan's. */
  limitsOf?: (service: ServiceSpec) => Partial<Limits> | undefined;
}

/** A Blueprint's services on Render. */
export interface Render {
  /** Those of render.yaml in its order, then what later ones made; neither built nor deployed yet. */
  services: Service[];
  /** The certificate of the edge. */
  certificate: Certificate;
  /**
   * Applies a repository's Blueprint over the services that are there, as a push does. Nothing is built or deployed.
   * @throws what Render would refuse; nothing has changed then
   */
  sync(folder: string): Promise<void>;
  /** Stops everything and removes it from the engine. */
  stop(): Promise<void>;
}

/**
 * Opens a Blueprint as Render does: a private network, and an edge for each service. From then on it checks the health of
 * what is live once a second.
 * @param folder a repository with render.yaml at its root
 * @throws what Render would refuse
 */
export async function openBlueprint(engine: Engine, folder: string, options: RenderOptions = {}): Promise<Render> {
  const { replacements = new Map(), limitsOf = () => undefined } = options;
  const declared = readServices(folder);
  const environment = new Environment(options.kept);
  const place = await Place.open(engine);
  const certificate = await makeCertificate(['*.onrender.com', ...declared.flatMap(({ domains = [] }) => domains)]);
  const edges: Edge[] = [];
  const services: Service[] = [];
  const sync = async (from: string) => {
    const before = services.map(({ spec }) => spec);
    const specs = applyBlueprint(before, readServices(from));
    environment.apply(specs);
    for (const [index, spec] of specs.entries()) {
      const service = services[index];
      if (service) {
        if (spec !== before[index]) service.apply(spec, from);
        continue;
      }
      const edge = await openEdge(certificate);
      edges.push(edge);
      const limits = limitsOf(spec);
      services.push(new Service(spec, from, { engine, environment, place, edge, replacements, limits }));
    }
  };
  await sync(folder);
  const watch = setInterval(() => {
    for (const service of services) service.watch().catch(() => {});
  }, 1000);
  const stop = async () => {
    clearInterval(watch);
    await Promise.all(edges.map((edge) => edge.close()));
    await place.close();
    rmSync(dirname(certificate.caFile), { recursive: true, force: true });
  };
  return { services, certificate, sync, stop };
}
