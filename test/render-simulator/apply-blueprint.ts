import type { DeclaredService, EnvVar, ServiceSpec } from './blueprint.ts';

/** What can't change after a service was made. */
const fixed = ['type', 'runtime', 'region'] as const;

/** What the Blueprint's schema names a value for where it is omitted ("If omitted, uses …"), for old services as well. */
const resetting = ['dockerCommand', 'rootDir', 'repo', 'branch', 'image'];

/**
 * Applies a Blueprint over the services that exist, as Render's sync does. What the file omits stays as it is on Render;
 * a service that left the file stays as well, and a name that is new makes a service.
 * @returns every service, as it is on Render from now on: those that existed first
 * @throws what Render can't change: type, runtime and region of a service, a disk that would shrink
 */
export function applyBlueprint(existing: ServiceSpec[], declared: DeclaredService[]): ServiceSpec[] {
  const problems: string[] = [];
  const updated = existing.map((service) => {
    const change = declared.find(({ name }) => name === service.name);
    if (!change) return service;
    problems.push(...problemsOf(service, change));
    return update(service, change);
  });
  if (problems.length > 0) throw new Error(`Render would refuse render.yaml:\n${problems.join('\n')}`);
  const isNew = ({ name }: DeclaredService) => !existing.some((service) => service.name === name);
  return [...updated, ...declared.filter(isNew).map(create)];
}

function problemsOf(service: ServiceSpec, change: DeclaredService): string[] {
  const { name, disk } = service;
  const changed = fixed.filter((key) => change[key] !== undefined && change[key] !== service[key]);
  const problems = changed.map((key) => `${name} is of ${key} ${service[key]}, which can't become ${change[key]}`);
  const size = change.disk?.sizeGB;
  if (disk && size !== undefined && size < disk.sizeGB)
    problems.push(`the disk of ${name} has ${disk.sizeGB} GB, and can't shrink to ${size}`);
  return problems;
}

/** A new service: what its Blueprint leaves open has Render's default. */
function create(declared: DeclaredService): ServiceSpec {
  const defaults = {
    plan: 'starter',
    region: 'oregon',
    dockerfilePath: './Dockerfile',
    dockerContext: '.',
    envVars: [],
  };
  const { disk, ...service } = declared;
  return { ...defaults, ...service, ...(disk ? { disk: { sizeGB: 10, ...disk } } : {}) };
}

function update(service: ServiceSpec, { disk, envVars = [], ...change }: DeclaredService): ServiceSpec {
  const kept = Object.entries(service).filter(([key]) => !resetting.includes(key));
  return {
    ...(Object.fromEntries(kept) as ServiceSpec),
    ...change,
    // Another name or mount path is the same disk.
    ...(disk ? { disk: { sizeGB: 10, ...service.disk, ...disk } } : {}),
    envVars: updateVariables(service.envVars, envVars),
  };
}

/**
 * The variables of a service that exists: those that left the file stay. Render asks for a value (`sync: false`) and makes
 * one (`generateValue`) only where there is none, and asks only while it makes the service.
 */
function updateVariables(existing: EnvVar[], declared: EnvVar[]): EnvVar[] {
  const left = existing.filter(({ key }) => !declared.some((variable) => variable.key === key));
  const current = declared.flatMap((variable) => {
    const before = existing.find(({ key }) => key === variable.key);
    if (!variable.generateValue && variable.sync !== false) return [variable];
    if (before) return [before];
    return variable.generateValue ? [variable] : [];
  });
  return [...left, ...current];
}
