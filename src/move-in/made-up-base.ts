import { withParts, written } from '../merge/block-text.ts';
import { groupVariables, servicesOf } from '../merge/blueprint.ts';
import { readYaml } from '../merge/yaml.ts';
import { type Block, type BlockFile, readBlocks } from '../merge/yaml-blocks.ts';

type Values = Record<string, unknown>;

/** The two services of ours, by their names in our Blueprint. */
export interface OurServices {
  server: string;
  console: string;
}

/** What decides, beside the two Blueprints, how the base is made up. */
export interface Wishes {
  /** Variables of the server that become ours whatever the Blueprint has: a password that stands in git, an answer with a flag. */
  oursToo: readonly string[];
  /** Keys of the server whose flags somebody gave: they become ours, too. */
  given: readonly string[];
}

/** Says how a service is started: here our value wins, and what ours has not goes. */
const ofTheStart = new Set(
  'dockerfilePath dockerContext dockerCommand rootDir repo image registryCredential buildCommand startCommand'.split(
    ' ',
  ),
);
/** What the service is, and what it costs. Omitted means that Render keeps what the Dashboard says, so it stays omitted. */
const identityOrMoney = new Set('plan region autoDeployTrigger sizeGB'.split(' '));

/**
 * The base of a three-way merge for a Blueprint that we have never written. The merge must know whose a difference is;
 * for somebody's own service that can be said by rule. See the table in `stack.ts`.
 * @param mine the Blueprint as it is
 * @param theirs the Blueprint as we generate it
 */
export function madeUpBase(mine: string, theirs: string, { server, console }: OurServices, wishes: Wishes): string {
  const file = readBlocks(theirs);
  const { value } = readYaml(mine, { merge: true });
  const existing = (servicesOf(value) ?? []) as unknown as Values[];
  const find = (name: string) => existing.find((service) => service.name === name);
  if (!file) return '';
  return textOf(file, (block) => {
    const there = find(block.key);
    if (block.key === server && there) return baseOfService(block, there, wishes, value);
    // Without one in the Blueprint, our console is new.
    return block.key === console && there ? baseOfService(block, there, { oursToo: [], given: [] }, value) : undefined;
  });
}

/** Our Blueprint's text, with its services changed; a service that is undefined is left out. */
function textOf(file: BlockFile, change: (service: Block) => Block | undefined): string {
  const blocks = file.blocks.map((block) =>
    block.key === 'services'
      ? withParts(
          block,
          block.parts.flatMap((part) => change(part) ?? []),
        )
      : block,
  );
  return file.head + blocks.map(written).join('') + file.tail;
}

function baseOfService(theirs: Block, mine: Values, { oursToo, given }: Wishes, blueprint: unknown): Block {
  const stays = (key: string) => key in mine || (identityOrMoney.has(key) && !given.includes(key));
  const parts = theirs.parts.flatMap((part): Block[] => {
    const { key } = part;
    if (ofTheStart.has(key) || given.includes(key)) return key in mine ? [withValue(part, mine[key])] : [];
    if (key === 'envVars') return baseOfVariables(part, mine.envVars, oursToo, blueprint);
    if (key === 'disk') return [baseOfDisk(part, mine.disk, given)];
    // Which changes deploy: our folder comes to the paths that are there.
    if (key === 'buildFilter' && key in mine)
      return [
        withParts(
          part,
          part.parts.filter((each) => each.key !== 'paths'),
        ),
      ];
    return stays(key) ? [part] : [];
  });
  const known = new Set(theirs.parts.map(({ key }) => key));
  const removed = Object.keys(mine).filter((key) => belongsToStart(key, mine) && !known.has(key));
  const like = theirs.parts.at(-1);
  const added = removed.flatMap((key) => (like ? [withValue({ ...like, key, lead: '' }, mine[key])] : []));
  return withParts(theirs, [...parts, ...added]);
}

/** A branch is the other repository's, where there is one. */
const belongsToStart = (key: string, mine: Values) => ofTheStart.has(key) || (key === 'branch' && 'repo' in mine);

/** A key with another value, in one line: a base is compared, and never written. */
const withValue = (block: Block, value: unknown): Block => ({
  ...block,
  text: `${' '.repeat(block.indent)}${block.key}: ${JSON.stringify(value)}\n`,
  head: '',
  parts: [],
});

function baseOfDisk(theirs: Block, mine: unknown, given: readonly string[]): Block {
  const disk = Object(mine) as Values;
  return withParts(
    theirs,
    theirs.parts.flatMap((part) => {
      if (!given.includes(part.key)) return [part];
      return part.key in disk ? [withValue(part, disk[part.key])] : [];
    }),
  );
}

function baseOfVariables(theirs: Block, mine: unknown, oursToo: readonly string[], blueprint: unknown): Block[] {
  const own = new Map((Array.isArray(mine) ? mine : []).map((item) => [Object(item).key, item]));
  const shared = groupVariables(mine, () => blueprint);
  const parts = theirs.parts.flatMap((part): Block[] => {
    const { key } = part;
    const isThere = own.has(key) || shared.has(key);
    if (oursToo.includes(key)) return own.has(key) ? [variableLike(part, own.get(key))] : [];
    return isThere ? [part] : [];
  });
  return parts.length === 0 ? [] : [withParts(theirs, parts)];
}

const variableLike = (block: Block, value: unknown): Block => ({
  ...block,
  text: `${' '.repeat(block.indent)}- ${JSON.stringify(value)}\n`,
  head: '',
  parts: [],
});
