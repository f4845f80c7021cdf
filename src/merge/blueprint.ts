import { readYaml } from './yaml.ts';

/** Where a service runs that has no region. */
const defaultRegion = 'oregon';

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
 * sources for a variable, a reference to what is not there or is in another region, a disk on a free plan, names given
 * twice.
 * @param text a `render.yaml`
 */
export function blueprintProblems(text: string): string[] {
  const { value, problems } = readYaml(text, { version: '1.1', strict: true });
  if (problems.length > 0) return problems;
  const services = servicesOf(value);
  if (!services) return ['services is not a list of services'];
  const each: Service[] = services.map((service) => ({ ...service, envVars: objectsIn(service.envVars) as EnvVar[] }));
  return [
    ...duplicates(each.map(({ name }) => name)).map((name) => `two services are called ${name}`),
    ...duplicates(each.flatMap(({ domains = [] }) => domains)).map((name) => `two services have the domain ${name}`),
    ...each.flatMap((service) => problemsOfService(service, each)),
    ...(referencesInCircles(each) ? ['the services refer to each other in a circle'] : []),
  ];
}

/**
 * The services of a Blueprint, wherever they are.
 * @returns undefined where there is no list of services, or a list holds something else
 */
export function servicesOf(blueprint: unknown): Service[] | undefined {
  const lists = resourcesOf(blueprint)
    .map((resources) => propertyOf(resources, 'services'))
    .filter((list) => list !== undefined);
  const services = lists.flat();
  const valid = lists.every(Array.isArray) && services.every(isObject);
  return lists.length > 0 && valid ? (services as Service[]) : undefined;
}

/** What can hold services and groups of variables: the Blueprint itself, `ungrouped`, and a project's environments. */
function resourcesOf(blueprint: unknown): unknown[] {
  const environments = listIn(blueprint, 'projects').flatMap((project) => listIn(project, 'environments'));
  return [blueprint, propertyOf(blueprint, 'ungrouped'), ...environments];
}

/** The variables that a list of variables takes from groups (`fromGroup`), by key. */
export function groupVariables(list: unknown, blueprint: () => unknown): Map<string, unknown> {
  const names = new Set(objectsIn(list).map((item) => propertyOf(item, 'fromGroup')));
  names.delete(undefined);
  if (names.size === 0) return new Map();
  const groups = resourcesOf(blueprint()).flatMap((resources) => listIn(resources, 'envVarGroups'));
  const variables = groups
    .filter((group) => names.has(propertyOf(group, 'name')))
    .flatMap((group) => listIn(group, 'envVars'));
  return new Map(variables.map((variable) => [String(propertyOf(variable, 'key')), variable]));
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const objectsIn = (value: unknown): unknown[] => (Array.isArray(value) ? value.filter(isObject) : []);
const propertyOf = (value: unknown, key: string): unknown =>
  (value as Record<string, unknown> | null | undefined)?.[key];
const listIn = (value: unknown, key: string): unknown[] => objectsIn(propertyOf(value, key));

function problemsOfService(service: Service, services: Service[]): string[] {
  const { name, plan, region = defaultRegion, disk, envVars } = service;
  const problems = duplicates(envVars.map(({ key }) => key)).map((key) => `${name} sets ${key} twice`);
  if (disk && plan === 'free') problems.push(`${name} has a disk on a free plan`);
  for (const { key, fromService, ...rest } of envVars) {
    if (!key) continue;
    const forms = ['value', 'generateValue', 'sync', 'fromDatabase'].filter((form) => form in rest).length;
    const sources = forms + (fromService ? 1 : 0);
    if (sources !== 1) problems.push(`${name}.${key} has ${sources} sources instead of one`);
    if (fromService) problems.push(...problemsOfReference(`${name}.${key}`, region, fromService, services));
  }
  return problems;
}

function problemsOfReference(
  at: string,
  region: string,
  reference: NonNullable<EnvVar['fromService']>,
  services: Service[],
): string[] {
  const { name, type, property, envVarKey, ...unknown } = reference;
  const target = services.find((service) => service.name === name && service.type === type);
  if (!target) return [`${at} refers to ${type} ${name}, which is not there`];
  const problems = Object.keys(unknown).map((key) => `${at} has the unknown key ${key}`);
  if ((target.region ?? defaultRegion) !== region) problems.push(`${at} refers to ${name}, which is in another region`);
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

/**
 * The size of a service's disk in GB. Where no service has that name and a disk, of the largest one in the Blueprint: the
 * service may have another name by now. 0 where there is none, or the text is no Blueprint.
 */
export function diskSizeIn(text: string, name: unknown): number {
  const services = servicesIn(text);
  const named = services.filter((service) => service.name === name && service.disk);
  const sizes = (named.length > 0 ? named : services).map(({ disk }) => Number(propertyOf(disk, 'sizeGB')));
  return Math.max(0, ...sizes.filter(Number.isInteger));
}

/** The services of a Blueprint; none where the text is no Blueprint. */
export function servicesIn(text: string): Record<string, unknown>[] {
  return (servicesOf(readYaml(text).value) ?? []).map(Object);
}
