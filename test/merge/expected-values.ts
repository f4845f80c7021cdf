import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';

/** What a Blueprint says: `minio-server/plan`, `minio-server/envVars/PORT` and so on, with their values. */
export type Values = Map<string, unknown>;

/** Reads a Blueprint with the yaml package alone; services are known by their names, wherever they are. */
export function valuesOf(text: string): Values {
  const { services = [], ungrouped, projects = [] } = parse(text, { merge: true }) ?? {};
  type Resources = { services?: { name: string }[] } | undefined;
  const environments: Resources[] = projects.flatMap((project: { environments: Resources[] }) => project.environments);
  const all = [...services, ...[ungrouped as Resources, ...environments].flatMap((each) => each?.services ?? [])];
  return new Map(all.flatMap((service) => entries(service.name, service)));
}

function entries(path: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  if (!Array.isArray(value)) return Object.entries(value).flatMap(([key, item]) => entries(`${path}/${key}`, item));
  return value.map((item) => [`${path}/${item?.key ?? JSON.stringify(item)}`, item]);
}

/** The three-way merge of values, as a user would expect it: value by value. */
export function expectedValues(base: Values, mine: Values, theirs: Values) {
  const expected = { mine: new Map() as Values, theirs: new Map() as Values, conflicts: [] as string[] };
  const set = (values: Values, key: string, value: unknown) => value !== undefined && values.set(key, value);
  for (const key of new Set([...base.keys(), ...mine.keys(), ...theirs.keys()])) {
    const [before, ours, others] = [base.get(key), mine.get(key), theirs.get(key)];
    const onlyTheirs = isDeepStrictEqual(ours, before);
    // What the user removed stays removed.
    const onlyMine = isDeepStrictEqual(others, before) || isDeepStrictEqual(ours, others) || ours === undefined;
    if (!onlyTheirs && !onlyMine) expected.conflicts.push(key);
    set(expected.mine, key, onlyTheirs ? others : ours);
    set(expected.theirs, key, onlyMine && !onlyTheirs ? ours : others);
  }
  return expected;
}
