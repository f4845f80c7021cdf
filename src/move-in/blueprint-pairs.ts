import { isMap, isScalar, type Node, type Pair, visit, type YAMLMap } from 'yaml';
import { isMergeKey, readYaml } from '../merge/yaml.ts';
import type { Place } from './found.ts';
import { placeAt, type Splice } from './splices.ts';

/** A service's own keys, with what an edit needs to know to write like the file does. */
export interface ServiceMap {
  text: string;
  file: string;
  flow: boolean;
  pairs: OwnPair[];
}

interface OwnPair {
  key: string;
  /** Offsets of the key and behind the value. */
  start: number;
  end: number;
}

/** The service at a place, as a map of keys of its own; undefined where no map is there. */
export function serviceMapAt(text: string, { file, range }: Place): ServiceMap | undefined {
  const { document, problems } = readYaml(text, { merge: true });
  let found: YAMLMap | undefined;
  if (problems.length === 0)
    visit(document, {
      Map: (_, map) => {
        if (map.range?.[0] !== range[0] || map.range[1] !== range[1]) return undefined;
        found = map;
        return visit.BREAK;
      },
    });
  if (!found || !isMap(found)) return undefined;
  const pairs = (found.items as Pair<Node, Node | null>[]).flatMap((pair): OwnPair[] => {
    const { key, value } = pair;
    if (isMergeKey(pair) || !isScalar(key) || !key.range) return [];
    return [{ key: String(key.value), start: key.range[0], end: value?.range?.[1] ?? key.range[1] }];
  });
  return { text, file, flow: found.flow === true, pairs };
}

/** Writes keys behind another one, on lines of their own or, in a flow map, in the same line. */
export function insertedBehind(map: ServiceMap, key: string, lines: readonly string[]): Splice[] {
  const pair = map.pairs.find((each) => each.key === key);
  if (!pair) return [];
  const { text, file } = map;
  if (map.flow) return [{ at: placeAt(text, file, pair.end, pair.end), to: lines.map((line) => `, ${line}`).join('') }];
  // A value's end can be behind the line's end, when it is a map or a block of text.
  const lineEnd = text.indexOf('\n', text[pair.end - 1] === '\n' ? pair.end - 1 : pair.end);
  const at = lineEnd === -1 ? text.length : text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  return [
    { at: placeAt(text, file, at, at), to: lines.map((line) => lineBreak(map) + indentOf(map, pair) + line).join('') },
  ];
}

/** Writes keys in the place of another one. */
export function replacedPair(map: ServiceMap, key: string, lines: readonly string[]): Splice[] {
  const pair = map.pairs.find((each) => each.key === key);
  if (!pair) return [];
  const between = map.flow ? ', ' : lineBreak(map) + indentOf(map, pair);
  return [{ at: placeAt(map.text, map.file, pair.start, endOfValue(map, pair)), to: lines.join(between) }];
}

/** Takes a key away, with its line. */
export function withoutPair(map: ServiceMap, key: string): Splice[] {
  const index = map.pairs.findIndex((each) => each.key === key);
  const [pair, next, previous] = [map.pairs[index], map.pairs[index + 1], map.pairs[index - 1]];
  if (!pair) return [];
  const { text, file } = map;
  const end = endOfValue(map, pair);
  const lineStart = text.lastIndexOf('\n', pair.start) + 1;
  const lineEnd = text.indexOf('\n', end);
  if (!map.flow && text.slice(lineStart, pair.start).trim() === '')
    return [{ at: placeAt(text, file, lineStart, lineEnd === -1 ? text.length : lineEnd + 1), to: '' }];
  // The first key of an item, behind `- `, or a key in a flow map.
  if (next) return [{ at: placeAt(text, file, pair.start, next.start), to: '' }];
  return previous ? [{ at: placeAt(text, file, endOfValue(map, previous), end), to: '' }] : [];
}

const endOfValue = ({ text }: ServiceMap, { start, end }: OwnPair) => start + text.slice(start, end).trimEnd().length;

/** The blanks in front of a key: behind `- ` as wide as that. */
function indentOf({ text }: ServiceMap, { start }: OwnPair): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  return ' '.repeat(text.slice(lineStart, start).replace('\uFEFF', '').length);
}

const lineBreak = ({ text }: ServiceMap) => (/\r\n/.test(text) ? '\r\n' : '\n');
