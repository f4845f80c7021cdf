import { isDeepStrictEqual } from 'node:util';
import { type Node, type Pair, type Scalar, visit } from 'yaml';
import { shiftedBlock, withParts } from './block-text.ts';
import type { Sides } from './merge-lines.ts';
import { readYaml } from './yaml.ts';
import { type Block, type BlockFile, inBlockStyle, readBlocks } from './yaml-blocks.ts';

/** What the caller has to say about a service beside the merged text. */
export type ServiceNote =
  /** My file calls the service `mine`, although no answer says so. The merge keeps this name. */
  | { kind: 'renamed'; service: string; mine: string }
  /** My file has no such service, and the update changes the service. The change is a conflict. */
  | { kind: 'missing'; service: string };

/** Three versions of a file: a service has the same key and the same place in all three. */
export interface PairedFiles {
  base: BlockFile;
  mine: BlockFile;
  theirs: BlockFile;
  notes: ServiceNote[];
}

/** One service of ours, in the versions that have it. */
interface Paired {
  base: Block | undefined;
  mine: Block | undefined;
  theirs: Block | undefined;
}

/**
 * Finds our services in my file, wherever the user has put them and whatever the user has called them, and replays these
 * moves and names on the two other versions. Then a merge sees only what else changed.
 * @param newName a service's name in `theirs` for its name in `base`
 * @returns undefined where a version is not valid YAML, or is no map
 */
export function pairServices(sides: Sides, newName: (name: string) => string): PairedFiles | undefined {
  const base = readBlocks(sides.base);
  const mine = withListsInBlockStyle(readBlocks(sides.mine));
  const theirs = readBlocks(sides.theirs);
  if (!base || !mine || !theirs) return undefined;
  const paired = pairs({ base, mine, theirs }, newName);
  const renamed = paired.flatMap((pair) => renamedByHand(pair));
  const names = new Map(renamed.filter(({ answered }) => !answered).map(({ note }) => [note.service, note.mine]));
  if (names.size > 0) {
    const named = { base: renameServices(sides.base, names), theirs: renameServices(sides.theirs, names) };
    const again = pairServices({ ...sides, ...named }, (name) => (isValueOf(names, name) ? name : newName(name)));
    return again && { ...again, notes: [...renamed.map(({ note }) => note), ...again.notes] };
  }
  for (const pair of paired) shareKey(pair, servicesOf(mine));
  const missing = paired.flatMap(({ base, mine, theirs }): ServiceNote[] =>
    base && theirs && !mine && !isDeepStrictEqual(base.value(), theirs.value())
      ? [{ kind: 'missing', service: theirs.key }]
      : [],
  );
  return { ...replayMoves({ base, mine, theirs }, paired), notes: [...renamed.map(({ note }) => note), ...missing] };
}

const isValueOf = (map: Map<string, string>, value: string) => [...map.values()].includes(value);

/** Our services: those that the template had, or has now. */
function pairs(files: Record<keyof Sides, BlockFile>, newName: (name: string) => string): Paired[] {
  const [base, mine, theirs] = [servicesOf(files.base), servicesOf(files.mine), servicesOf(files.theirs)];
  const ours = [
    ...theirs.map((service) => ({ base: base.find(({ key }) => newName(key) === service.key), theirs: service })),
    ...base
      .filter(({ key }) => !theirs.some((service) => service.key === newName(key)))
      .map((service) => ({ base: service, theirs: undefined })),
  ];
  const found = new Map<(typeof ours)[number], Block>();
  // A copy of our service has another name; a service that took our service's name has another Dockerfile.
  for (const fits of [sharesNameAndSource, sharesSource, sharesName]) {
    for (const each of ours.filter((pair) => !found.has(pair))) {
      const free = mine.filter((service) => ![...found.values()].includes(service));
      const service = free.find((candidate) => fits(candidate, each));
      if (service) found.set(each, service);
    }
  }
  return ours.map((each) => ({ ...each, mine: found.get(each) }));
}

type Ours = Omit<Paired, 'mine'>;

const sharesNameAndSource = (service: Block, ours: Ours) => sharesName(service, ours) && sharesSource(service, ours);
const sharesName = (service: Block, { base, theirs }: Ours) => [theirs?.key, base?.key].includes(nameOf(service.key));

/** Whether two services are built from the same Dockerfile. */
function sharesSource(service: Block, { base, theirs }: Ours): boolean {
  const source = sourceOf(service);
  const ours = base ?? theirs;
  return source !== undefined && ours !== undefined && source === sourceOf(ours);
}

