import { isDeepStrictEqual } from 'node:util';
import type { Labels } from './conflict-markers.ts';
import { agreed, conflict, joined, type Merged, mergeLines, type Sides } from './merge-lines.ts';
import { type Block, readBlocks } from './yaml-blocks.ts';

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

/**
 * Merges three versions of a YAML file by what they mean: services by name, variables by key, lists of plain values as
 * sets. Everything that only one side changed is taken; a comment that both changed stays mine.
 * @param newName a service's name in `theirs` for its name in the others
 * @returns undefined where a version is not valid, or is no map in block style
 */
export function mergeYaml(
  sides: Sides,
  labels: Labels,
  newName: (name: string) => string = (name) => name,
): Merged | undefined {
  const base = readBlocks(sides.base, newName);
  const mine = readBlocks(sides.mine, newName);
  const theirs = readBlocks(sides.theirs);
  if (!base || !mine || !theirs) return undefined;
  const body = mergeRows({ base: base.blocks, mine: mine.blocks, theirs: theirs.blocks }, labels, 0);
  return joined([body, agreed(mergeComments(base.tail, mine.tail, theirs.tail))]);
}

/** `shift`: how many columns further in mine is than theirs. */
function mergeRows(rows: Rows, labels: Labels, shift: number): Merged {
  const [mine] = rows.mine;
  const [theirs] = rows.theirs;
  const here = mine && theirs ? mine.indent - theirs.indent : shift;
  const find = (row: Block[], key: string) => row.find((block) => block.key === key);
  const merged = mergedOrder(rows).map((key) =>
    mergeBlock(
      { base: find(rows.base, key), mine: find(rows.mine, key), theirs: find(rows.theirs, key) },
      labels,
      here,
    ),
  );
  return joined(merged);
}

function mergeBlock({ base, mine, theirs }: Versions, labels: Labels, shift: number): Merged {
  // What the user removed stays removed.
  if (!mine) return theirs && !base ? agreed(shifted(written(theirs), shift)) : agreed('');
  if (!theirs) {
    if (!base) return agreed(written(mine));
    // Dropped by the template; a comment that I wrote above it is not.
    return bare(mine.text) === bare(base.text)
      ? agreed(mergeComments(base.lead, mine.lead, ''))
      : conflict(written(mine), '', labels);
  }
  const lead = mergeComments(base?.lead ?? '', mine.lead, shifted(theirs.lead, shift));
  const body = mergeBody({ base, mine, theirs: { ...theirs, lead: '' } }, labels, shift);
  return joined([agreed(lead), body]);
}

/** Both sides have it: what is below its comments. */
function mergeBody(
  { base, mine, theirs }: { base: Block | undefined; mine: Block; theirs: Block },
  labels: Labels,
  shift: number,
): Merged {
  const onlyOne = () => [mine, theirs].some((side) => isDeepStrictEqual(side.value(), base?.value()));
  if (mine.parts.length > 0 && theirs.parts.length > 0 && (!mine.whole || onlyOne())) {
    const parts = mergeRows({ base: base?.parts ?? [], mine: mine.parts, theirs: theirs.parts }, labels, shift);
    if (parts.text === '') return agreed('');
    const head = mine.head === base?.head ? shifted(theirs.head, shift) : mine.head;
    if (!mine.item) return joined([agreed(head), parts]);
    const [first] = parts.text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
    const [mineItem, theirsItem] = [withDash(parts.mine, mine.indent), withDash(parts.theirs, mine.indent)];
    // The dash stands on the first line: where that is a conflict, a marker would stand in its place.
    if (first?.startsWith('<<<<<<<')) return { ...conflict(mineItem, theirsItem, labels), conflicts: parts.conflicts };
    return { ...parts, text: withDash(parts.text, mine.indent), mine: mineItem, theirs: theirsItem };
  }
  const mineText = written({ ...mine, lead: '' });
  const theirsText = shifted(written({ ...theirs, lead: '' }), shift);
  if (isDeepStrictEqual(mine.value(), theirs.value())) return agreed(mine.text === base?.text ? theirsText : mineText);
  if (base && isDeepStrictEqual(theirs.value(), base.value())) return agreed(mineText);
  if (base && isDeepStrictEqual(mine.value(), base.value()))
    return agreed(withMyComment(theirsText, { base, mine, theirs }));
  return conflict(mineText, theirsText, labels);
}

/** A value of theirs with the comment that I wrote behind the old one. */
function withMyComment(text: string, { base, mine, theirs }: { base: Block; mine: Block; theirs: Block }): string {
  const mineOwn = mine.suffix !== base.suffix && text.trimEnd().endsWith(theirs.suffix);
  return mineOwn ? `${text.trimEnd().slice(0, text.trimEnd().length - theirs.suffix.length)}${mine.suffix}\n` : text;
}

/** The order is theirs, unless I changed it; what only one side has stands behind what it stood behind there. */
function mergedOrder(rows: Rows): string[] {
  const keys = {
    base: rows.base.map(({ key }) => key),
    mine: rows.mine.map(({ key }) => key),
    theirs: rows.theirs.map(({ key }) => key),
  };
  const known = keys.base.filter((key) => keys.mine.includes(key));
  const iMoved = !isDeepStrictEqual(
    known,
    keys.mine.filter((key) => keys.base.includes(key)),
  );
  const [order, others] = iMoved ? [[...keys.mine], keys.theirs] : [[...keys.theirs], keys.mine];
  for (const [index, key] of others.entries()) {
    if (order.includes(key)) continue;
    const behind = others.slice(0, index).findLast((other) => order.includes(other));
    order.splice(behind === undefined ? 0 : order.indexOf(behind) + 1, 0, key);
  }
  return order;
}

/** Comments and blank lines. One that both sides changed stays mine: it is not worth a question. */
function mergeComments(base: string, mine: string, theirs: string): string {
  const { text, conflicts } = mergeLines({ base, mine, theirs }, { mine: '', theirs: '' });
  return conflicts === 0 ? text : mine;
}

/** What stands in a block, however it is indented and quoted. */
const bare = (text: string) => text.replaceAll(/["'\s]/g, '');

/** A block as it stands in a file. */
function written({ lead, text, item, indent }: Block): string {
  return lead + (item ? withDash(text, indent) : text);
}

/** Puts the dash back in front of an item, on its first line that is no comment. */
function withDash(text: string, indent: number): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => !/^\s*(#|$)/.test(line));
  const line = lines[first] ?? '';
  lines[first] = `${line.slice(0, indent)}-${line.slice(indent + 1)}`;
  return lines.join('\n');
}

function shifted(text: string, columns: number): string {
  if (columns === 0) return text;
  return text.replaceAll(/^ *(?=[^ \n])/gm, (indent) => ' '.repeat(Math.max(indent.length + columns, 0)));
}
