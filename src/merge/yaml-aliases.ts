import { isDeepStrictEqual } from 'node:util';
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml';
import { inheritedKeys, isMergeKey, stringInBlockStyle } from './yaml.ts';
import type { Block, BlockFile } from './yaml-blocks.ts';

/** Three versions of one file. */
interface Files {
  base: BlockFile;
  mine: BlockFile;
  theirs: BlockFile;
}

/** What an update touches. */
interface Touched {
  /** Anchors whose value changes. Of a map that is merged key by key: the keys that change. */
  anchors: Map<string, Set<string> | 'whole'>;
  /** Maps with a merge key that brings a key which the template drops. */
  maps: Set<Node>;
}

/** Characters of a text, from `start` to before `end`, and what replaces them. */
interface Splice {
  start: number;
  end: number;
  by: string;
}

/**
 * Spells out the aliases in my file whose anchor the update touches. An update must not reach through an anchor into
 * another place: every place that shares the anchored value keeps the value that it has.
 * @param text the text of `files.mine`
 * @returns a text with the same values; the same text where the update touches no anchor
 */
export function spellOutTouchedAliases(text: string, files: Files): string {
  const touched: Touched = { anchors: new Map(), maps: new Set() };
  collectTouched(files.base.blocks, files.mine.blocks, files.theirs.blocks, touched);
  const { document } = files.mine;
  const splices: Splice[] = [];
  visit(document, {
    Pair: (_, pair, path) => {
      if (!isMergeKey(pair)) return undefined;
      splices.push(
        ...mergeKeySpelledOut(text, document, pair as Pair<Node, Node | null>, path.at(-1) as YAMLMap, touched),
      );
      return visit.SKIP;
    },
    Alias: (place, alias, path) => {
      if (touched.anchors.has(alias.source))
        splices.push(aliasSpelledOut(text, document, alias, place === 'value', isInFlow(path)));
    },
  });
  return splices.reduceRight((spliced, { start, end, by }) => spliced.slice(0, start) + by + spliced.slice(end), text);
}

function collectTouched(base: Block[], mine: Block[], theirs: Block[], touched: Touched): void {
  for (const block of mine) {
    const before = find(base, block.key) ?? block;
    const after = find(theirs, block.key);
    if (!after || isDeepStrictEqual(before.value(), after.value())) continue;
    const dropped = (key: string) => find(before.parts, key) && !find(after.parts, key);
    if (block.node && [...block.inherited().keys()].some(dropped)) touched.maps.add(block.node);
    const byKey = block.parts.length > 0 && !block.whole;
    for (const anchor of anchorsOf(block))
      touched.anchors.set(anchor, byKey ? changedKeys(before.parts, after.parts) : 'whole');
    collectTouched(before.parts, block.parts, after.parts, touched);
  }
}

const find = (row: Block[], key: string) => row.find((block) => block.key === key);

function changedKeys(before: Block[], after: Block[]): Set<string> {
  const keys = [...before, ...after].map(({ key }) => key);
  return new Set(keys.filter((key) => !isDeepStrictEqual(find(before, key)?.value(), find(after, key)?.value())));
}

/** The anchors of a block. Those within its parts are left to the parts. */
function anchorsOf({ node, parts }: Block): string[] {
  const anchors: string[] = [];
  const add = (_: unknown, { anchor }: { anchor?: string }) => {
    if (anchor) anchors.push(anchor);
    return parts.length > 0 ? visit.BREAK : undefined;
  };
  if (node) visit(node, { Collection: add, Scalar: add });
  return anchors;
}

/** @param behindKey whether the alias is a key's value, which needs a line of its own in block style */
function aliasSpelledOut(text: string, document: Document, alias: Alias, behindKey: boolean, inFlow: boolean): Splice {
  const [start = 0, end = 0] = alias.range ?? [];
  const value = alias.resolve(document);
  if (isScalar(value)) return { start, end, by: text.slice(value.range?.[0], value.range?.[1]) };
  if (inFlow || !isCollection(value) || value.items.length === 0)
    return { start, end, by: JSON.stringify(alias.toJS(document)) };
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const indent = /^[ -]*/.exec(text.slice(lineStart, start))?.[0].length ?? 0;
  const margin = `\n${' '.repeat(behindKey ? indent + 2 : start - lineStart)}`;
  const lines = stringInBlockStyle(value, document).trimEnd().replaceAll('\n', margin);
  return { start: behindKey ? start - 1 : start, end, by: behindKey ? margin + lines : lines };
}

const isInFlow = (path: readonly unknown[]) => path.some((above) => isCollection(above) && above.flow);

/** The keys that a merge key brings into a map, where the update changes one of these keys or drops it. */
function mergeKeySpelledOut(
  text: string,
  document: Document,
  { key, value }: Pair<Node, Node | null>,
  map: YAMLMap,
  touched: Touched,
): Splice[] {
  const sources = (isSeq(value) ? value.items : [value]).filter((source) => isAlias(source));
  const own = new Set(map.items.map((pair) => String(pair.key)));
  const reaches = ({ source }: Alias) => {
    const keys = touched.anchors.get(source) ?? [];
    return keys === 'whole' || [...keys].some((changed) => !own.has(changed));
  };
  if (!touched.maps.has(map) && !sources.some(reaches)) return [];
  const [start = 0] = key.range ?? [];
  const margin = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const inherited = Object.fromEntries(inheritedKeys(map, document));
  const keys = map.flow
    ? JSON.stringify(inherited).slice(1, -1)
    : stringInBlockStyle(document.createNode(inherited) as Node, document)
        .trimEnd()
        .replaceAll('\n', `\n${margin}`);
  return [{ start, end: value?.range?.[1] ?? start, by: Object.keys(inherited).length === 0 ? '<<: {}' : keys }];
}
