import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { groupVariables } from './blueprint.ts';
import { inheritedKeys, readYaml, stringInBlockStyle } from './yaml.ts';

/**
 * A part of a YAML file as whole lines: a key with its value, or an item of a list. The text is the file's own, so that
 * a part that no side changed keeps its comments, its order and its quoting to the byte.
 */
export interface Block {
  /** Two versions of a block have the same key: a map's key, a service's name, a variable's key, an item's value. */
  key: string;
  /** The lines above that belong to the block: comments and blank lines. */
  lead: string;
  /** The block's own lines. The first key of a list's item has a blank in place of the item's dash. */
  text: string;
  /** Spaces before the block; for an item, before its dash. */
  indent: number;
  /** Whether the block is an item of a list. */
  item: boolean;
  /** The value, with aliases resolved and merge keys applied. */
  value(): unknown;
  /** The comment behind the value on the block's last line. A block scalar has no place for such a comment: `\n`. */
  suffix: string;
  /** The lines above the parts, `services:`; empty for an item whose first key stands behind the dash. */
  head: string;
  /** The block's keys or items; empty for a scalar, an alias and a collection in flow style. */
  parts: Block[];
  /** Whether a merge takes the block from one side only: half of one variable and half of another have no meaning. */
  whole: boolean;
  /** Keys that the block has from a merge key (`<<`) or from groups of variables (`fromGroup`), with their values. */
  inherited(): Map<string, unknown>;
  /** The node in the YAML document; null for a key without a value. */
  node: Node | null;
  document: Document;
}

/** A YAML file: the comment at its head, its blocks, and the lines behind the last one. */
export interface BlockFile {
  head: string;
  blocks: Block[];
  tail: string;
  document: Document;
}

interface Source {
  document: Document;
  lines: string[];
  position(offset: number): { line: number; column: number };
}

/** Blocks in a row, and the line behind the last one. */
type Read = [blocks: Block[], end: number];

/** Lists in compose.yaml that are command lines: their items have an order, and no item makes sense alone. */
const commandLines = new Set(['command', 'entrypoint', 'test']);

/**
 * Takes a YAML file apart into blocks. A file without any value has no blocks.
 * @returns undefined when the text is not valid YAML, or is a scalar or a list
 */
export function readBlocks(text: string): BlockFile | undefined {
  const lineCounter = new LineCounter();
  const { document, problems } = readYaml(text, { lineCounter, keepSourceTokens: true, merge: true });
  const { contents } = document;
  if (problems.length > 0) return undefined;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { head: '', blocks: [], tail: text, document };
  if (!isMap(contents)) return undefined;
  if (contents.items.length === 0) return { head: '', blocks: [], tail: '', document };
  if (contents.flow) return readBlocks(stringInBlockStyle(contents, document));
  const source: Source = {
    document,
    lines: text.split(/(?<=\n)/),
    position: (offset) => {
      const { line, col } = lineCounter.linePos(offset);
      return { line: line - 1, column: col - 1 };
    },
  };
  const [blocks, end] = partsOfMap(source, contents, 0);
  const [first] = blocks;
  const head = headOf(first?.lead ?? '');
  if (first) first.lead = first.lead.slice(head.length);
  return { head, blocks, tail: source.lines.slice(end).join(''), document };
}

/** A file's first comment belongs to the file if a blank line, or the start of the document, stands below it. */
const headOf = (lines: string): string => /^.*^(?:[ \t]*|---.*?)\n/ms.exec(lines)?.[0] ?? '';

/** `from`: the first line that can belong to the first part. */
function partsOfMap(source: Source, map: YAMLMap, from: number): Read {
  let end = from;
  const blocks: Block[] = [];
  for (const pair of map.items as Pair<Node, Node>[]) {
    const start = source.position(pair.key.range?.[0] ?? 0);
    const key = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : String(pair.key);
    const lead = source.lines.slice(end, start.line).join('');
    const [parts, behind] = commandLines.has(key) ? noParts : partsOf(source, pair.value, start.line + 1);
    end = parts.length > 0 ? behind : lineBehind(source, pair.value, start.line);
    const lines = source.lines.slice(start.line, end);
    const head = parts.length > 0 ? (lines[0] ?? '') : '';
    blocks.push(
      block(source, pair.value, end, {
        key,
        lead,
        text: lines.join(''),
        indent: start.column,
        item: false,
        head,
        parts,
      }),
    );
  }
  return [blocks, end];
}

