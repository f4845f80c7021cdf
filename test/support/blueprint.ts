import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parseDocument } from 'yaml';
import { consolePlans } from '../../src/platform.ts';

/** Render's published Blueprint schema, as of about August 2026; its list of plans is older than the ids of that month. */
const schema = JSON.parse(readFileSync(new URL('../data/render.schema.json', import.meta.url), 'utf8'));
schema.definitions.plan.enum = [...new Set([...schema.definitions.plan.enum, ...consolePlans])];
const matchesSchema = new Ajv.default({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

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

/** A Blueprint's services, once Render would take it. */
export function readBlueprint(text: string): { problems: string[]; services: Service[] } {
  const document = parseDocument(text, { version: '1.1', strict: true, uniqueKeys: true });
  const blueprint = document.toJS() as { services: Service[] };
  if (!matchesSchema(blueprint)) {
    return { problems: (matchesSchema.errors ?? []).map((e) => `${e.instancePath} ${e.message}`), services: [] };
  }
  const { services } = blueprint;
  const problems = [
    ...[...document.errors, ...document.warnings].map(({ message }) => message),
    ...duplicates(services.map(({ name }) => name)).map((name) => `two services are called ${name}`),
    ...duplicates(services.flatMap(({ domains = [] }) => domains)).map(
      (name) => `two services have the domain ${name}`,
    ),
    ...services.flatMap((service) => problemsOfService(service, services)),
  ];
  if (new Set(services.map(({ region }) => region)).size !== 1) problems.push('the services are in different regions');
  if (referencesInCircles(services)) problems.push('the services refer to each other in a circle');
  return { problems, services };
}

/** What the schema doesn't catch (facts/render.md, *Blueprint*). */
function problemsOfService(service: Service, services: Service[]): string[] {
  const { name, plan, disk, envVars } = service;
  const problems = duplicates(envVars.map(({ key }) => key)).map((key) => `${name} sets ${key} twice`);
  if (disk && plan === 'free') problems.push(`${name} has a disk on a free plan`);
  for (const { key, fromService, ...rest } of envVars) {
    const sources = ['value', 'generateValue', 'sync'].filter((form) => form in rest).length + (fromService ? 1 : 0);
    if (sources !== 1) problems.push(`${name}.${key} has ${sources} sources instead of one`);
    // A value without quotes could be read as a number, a boolean, or in base 60.
    if ('value' in rest && typeof rest.value !== 'string') problems.push(`${name}.${key} is not quoted`);
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

const duplicates = (items: string[]) => items.filter((item, index) => items.indexOf(item) !== index);
