import { isDeepStrictEqual } from 'node:util';
import { isOnlyComments, shifted, withDash, written } from './block-text.ts';
import type { Labels } from './conflict-markers.ts';
import { agreed, conflict, joined, type Merged, mergeComments, type Sides } from './merge-lines.ts';
import { type PairedFiles, pairServices, type ServiceNote } from './pair-services.ts';
import { readYaml } from './yaml.ts';
import { spellOutTouchedAliases } from './yaml-aliases.ts';
import { type Block, inBlockStyle } from './yaml-blocks.ts';

/** Three versions of one block; a version that has not got it is undefined. */
interface Versions {
  base: Block | undefined;
  mine: Block | undefined;
  theirs: Block | undefined;
}

/** Three versions of blocks in a row. */
interface Rows {
  base: Block[];
  mine: Block[];
  theirs: Block[];
}

/** What a merge of blocks needs to know of the block above. */
interface Context {
  labels: Labels;
  /** How many columns further in mine is than theirs. */
  shift: number;
  /** The key of the block above. */
  above: string;
  /** Keys that mine has from a merge key or from a group of variables, with their values. */
  inherited: Map<string, unknown>;
}

/** A merged Blueprint or Compose file. */
export interface MergedYaml {
  merged: Merged;
  notes: ServiceNote[];
}

/**
 * Merges three versions of a Blueprint or a Compose file by what they mean: services by name and wherever they are,
 * variables by key, lists of plain values as sets. Everything that only one side changed is taken; a comment that both
 * changed stays mine. What the user removed stays removed, except that a service which the update changes is a conflict.
 * @param newName a service's name in `theirs` for its name in `base`
 * @returns undefined where a version is not valid, or is no map
 */
export function mergeYaml(sides: Sides, labels: Labels, newName: (name: string) => string): MergedYaml | undefined {
  const paired = pairServices(sides, newName);
  if (!paired) return undefined;
  const mine = spellOutTouchedAliases(sides.mine, paired);
  const files = mine === sides.mine ? paired : pairServices({ ...sides, mine }, newName);
  if (!files) return undefined;
  placeHead(files);
  const { base, theirs, notes } = files;
  const context = { labels, shift: 0, above: '', inherited: new Map() };
  const body = mergeRows({ base: base.blocks, mine: files.mine.blocks, theirs: theirs.blocks }, context);
  // A file with services of the user's own is not described by our first comment.
  const isTheirs = base.blocks.length > 0 || files.mine.blocks.length === 0;
  const around = (place: 'head' | 'tail') =>
    agreed(isTheirs ? mergeComments(base[place], files.mine[place], theirs[place]) : files.mine[place]);
  return { merged: inStyleOf(sides.mine, joined([around('head'), body, around('tail')])), notes };
}

/** The head comment stays the head comment where the user has inserted something above or below. */
function placeHead({ base, mine, theirs }: PairedFiles): void {
  const head = base.head.trimEnd();
  const block = mine.blocks.find(({ lead }) => head !== '' && lead.includes(head));
  if (!block || mine.head.includes(head)) return;
  if (block === mine.blocks[0]) {
    const end = block.lead.indexOf(head) + head.length + 1;
    mine.head += block.lead.slice(0, end);
    block.lead = block.lead.slice(end);
    return;
  }
  const [before, after] = [base, theirs].map(({ blocks }) => blocks.find(({ key }) => key === block.key));
  if (!before || !after) return;
  before.lead = base.head + before.lead;
  after.lead = theirs.head + after.lead;
  base.head = '';
  theirs.head = '';
}