/** The name in a block's key; the key of a second service with the same name has a number. */
const nameOf = (key: string) => key.replace(/ #\d+$/, '');

/** `dockerfilePath` of a Blueprint's service; the folder that a Compose service is built from. */
function sourceOf(service: Block): string | undefined {
  const { dockerfilePath, build } = (service.value() ?? {}) as { dockerfilePath?: unknown; build?: unknown };
  const context = typeof build === 'object' ? (build as { context?: unknown } | null)?.context : build;
  const path = dockerfilePath ?? context;
  return typeof path === 'string' ? path.replace(/^\.\//, '').replace(/\/$/, '') : undefined;
}

function renamedByHand({ base, mine, theirs }: Paired) {
  const names = [base, theirs].flatMap((service) => service?.key ?? []);
  if (!mine || names.includes(nameOf(mine.key))) return [];
  const service = theirs?.key ?? base?.key ?? '';
  // An answer that renames the service as well is a conflict at the name.
  const answered = base !== undefined && theirs !== undefined && base.key !== theirs.key;
  return [{ answered, note: { kind: 'renamed' as const, service, mine: mine.key } }];
}

function shareKey({ base, mine, theirs }: Paired, services: Block[]): void {
  const key = theirs?.key ?? base?.key ?? '';
  const other = services.find((service) => service.key === key && service !== mine);
  if (mine && other) other.key = mine.key;
  for (const service of [base, mine]) if (service) service.key = key;
}

/** Where a file has services: at its root, below `ungrouped`, and in a project's environments. */
function serviceLists(blocks: Block[]): Block[] {
  const below = (row: Block[], key: string) => row.filter((block) => block.key === key);
  const parts = (row: Block[]) => row.flatMap((block) => block.parts);
  const environments = parts(below(parts(parts(below(blocks, 'projects'))), 'environments'));
  return below([...blocks, ...parts(below(blocks, 'ungrouped')), ...parts(environments)], 'services');
}

const servicesOf = ({ blocks }: BlockFile): Block[] => serviceLists(blocks).flatMap(({ parts }) => parts);

/** Services can be found below collections in block style only. */
function withListsInBlockStyle(file: BlockFile | undefined): BlockFile | undefined {
  const containers = ['projects', 'environments', 'ungrouped', 'services'];
  const spelledOut = (block: Block, inList: boolean): Block => {
    if (!inList && !containers.includes(block.key)) return block;
    const { parts, ...same } = inBlockStyle(block);
    return { ...same, parts: block.key === 'services' ? parts : parts.map((part) => spelledOut(part, part.item)) };
  };
  return file && { ...file, blocks: file.blocks.map((block) => spelledOut(block, false)) };
}

/** Moves the services of `base` and `theirs` to where my file has them. */
function replayMoves({ base, mine, theirs }: Record<keyof Sides, BlockFile>, paired: Paired[]) {
  const root = mine.blocks.find(({ key }) => key === 'services');
  const moved = paired.filter((pair) => pair.mine && !root?.parts.includes(pair.mine));
  if (moved.length === 0) return { base, mine, theirs };
  // A service that is new in the template goes to its neighbours.
  const neighbour = paired.findLast((pair) => pair.mine);
  const added = root ? [] : paired.filter((pair) => !pair.base && !pair.mine && pair.theirs);
  const replay = (file: BlockFile, side: 'base' | 'theirs'): BlockFile => {
    const gone = [...moved, ...added].map((pair) => pair[side]);
    const place = (block: Block): Block[] => {
      const pair = moved.find((each) => each.mine === block);
      const news = pair === neighbour ? added : [];
      const placed = pair ? [pair, ...news].flatMap((each) => each[side] ?? []) : [block];
      return placed.map((service) => shiftedBlock(service, block.indent - service.indent));
    };
    const lists = serviceLists(mine.blocks).filter((list) => list !== root);
    const withMoved = (block: Block): Block => {
      if (block.parts.length === 0) return block;
      return withParts(block, lists.includes(block) ? block.parts.flatMap(place) : block.parts.map(withMoved));
    };
    const left = file.blocks.flatMap((block) => {
      if (block.key !== 'services') return [block];
      const stay = block.parts.filter((service) => !gone.includes(service));
      return stay.length > 0 || root ? [withParts(block, stay)] : [];
    });
    const tops = mine.blocks.filter((block) => ['projects', 'ungrouped'].includes(block.key)).map(withMoved);
    return { ...file, blocks: [...left, ...tops] };
  };
  return { base: replay(base, 'base'), mine, theirs: replay(theirs, 'theirs') };
}

/** Gives services of ours other names, and follows in what refers to them. */
function renameServices(text: string, names: Map<string, string>): string {
  const { document } = readYaml(text);
  const found: Scalar[] = [];
  visit(document, {
    Scalar: (place, scalar, path) => {
      const keys = path.flatMap((above) => ('key' in above ? [String((above as Pair<Node>).key)] : []));
      if (typeof scalar.value === 'string' && names.has(scalar.value) && namesService(place, keys)) found.push(scalar);
    },
  });
  return found.reduceRight((renamed, { value, range }) => {
    const [start = 0, end = 0] = range ?? [];
    return (
      renamed.slice(0, start) +
      renamed.slice(start, end).replace(String(value), () => names.get(String(value)) ?? '') +
      renamed.slice(end)
    );
  }, text);
}

/** @param keys the keys above a scalar, the scalar's own key included */
function namesService(place: unknown, keys: string[]): boolean {
  const [last, above] = [keys.at(-1), keys.at(-2)];
  if (place === 'key') return last !== undefined && (above === 'services' || above === 'depends_on');
  // A service's own name, a reference in a Blueprint, and the server's host in compose.yaml.
  return (
    (last === 'name' && (above === 'services' || above === 'fromService')) ||
    last === 'MINIO_HOST' ||
    last === 'depends_on'
  );
}
