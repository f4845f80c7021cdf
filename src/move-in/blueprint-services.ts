import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { isMergeKey, readYaml } from '../merge/yaml.ts';
import type { Fact, Form, FoundBlueprint, FoundService, Impossible, Place, TakenName } from './found.ts';
import { type Source, sourceOf } from './source.ts';

/** A service with its variables. Only the look itself sees this: a variable has its value here. */
export interface ServiceEntry {
  blueprint: string;
  service: FoundService;
  variables: Variable[];
  /** `image.url` */
  image?: Fact;
  /** `dockerCommand`, which can say where a part of it stands. */
  command?: Fact & Pick<Source, 'place'>;
}

export interface Variable {
  key: string;
  form: Form;
  /** The text of a literal. */
  literal?: string;
  /** The group that the variable comes from. */
  group?: string;
  at: Place;
}

export interface BlueprintEntries {
  found: FoundBlueprint;
  services: ServiceEntry[];
}

/** A map of the document whose values know their places. Aliases are followed, merge keys are applied. */
interface Reader {
  source: Source;
  document: Document;
}

/** Reads a Blueprint's services wherever they are: at the root, below `ungrouped`, in a project's environments. */
export function readBlueprint(file: string, text: string): BlueprintEntries {
  const { document, problems } = readYaml(text, { merge: true });
  if (problems.length > 0)
    return { found: { kind: 'broken', file, problems: problems.map(withoutText) }, services: [] };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { found: { kind: 'empty', file }, services: [] };
  if (!isMap(contents)) return { found: { kind: 'not-a-blueprint', file }, services: [] };
  const reader: Reader = { source: sourceOf(file, text), document };
  const places = resources(reader, contents);
  const groups = places.flatMap(({ map }) => mapsIn(reader, map, 'envVarGroups'));
  const services = places.flatMap(({ map, within }) =>
    mapsIn(reader, map, 'services').map((service) => serviceEntry(reader, service, within, groups)),
  );
  const names = (key: string, of: TakenName['of']) =>
    places
      .flatMap(({ map }) => mapsIn(reader, map, key))
      .flatMap((map): TakenName[] => {
        const name = textOf(reader, map, 'name');
        return name ? [{ ...name, of }] : [];
      });
  const taken = [...names('services', 'service'), ...names('databases', 'database'), ...names('envVarGroups', 'group')];
  return { found: { kind: 'valid', file, names: taken }, services };
}

/** Where a problem is. The rest of its message repeats the file's text, and with it a password. */
const withoutText = (problem: string) => / at (line \d+, column \d+)/.exec(problem)?.[1] ?? 'an alias';

function resources(reader: Reader, root: YAMLMap): { map: YAMLMap; within: FoundService['within'] }[] {
  const ungrouped = nodeOf(reader, root, 'ungrouped');
  const environments = mapsIn(reader, root, 'projects').flatMap((project) => mapsIn(reader, project, 'environments'));
  return [
    { map: root, within: 'services' },
    ...(isMap(ungrouped) ? [{ map: ungrouped, within: 'ungrouped' as const }] : []),
    ...environments.map((map) => ({ map, within: 'environment' as const })),
  ];
}

function resolved({ document }: Reader, node: unknown): Node | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  return (target as Node | null) ?? undefined;
}