/** A JSON file stays JSON; only with markers the file is in block style. */
function inStyleOf(mine: string, merged: Merged): Merged {
  if (!isJson(mine)) return merged;
  const indent = /^\{\n([ \t]+)/.exec(mine.trimStart())?.[1];
  const json = (text: string) => {
    const { value, problems } = readYaml(text);
    return problems.length > 0 ? text : `${JSON.stringify(value ?? {}, null, indent)}\n`;
  };
  const [ours, others] = [json(merged.mine), json(merged.theirs)];
  return { ...merged, text: merged.conflicts > 0 ? merged.text : ours, mine: ours, theirs: others };
}

/** YAML in flow style with a comment or a word without quotes is no JSON. */
function isJson(text: string): boolean {
  try {
    return JSON.parse(text) !== null;
  } catch {
    return false;
  }
}

function mergeRows(versions: Rows, context: Context): Merged {
  const rows = withRenamedVariables(versions);
  const [mine] = rows.mine;
  const [theirs] = rows.theirs;
  const shift = mine && theirs ? mine.indent - theirs.indent : context.shift;
  const find = (row: Block[], key: string) => row.find((block) => block.key === key);
  const merged = mergedOrder(rows).map((key) =>
    mergeBlock(
      { base: find(rows.base, key), mine: find(rows.mine, key), theirs: find(rows.theirs, key) },
      { ...context, shift },
    ),
  );
  return joined(merged);
}

/**
 * A variable that has another key in the same place, and the same value, was renamed by the template. My comments and my
 * edits go with the variable.
 */
function withRenamedVariables(rows: Rows): Rows {
  const has = (row: Block[], key: string) => row.some((block) => block.key === key);
  const names = new Map<string, string>();
  for (const [index, dropped] of rows.base.entries()) {
    if (!has(rows.mine, dropped.key) || has(rows.theirs, dropped.key)) continue;
    const above = rows.base[index - 1]?.key;
    const place = rows.theirs.findIndex(({ key }) => key === (names.get(above ?? '') ?? above));
    const added = rows.theirs[place + 1];
    if (!added || (above !== undefined && place === -1) || has(rows.base, added.key) || has(rows.mine, added.key))
      continue;
    const value = withoutKey(dropped);
    if (value && isDeepStrictEqual(value, withoutKey(added))) names.set(dropped.key, added.key);
  }
  const renamed = (row: Block[]) => row.map((block) => ({ ...block, key: names.get(block.key) ?? block.key }));
  return names.size === 0 ? rows : { ...rows, base: renamed(rows.base), mine: renamed(rows.mine) };
}

/** What a variable is set to; undefined for what is no variable. */
function withoutKey(block: Block): unknown {
  if (!block.item || !block.whole) return undefined;
  const { key, ...rest } = (block.value() ?? {}) as { key?: unknown };
  return typeof key === 'string' ? rest : undefined;
}

function mergeBlock({ base, mine, theirs }: Versions, context: Context): Merged {
  const { labels, shift } = context;
  if (!mine) return theirs ? mergeAbsent(base, theirs, context) : agreed('');
  if (!theirs) {
    if (!base) return agreed(written(mine));
    // Dropped by the template; a comment that I wrote above it is not.
    return isDeepStrictEqual(mine.value(), base.value())
      ? agreed(mergeComments(base.lead, mine.lead, ''))
      : conflict(written(mine), '', labels);
  }
  const theirLead = shifted(theirs.lead, shift);
  const lead = base ? mergeComments(base.lead, mine.lead, theirLead) : mine.lead || theirLead;
  return joined([agreed(lead), mergeBody({ base, mine, theirs }, context)]);
}

/** My file has no such block of its own. */
function mergeAbsent(base: Block | undefined, theirs: Block, { labels, shift, above, inherited }: Context): Merged {
  const text = shifted(written(theirs), shift);
  const changed = !base || !isDeepStrictEqual(base.value(), theirs.value());
  if (inherited.has(theirs.key)) {
    const value = inherited.get(theirs.key);
    if (!changed || isDeepStrictEqual(value, theirs.value())) return agreed('');
    return base && isDeepStrictEqual(value, base.value()) ? agreed(text) : conflict('', text, labels);
  }
  if (!base) return agreed(text);
  const isService = above === 'services' || (above === '' && theirs.key === 'services');
  // What the user removed stays removed.
  return changed && isService ? conflict('', text, labels) : agreed('');
}

/** Both sides have the block. */
function mergeBody(
  { base, mine, theirs }: { base: Block | undefined; mine: Block; theirs: Block },
  context: Context,
): Merged {
  const { labels, shift } = context;
  const [before, now, next] = [base?.value(), mine.value(), theirs.value()];
  const nothingNew = isDeepStrictEqual(now, next) || isDeepStrictEqual(next, before);
  if (!mine.whole || nothingNew || isDeepStrictEqual(now, before)) {
    const [ours, others] = nothingNew ? [mine, theirs] : [inBlockStyle(mine), inBlockStyle(theirs)];
    if (ours.parts.length > 0 && others.parts.length > 0)
      return mergeParts({ base: base && inBlockStyle(base), mine: ours, theirs: others }, context);
  }
  const theirText = shifted(theirs.text, shift);
  const suffix = base && mine.suffix === base.suffix ? theirs.suffix : mine.suffix;
  if (isDeepStrictEqual(now, next))
    return agreed(mine.text === base?.text ? theirText : withSuffix(mine.text, mine.suffix, suffix));
  if (base && isDeepStrictEqual(next, before)) return agreed(withSuffix(mine.text, mine.suffix, suffix));
  if (base && isDeepStrictEqual(now, before)) return agreed(withSuffix(theirText, theirs.suffix, suffix));
  return conflict(mine.text, theirText, labels);
}

function mergeParts(
  { base, mine, theirs }: { base: Block | undefined; mine: Block; theirs: Block },
  context: Context,
): Merged {
  const rows = { base: base?.parts ?? [], mine: mine.parts, theirs: theirs.parts };
  const parts = mergeRows(rows, { ...context, above: mine.key, inherited: mine.inherited() });
  const head = mine.head === base?.head ? shifted(theirs.head, context.shift) : mine.head;
  const whole = (text: string) => {
    if (isOnlyComments(text)) return text;
    return mine.item && head === '' ? withDash(text, mine.indent) : head + text;
  };
  const [mineText, theirText] = [whole(parts.mine), whole(parts.theirs)];
  const [first] = parts.text.split('\n').filter((line) => !isOnlyComments(line));
  // The dash stands on the first line: where that is a conflict, a marker would stand in its place.
  const noPlaceForDash = mine.item && head === '' && first?.startsWith('<<<<<<<');
  // A key without parts goes, so that one side has the key and the other has not.
  const onlyOneHasParts = isOnlyComments(parts.mine) !== isOnlyComments(parts.theirs);
  return noPlaceForDash || onlyOneHasParts
    ? conflict(mineText, theirText, context.labels)
    : { ...parts, text: whole(parts.text), mine: mineText, theirs: theirText };
}

/** A text with another comment behind its last value. */
function withSuffix(text: string, suffix: string, wanted: string): string {
  const trimmed = text.trimEnd();
  return suffix !== wanted && trimmed.endsWith(suffix)
    ? `${trimmed.slice(0, trimmed.length - suffix.length)}${wanted}\n`
    : text;
}

/**
 * The order is theirs, unless I changed it or there is no base; what only one side has stands behind what it stood behind
 * there, and what both sides added stands where I added it.
 */
function mergedOrder(rows: Rows): string[] {
  const [base, mine, theirs] = [rows.base, rows.mine, rows.theirs].map((row) => row.map(({ key }) => key)) as [
    string[],
    string[],
    string[],
  ];
  const iMoved = !isDeepStrictEqual(
    base.filter((key) => mine.includes(key)),
    mine.filter((key) => base.includes(key)),
  );
  const iAdded = (key: string) => mine.includes(key) && !base.includes(key);
  const [order, others] =
    iMoved || base.length === 0 ? [[...mine], theirs] : [theirs.filter((key) => !iAdded(key)), mine];
  for (const [index, key] of others.entries()) {
    if (order.includes(key)) continue;
    const behind = others.slice(0, index).findLast((other) => order.includes(other));
    const first = base.length === 0 ? order.length : 0;
    order.splice(behind === undefined ? first : order.indexOf(behind) + 1, 0, key);
  }
  return order;
}
