import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service as Checked, readBlueprint } from '../support/blueprint.ts';

/** A service on Render, as far as the simulator uses it. */
export type ServiceSpec = Checked & {
  runtime?: string;
  dockerContext: string;
  /** Of `runtime: image`. */
  image?: { url: string };
  dockerCommand?: string;
  maxShutdownDelaySeconds?: number;
};

export type EnvVar = ServiceSpec['envVars'][number];

type Disk = NonNullable<ServiceSpec['disk']>;

/** A service of render.yaml, which may leave most of it open. */
export type DeclaredService = Pick<ServiceSpec, 'type' | 'name' | 'healthCheckPath'> &
  Partial<Omit<ServiceSpec, 'disk'>> & { disk?: Omit<Disk, 'sizeGB'> & Partial<Disk> };

/** What a plan gives a service. */
export interface Limits {
  megabytes: number;
  /** CPUs; none for no limit. */
  cpus?: number | undefined;
  /** The cores that it may run on, as in `0` or `0-3`; none for all. */
  cores?: string;
  /** The kernel's TCP congestion control for what it sends; none for this machine's own. */
  congestionControl?: string;
}

/** The services of a repository's render.yaml. Throws what Render would refuse. */
export function readServices(folder: string): DeclaredService[] {
  const { problems, services } = readBlueprint(readFileSync(join(folder, 'render.yaml'), 'utf8'));
  if (problems.length > 0) throw new Error(`Render would refuse render.yaml:\n${problems.join('\n')}`);
  return services as DeclaredService[];
}

const namedPlans: Record<string, Limits> = {
  free: { megabytes: 512, cpus: 0.1 },
  starter: { megabytes: 512, cpus: 0.5 },
  standard: { megabytes: 2048, cpus: 1 },
  pro: { megabytes: 4096, cpus: 2 },
  'pro plus': { megabytes: 8192, cpus: 4 },
  'pro max': { megabytes: 16384, cpus: 4 },
  'pro ultra': { megabytes: 32768, cpus: 8 },
};

/** The limits of a plan: an old name, or an id such as `1c-2g` that says it itself. */
export function limitsOf(plan: string): Limits {
  const [, cpus, amount, unit] = /^([\d.]+)c-(\d+)(mb|g)$/.exec(plan) ?? [];
  const limits = cpus
    ? { cpus: Number(cpus), megabytes: Number(amount) * (unit === 'g' ? 1024 : 1) }
    : namedPlans[plan];
  if (!limits) throw new Error(`Render has no plan "${plan}"`);
  return limits;
}
