import { readYaml } from './yaml.ts';

interface EnvVar {
  key: string;
  value?: unknown;
  generateValue?: boolean;
  sync?: boolean;
  fromService?: { name: string; type: string; property?: string; envVarKey?: string } & Record<string, unknown>;
}

export interface Service {
  type: string;
  name: string;
  plan: string;
  region: string;
  envVars: EnvVar[];
  domains?: string[];
  disk?: { name: string; mountPath: string; sizeGB: number };
  healthCheckPath: string;
  dockerfilePath: string;
}

/**
 * What Render refuses in a Blueprint although its JSON schema takes it, from its documentation (November 2026): two
 * sources for a variable, a reference to what is not there, a disk on a free plan, names given twice, two regions.
 * @param text a `render.yaml`
 */
export function blueprintProblems(text: string): string[] {
  const { value, problems } = readYaml(text, { version: '1.1', strict: true });
  if (problems.length > 0) return problems;
  const services = (value as { services?: unknown } | null)?.services;
  if (!Array.isArray(services) || services.some((service) => typeof service !== 'object' || service === null))
    return ['services is not a list of services'];
  const each: Service[] = services.map((service) => ({ ...service, envVars: service.envVars ?? [] }));
  return [
    ...duplicates(each.map(({ name }) => name)).map((name) => `two services are called ${name}`),
    ...duplicates(each.flatMap(({ domains = [] }) => domains)).map((name) => `two services have the domain ${name}`),
    ...each.flatMap((service) => problemsOfService(service, each)),
    ...(new Set(each.map(({ region }) => region)).size > 1 ? ['the services are in different regions'] : []),
    ...(referencesInCircles(each) ? ['the services refer to each other in a circle'] : []),
  ];
}

function problemsOfService(service: Service, services: Service[]): string[] {
  const { name, plan, disk, envVars } = service;
  const problems = duplicates(envVars.map(({ key }) => key)).map((key) => `${name} sets ${key} twice`);
  if (disk && plan === 'free') problems.push(`${name} has a disk on a free plan`);
  for (const { key, fromService, ...rest } of envVars) {
    if (!key) continue;
    const forms = ['value', 'generateValue', 'sync', 'fromDatabase'].filter((form) => form in rest).length;
    const sources = forms + (fromService ? 1 : 0);
    if (sources !== 1) problems.push(`${name}.${key} has ${sources} sources instead of one`);
    if (fromService) problems.push(...problemsOfReference(`${name}.${key}`, fromService, services));
  }
  return problems;
}

function problemsOfReference(at: string, reference: NonNullable<EnvVar['fromService']>, services: Service[]): string[] {
  const { name, type, property, envVarKey, ...unknown } = reference;
  const target = services.find((service) => service.name === name && service.type === type);
  if (!target) return [`${at} refers to ${type} ${name}, which is not there`];
  const problems = Object.keys(unknown).map((key) => `${at} has the unknown key ${key}`);
  if ((property === undefined) === (envVarKey === undefined)) problems.push(`${at} needs either property or envVarKey`);
  if (envVarKey && !target.envVars.some(({ key }) => key === envVarKey))
    problems.push(`${at}: ${name} has no ${envVarKey}`);
  return problems;
}

function referencesInCircles(services: Service[]): boolean {
  const refersTo = (from: string, seen: string[]): boolean =>
    seen.includes(from) ||
    (services.find(({ name }) => name === from)?.envVars ?? []).some(
      ({ fromService }) => fromService && refersTo(fromService.name, [...seen, from]),
    );
  return services.some(({ name }) => refersTo(name, []));
}

const duplicates = (items: string[]) => items.filter((item, index) => item && items.indexOf(item) !== index);

/** The size of the largest disk in a Blueprint, in GB; 0 where there is none, or the text is no Blueprint. */
export function largestDiskOf(text: string): number {
  const { services } = (readYaml(text).value ?? {}) as { services?: { disk?: { sizeGB?: unknown } }[] };
  const sizes = Array.isArray(services) ? services.map((service) => Number(service?.disk?.sizeGB)) : [];
  return Math.max(0, ...sizes.filter(Number.isInteger));
}

/** The services of a Blueprint; none where the text is no Blueprint. */
export function servicesIn(text: string): Record<string, unknown>[] {
  const { services } = Object(readYaml(text).value);
  return Array.isArray(services) ? services.map(Object) : [];
}
