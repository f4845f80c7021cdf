import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Limits, readServices, type ServiceSpec } from './blueprint.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { type Edge, openEdge } from './edge.ts';
import type { Engine } from './engine.ts';
import { Environment } from './environment.ts';
import { Place } from './place.ts';
import { Service } from './service.ts';

export interface RenderOptions {
  /** Images that take the place of others (`FROM`). */
  replacements?: Map<string, string>;
  /** Limits of a service instead of its plan's. */
  limitsOf?: (service: ServiceSpec) => Partial<Limits> | undefined;
}

/** A Blueprint's services on Render. */
export interface Render {
  /** In the order of render.yaml; neither built nor deployed yet. */
  services: Service[];
  /** The certificate of the edge. */
  certificate: Certificate;
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
  const specs = readServices(folder);
  const environment = new Environment(specs);
  const place = await Place.open(engine);
  const certificate = await makeCertificate(
    specs.flatMap(({ name, domains = [] }) => [`${name}.onrender.com`, ...domains]),
  );
  const edges: Edge[] = [];
  const services: Service[] = [];
  for (const spec of specs) {
    const edge = await openEdge(certificate);
    edges.push(edge);
    services.push(
      new Service(spec, { engine, folder, environment, place, edge, replacements, limits: limitsOf(spec) }),
    );
  }
  const watch = setInterval(() => {
    for (const service of services) service.watch().catch(() => {});
  }, 1000);
  const stop = async () => {
    clearInterval(watch);
    await Promise.all(edges.map((edge) => edge.close()));
    await place.close();
    rmSync(dirname(certificate.caFile), { recursive: true, force: true });
  };
  return { services, certificate, stop };
}