function partsOfList(source: Source, list: YAMLSeq, from: number): Read {
  let end = from;
  const blocks: Block[] = [];
  for (const [index, node] of (list.items as Node[]).entries()) {
    const dash = source.position(dashOf(list, index) ?? node.range?.[0] ?? 0);
    const lead = source.lines.slice(end, dash.line).join('');
    const behindDash = source.position(node.range?.[0] ?? 0).line === dash.line;
    const [parts, behind] =
      isMap(node) && !node.flow ? partsOfMap(source, node, dash.line + (behindDash ? 0 : 1)) : noParts;
    end = parts.length > 0 ? behind : lineBehind(source, node, dash.line);
    const lines = source.lines.slice(dash.line, end);
    if (behindDash && parts[0]) parts[0].text = parts[0].text.replace('-', ' ');
    const head = parts.length > 0 && !behindDash ? (lines[0] ?? '') : '';
    const key = unused(itemKey(node.toJS(source.document)), blocks);
    blocks.push(
      block(source, node, end, { key, lead, text: lines.join(''), indent: dash.column, item: true, head, parts }),
    );
  }
  return [blocks, end];
}

const noParts: Read = [[], 0];
const noSuffix = '\n';

function partsOf(source: Source, value: Node | null, from: number): Read {
  if (isMap(value) && !value.flow) return partsOfMap(source, value, from);
  if (isSeq(value) && !value.flow) return partsOfList(source, value, from);
  return noParts;
}

function dashOf(list: YAMLSeq, index: number): number | undefined {
  const token = list.srcToken;
  const start = token && 'items' in token ? token.items[index]?.start : undefined;
  return start?.find(({ type }) => type === 'seq-item-ind')?.offset;
}

type Known = Pick<Block, 'key' | 'lead' | 'text' | 'indent' | 'item' | 'head' | 'parts'>;

function block(source: Source, node: Node | null, end: number, known: Known): Block {
  const { document } = source;
  const last = source.position(node?.range?.[1] ?? 0);
  return {
    ...known,
    node,
    document,
    whole: known.item && !(isMap(node) && node.has('name')),
    value: () => node?.toJS(document) ?? null,
    suffix: last.line < end ? (source.lines[last.line] ?? '').slice(last.column).trimEnd() : noSuffix,
    inherited: () => inheritedBy(node, document),
  };
}

function inheritedBy(node: Node | null, document: Document): Map<string, unknown> {
  if (isMap(node)) return inheritedKeys(node, document);
  return isSeq(node) ? groupVariables(node.toJS(document), () => document.toJS()) : new Map();
}

/** Services are known by their names, variables by their keys, all other items by their values. */
function itemKey(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { name, key } = value as { name?: unknown; key?: unknown };
  if (typeof name === 'string') return name;
  return typeof key === 'string' ? key : JSON.stringify(value);
}

/** A second item with the same key is another block. */
function unused(key: string, blocks: Block[]): string {
  const same = blocks.filter((other) => other.key === key || other.key.startsWith(`${key} #`)).length;
  return same === 0 ? key : `${key} #${same + 1}`;
}

function lineBehind(source: Source, value: Node | null, line: number): number {
  const end = value?.range?.[1];
  return end ? Math.max(source.position(end - 1).line, line) + 1 : line + 1;
}

/** The same block with a collection in flow style, or behind an alias, spelled out in block style. */
export function inBlockStyle(block: Block): Block {
  const { document } = block;
  const node = isAlias(block.node) ? block.node.resolve(document) : block.node;
  if (block.parts.length > 0 || !isCollection(node) || node.items.length === 0) return block;
  const margin = ' '.repeat(block.indent);
  const lines = stringInBlockStyle(node, document).replaceAll(/^(?=.)/gm, `${margin}  `);
  const start = (block.text.split('\n')[0] ?? '').replace(/(:(?: +[&!]\S+)?)(?: .*)?$/, '$1');
  const text = block.item ? `x:\n${lines.replace(`${margin}  `, `${margin}- `)}` : `${start}\n${lines}`;
  const [read] = readBlocks(text)?.blocks ?? [];
  const spelledOut = block.item ? read?.parts[0] : read;
  return spelledOut ? { ...block, text: spelledOut.text, head: spelledOut.head, parts: spelledOut.parts } : block;
}
