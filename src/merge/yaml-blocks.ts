import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { readYaml } from './yaml.ts';

/**
 * A part of a YAML file as whole lines: a key with its value, or an item of a list. The text is the file's own, so that
 * what is not changed keeps its comments, its order and its quoting to the byte.
 */
export interface Block {
  /** What makes it the same block in another version: a map's key, a service's name, a variable's key, a list's value. */
  key: string;
  /** The lines above that belong to it: comments and blank lines. */
  lead: string;
  /** Its own lines. The dash of a list's item is left out, see `item`. */
  text: string;
  /** Spaces before it; for an item, before its dash. */
  indent: number;
  /** Whether it is an item of a list: a blank stands in the text for its dash. */
  item: boolean;
  /** What it means, for comparing versions that are written differently; read when it is asked for, as most is not. */
  value(): unknown;
  /** What stands behind the value on its last line: a comment. */
  suffix: string;
  /** The lines above its parts, `services:`; empty for an item. */
  head: string;
  /** Its keys or items. */
  parts: Block[];
  /** Whether its parts make sense only together, so that they are not taken from both sides. */
  whole: boolean;
}

/** A YAML file: its blocks, and the lines behind the last one. */
export interface BlockFile {
  blocks: Block[];
  tail: string;
}

interface Source {
  lines: string[];
  position(offset: number): { line: number; column: number };
  nameOf(name: string): string;
}

/** Blocks in a row, and the line behind the last one. */
type Read = [blocks: Block[], end: number];

/**
 * Takes a YAML file apart into blocks.
 * @param nameOf the name under which a service is to be recognised, for one that was renamed
 * @returns undefined when the text is not valid, or is no map in block style
 */
export function readBlocks(text: string, nameOf: (name: string) => string = (name) => name): BlockFile | undefined {
  const lineCounter = new LineCounter();
  const { document, problems } = readYaml(text, { lineCounter });
  const { contents } = document;
  if (problems.length > 0 || !isMap(contents) || contents.flow) return undefined;
  const source: Source = {
    lines: text.split(/(?<=\n)/),
    position: (offset) => {
      const { line, col } = lineCounter.linePos(offset);
      return { line: line - 1, column: col - 1 };
    },
    nameOf,
  };
  const [blocks, end] = partsOfMap(source, contents, 0);
  return { blocks, tail: source.lines.slice(end).join('') };
}

/** `from`: the first line that can belong to the first part. */
function partsOfMap(source: Source, map: YAMLMap, from: number): Read {
  let end = from;
  const blocks = (map.items as Pair<Node, Node>[]).map((pair) => {
    const start = source.position(pair.key.range?.[0] ?? 0);
    const key = source.nameOf(String(isScalar(pair.key) ? pair.key.value : pair.key));
    const lead = source.lines.slice(end, start.line).join('');
    const [parts, behind] = partsOf(source, pair.value, start.line + 1);
    end = parts.length > 0 ? behind : lineBehind(source, pair.value, start.line);
    return block(source, { key, lead, indent: start.column, item: false, parts }, pair.value, start.line, end);
  });
  return [blocks, end];
}

/** Items that have a key of their own; an empty list where one has none, or where the dash is on a line of its own. */
function partsOfList(source: Source, list: YAMLSeq, from: number): Read {
  let end = from;
  const blocks: Block[] = [];
  for (const node of list.items as Node[]) {
    const start = source.position(node.range?.[0] ?? 0);
    const dash = /^( *)- +$/.exec((source.lines[start.line] ?? '').slice(0, start.column));
    const key = itemKey(source, node);
    if (!dash || key === undefined || blocks.some((other) => other.key === key)) return [[], from];
    const lead = source.lines.slice(end, start.line).join('');
    const [parts, behind] = isMap(node) && !node.flow ? partsOfMap(source, node, start.line) : ([[], 0] as Read);
    end = parts.length > 0 ? behind : lineBehind(source, node, start.line);
    blocks.push(block(source, { key, lead, indent: dash[1]?.length ?? 0, item: true, parts }, node, start.line, end));
  }
  return [blocks, end];
}

function partsOf(source: Source, value: Node | null, from: number): Read {
  if (isMap(value) && !value.flow) return partsOfMap(source, value, from);
  if (isSeq(value) && !value.flow) return partsOfList(source, value, from);
  return [[], from];
}

type Known = Pick<Block, 'key' | 'lead' | 'indent' | 'item' | 'parts'>;

function block(source: Source, known: Known, value: Node | null, from: number, end: number): Block {
  const lines = source.lines.slice(from, end);
  if (known.item) lines[0] = lines[0]?.replace('-', ' ') ?? '';
  if (known.item && known.parts[0]) known.parts[0].text = known.parts[0].text.replace('-', ' ');
  const last = source.position(value?.range?.[1] ?? 0);
  return {
    ...known,
    text: lines.join(''),
    head: known.parts.length > 0 && !known.item ? (lines[0] ?? '') : '',
    whole: known.item && !(isMap(value) && value.has('name')),
    value: () => value?.toJSON() ?? null,
    suffix: (source.lines[last.line] ?? '').slice(last.column).trimEnd(),
  };
}

/**
 * A service is known by its name and merged part by part. A variable is known by its key, and merged as a whole: half of
 * one version and half of another would be two sources for one value.
 */
function itemKey(source: Source, node: Node): string | undefined {
  if (isScalar(node)) return String(node.value);
  if (!isMap(node)) return undefined;
  const name = node.get('name');
  if (typeof name === 'string') return source.nameOf(name);
  const key = node.get('key');
  return typeof key === 'string' ? key : undefined;
}

function lineBehind(source: Source, value: Node | null, line: number): number {
  const end = value?.range?.[1];
  return end ? Math.max(source.position(end - 1).line, line) + 1 : line + 1;
}
