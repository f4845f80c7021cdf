import { servicesOf } from '../merge/blueprint.ts';
import { readYaml } from '../merge/yaml.ts';

type Values = Record<string, unknown>;

/** Render's region for what names none (blueprint-spec: "default: oregon"). */
const defaultRegion = 'oregon';

/**
 * The region of a Blueprint's services, in which ours come beside them: Render's private network does not reach further.
 * @returns undefined where they have several regions, or none that we would not take anyway
 */
export function regionBeside(blueprint: string): string | undefined {
  const services = (servicesOf(readYaml(blueprint, { merge: true }).value) ?? []).map((each): Values => ({ ...each }));
  const regions = new Set(services.filter(hasRegion).map(({ region = defaultRegion }) => String(region)));
  const [only] = regions;
  return regions.size === 1 && only !== defaultRegion ? only : undefined;
}

/** A static site is everywhere. */
const hasRegion = ({ type, runtime, env }: Values) => ![type, runtime, env].includes('static');
