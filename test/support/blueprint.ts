import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { consolePlans } from '../../src/answers/render-platform.ts';
import { blueprintProblems, type Service, servicesOf } from '../../src/merge/blueprint.ts';

/** Render's published Blueprint schema, as of about August 2026; its list of plans is older than the ids of that month. */
const schema = JSON.parse(readFileSync(new URL('../data/render.schema.json', import.meta.url), 'utf8'));
schema.definitions.plan.enum = [...new Set([...schema.definitions.plan.enum, ...consolePlans])];
const matchesSchema = new Ajv.default({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

/** A Blueprint's services, and everything for which Render would refuse it, or read it otherwise than it looks. */
export function readBlueprint(text: string): { problems: string[]; services: Service[] } {
  const blueprint = parse(text, { version: '1.1' });
  for (const service of servicesOf(blueprint) ?? []) spellAsToday(service);
  if (!matchesSchema(blueprint)) {
    return { problems: (matchesSchema.errors ?? []).map((e) => `${e.instancePath} ${e.message}`), services: [] };
  }
  const services = servicesOf(blueprint) ?? [];
  // A value without quotes could be read as a number, a boolean, or in base 60.
  const bare = services.flatMap(({ name, envVars = [] }) =>
    envVars
      .filter((variable) => 'value' in variable && typeof variable.value !== 'string')
      .map(({ key }) => `${name}.${key} is not quoted`),
  );
  return { problems: [...blueprintProblems(text), ...bare], services };
}

/** `env: docker` is an old spelling of `runtime: docker`, which Render still takes and the schema does not know. */
function spellAsToday(service: Service & { env?: unknown; runtime?: unknown }): void {
  if (service.env === undefined || service.runtime !== undefined) return;
  service.runtime = service.env;
  delete service.env;
}

export type { Service } from '../../src/merge/blueprint.ts';