function pairOf(reader: Reader, map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  const pairs = map.items as Pair<Node, Node | null>[];
  const own = pairs.find((pair) => !isMergeKey(pair) && isScalar(pair.key) && String(pair.key.value) === key);
  if (own) return own;
  for (const pair of pairs.filter(isMergeKey)) {
    const value = resolved(reader, pair.value);
    for (const item of isSeq(value) ? value.items : [value]) {
      const merged = resolved(reader, item);
      const found = isMap(merged) ? pairOf(reader, merged, key) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

const nodeOf = (reader: Reader, map: YAMLMap, key: string) => resolved(reader, pairOf(reader, map, key)?.value);

function mapsIn(reader: Reader, map: YAMLMap, key: string): YAMLMap[] {
  const list = nodeOf(reader, map, key);
  return isSeq(list) ? list.items.map((item) => resolved(reader, item)).filter((item) => isMap(item)) : [];
}

const placeOf = ({ source }: Reader, node: Node | null | undefined): Place =>
  source.place(node?.range?.[0] ?? 0, node?.range?.[1] ?? 0);

/** A scalar as it is written, without its quotes; undefined for null, and for a list or a map. */
function textOf(reader: Reader, map: YAMLMap, key: string): Fact | undefined {
  return factOf(reader, nodeOf(reader, map, key));
}

function factOf(reader: Reader, node: Node | undefined): Fact | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  const value = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  return { value, at: placeOf(reader, node) };
}

function serviceEntry(reader: Reader, map: YAMLMap, within: FoundService['within'], groups: YAMLMap[]): ServiceEntry {
  const image = nodeOf(reader, map, 'image');
  const url = isMap(image) ? textOf(reader, image, 'url') : factOf(reader, image);
  const command = textOf(reader, map, 'dockerCommand');
  return {
    blueprint: reader.source.file,
    service: foundService(reader, map, within, url),
    variables: variablesOf(reader, map, groups),
    ...(url ? { image: url } : {}),
    ...(command ? { command: { ...command, place: placeWithin(reader, command) } } : {}),
  };
}

/** In a folded or escaped scalar the text has other offsets than its value: then the whole scalar is the place. */
function placeWithin({ source }: Reader, { value, at }: Fact): Source['place'] {
  const offset = source.text.slice(...at.range).indexOf(value);
  const from = at.range[0] + offset;
  return (start, end) => (offset === -1 ? at : source.place(from + start, from + end));
}

/** Keys that a service has at most once, with a scalar for a value. */
const scalarKeys = [
  'name',
  'type',
  'region',
  'plan',
  'branch',
  'repo',
  'rootDir',
  'dockerfilePath',
  'dockerContext',
  'healthCheckPath',
] as const;

function foundService(
  reader: Reader,
  map: YAMLMap,
  within: FoundService['within'],
  image: Fact | undefined,
): FoundService {
  const scalars = scalarKeys.flatMap((key) => {
    const fact = textOf(reader, map, key);
    return fact ? [[key, fact] as const] : [];
  });
  const runtime = runtimeOf(reader, map, image);
  const command = textOf(reader, map, 'dockerCommand');
  const autoDeploy = firstOf(reader, map, ['autoDeployTrigger', 'autoDeploy']);
  return {
    at: placeOf(reader, map),
    within,
    ...(Object.fromEntries(scalars) as Partial<Record<(typeof scalarKeys)[number], Fact>>),
    ...(runtime ? { runtime } : {}),
    ...(command ? { dockerCommand: { at: command.at } } : {}),
    ...(autoDeploy ? { autoDeploy } : {}),
    domains: domainsOf(reader, map),
    disk: diskOf(reader, map),
    impossible: impossible(reader, map),
  };
}

function firstOf<Key extends string>(reader: Reader, map: YAMLMap, keys: Key[]): (Fact & { from: Key }) | undefined {
  for (const from of keys) {
    const fact = textOf(reader, map, from);
    if (fact) return { ...fact, from };
  }
  return undefined;
}

/** `env` is the old name of `runtime`: Render still takes it. */
function runtimeOf(reader: Reader, map: YAMLMap, image: Fact | undefined): FoundService['runtime'] {
  return firstOf(reader, map, ['runtime', 'env']) ?? (image && { value: 'image', from: 'image', at: image.at });
}

function domainsOf(reader: Reader, map: YAMLMap): Fact[] {
  const list = nodeOf(reader, map, 'domains');
  const items = isSeq(list) ? list.items.map((item) => factOf(reader, resolved(reader, item))) : [];
  return [...items, textOf(reader, map, 'domain')].filter((fact) => fact !== undefined);
}

function diskOf(reader: Reader, map: YAMLMap): FoundService['disk'] {
  const disk = nodeOf(reader, map, 'disk');
  if (isMap(disk)) {
    const [name, mountPath, size] = ['name', 'mountPath', 'sizeGB'].map((key) => textOf(reader, disk, key));
    const gigabytes = Number(size?.value);
    return {
      kind: 'disk',
      at: placeOf(reader, disk),
      ...(name ? { name } : {}),
      ...(mountPath ? { mountPath } : {}),
      ...(size && Number.isFinite(gigabytes) ? { sizeGB: { value: gigabytes, at: size.at } } : {}),
    };
  }
  const disks = pairOf(reader, map, 'disks');
  return disks ? { kind: 'disks', at: placeOf(reader, disks.key) } : { kind: 'none' };
}

/** Keys of a service, from Render's JSON schema (November 2026), and older names that Render still takes. */
const knownKeys = new Set(
  'autoDeploy autoDeployTrigger branch buildCommand buildFilter disk dockerCommand dockerContext dockerfilePath domain domains env envVars headers healthCheckPath image initialDeployHook ipAllowList maintenanceMode maxShutdownDelaySeconds maxmemoryPolicy name numInstances persistenceMode plan preDeployCommand previewPlan previews pullRequestPreviewsEnabled region registryCredential renderSubdomainPolicy repo rootDir routes runtime scaling schedule startCommand staticPublishPath type'.split(
    ' ',
  ),
);
const knownTypes = new Set(['web', 'worker', 'pserv', 'cron', 'redis', 'keyvalue']);
const knownRuntimes = new Set('docker elixir go image node python ruby rust static'.split(' '));

function impossible(reader: Reader, map: YAMLMap): Fact<Impossible>[] {
  const found: Fact<Impossible>[] = [];
  const add = (value: Impossible, at: Place) => found.push({ value, at });
  for (const pair of map.items as Pair<Node, Node | null>[])
    if (!isMergeKey(pair) && !(isScalar(pair.key) && knownKeys.has(String(pair.key.value))))
      add('unknown key', placeOf(reader, pair.key));
  const [type, runtime, plan] = [
    textOf(reader, map, 'type'),
    firstOf(reader, map, ['runtime', 'env']),
    textOf(reader, map, 'plan'),
  ];
  if (type && !knownTypes.has(type.value)) add('unknown type', type.at);
  if (runtime && !knownRuntimes.has(runtime.value)) add('unknown runtime', runtime.at);
  if (plan?.value === 'free' && isMap(nodeOf(reader, map, 'disk'))) add('free plan with a disk', plan.at);
  for (const variable of mapsIn(reader, map, 'envVars')) {
    const value = nodeOf(reader, variable, 'value');
    if (isScalar(value) && typeof value.value === 'boolean') add('boolean value', placeOf(reader, value));
  }
  return found;
}

function variablesOf(reader: Reader, map: YAMLMap, groups: YAMLMap[]): Variable[] {
  const own = mapsIn(reader, map, 'envVars');
  const taken = own.flatMap((item) => textOf(reader, item, 'fromGroup')?.value ?? []);
  const shared = groups.flatMap((group) => {
    const name = textOf(reader, group, 'name')?.value;
    if (name === undefined || !taken.includes(name)) return [];
    return variables(reader, group).map((variable) => ({ ...variable, group: name }));
  });
  // A service's own variable wins over a group's.
  return [...variables(reader, map), ...shared];
}

function variables(reader: Reader, map: YAMLMap): Variable[] {
  return mapsIn(reader, map, 'envVars').flatMap((item): Variable[] => {
    const key = textOf(reader, item, 'key')?.value;
    if (key === undefined) return [];
    const value = textOf(reader, item, 'value');
    return [
      {
        key,
        form: formOf(reader, item, value),
        ...(value ? { literal: value.value } : {}),
        at: value?.at ?? placeOf(reader, item),
      },
    ];
  });
}

function formOf(reader: Reader, item: YAMLMap, value: Fact | undefined): Form {
  if (value) return { kind: 'literal' };
  const service = nodeOf(reader, item, 'fromService');
  if (isMap(service)) {
    const variable = textOf(reader, service, 'envVarKey')?.value;
    const name = textOf(reader, service, 'name')?.value;
    if (name !== undefined) return { kind: 'from-service', service: name, ...(variable ? { variable } : {}) };
  }
  if (isMap(nodeOf(reader, item, 'fromDatabase'))) return { kind: 'from-database' };
  if (textOf(reader, item, 'generateValue')?.value === 'true') return { kind: 'generated' };
  return textOf(reader, item, 'sync')?.value === 'false' ? { kind: 'asked' } : { kind: 'unclear' };
}
