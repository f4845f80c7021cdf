import { isMap, isScalar, isSeq, type Node, type Pair, visit, type YAMLMap } from 'yaml';
import { changes, linesOf, rewritten } from '../merge/line-changes.ts';
import { plain, styleOf } from '../merge/text-style.ts';
import { readYaml } from '../merge/yaml.ts';

/**
 * A changed text with the line ends of the file as it was: every line that stays has its own bytes.
 * @param before the file as it is
 * @param after the new text, with LF line ends
 */
export function withLineEndsOf(before: string, after: string): string {
  const { crlf, bom, finalNewline } = styleOf(before);
  const end = crlf ? '\r\n' : '\n';
  const bare = before.replace(/^\uFEFF/, '');
  const own = linesOf(finalNewline ? bare : bare + end);
  const changed = changes(linesOf(plain(before)), linesOf(after));
  const text = rewritten(own, changed, ({ by }) => by.join('').replaceAll('\n', end));
  return (bom ? '\uFEFF' : '') + (finalNewline ? text : text.replace(/\r?\n$/, ''));
}

/**
 * Whether everything in a Blueprint but some services is the same, to the byte. Only comments and blank lines may be new.
 * @param names the services that may change, or be new
 */
export function isElsewhereSame(before: string, after: string, names: readonly string[]): boolean {
  const kept = linesOf(without(ended(before), names));
  let next = 0;
  for (const line of linesOf(without(ended(after), names))) {
    if (line === kept[next]) next += 1;
    else if (!/^\s*(?:#|-?\s*$)/.test(line)) return false;
  }
  return next === kept.length;
}

/** A last line without an end gets one when something comes behind. */
const ended = (text: string) => (text.endsWith('\n') ? text : text + (styleOf(text).crlf ? '\r\n' : '\n'));

/** A Blueprint's text without the lines of some services. */
function without(text: string, names: readonly string[]): string {
  const { document } = readYaml(text, { merge: true });
  const ranges: [number, number][] = [];
  visit(document, {
    Map: (_, map, path) => {
      const [list, pair] = [path.at(-1), path.at(-2)] as [unknown, Pair<Node>];
      if (!isSeq(list) || !isScalar(pair?.key) || pair.key.value !== 'services' || !names.includes(nameIn(map))) return;
      const [start = 0, end = 0] = map.range ?? [];
      ranges.push(map.flow && list.flow ? [start, end] : [lineStart(text, start), lineEnd(text, end)]);
    },
  });
  const last = ranges.reduce(
    ({ rest, at }, [start, end]) => ({ rest: rest + text.slice(at, start), at: Math.max(at, end) }),
    { rest: '', at: 0 },
  );
  return last.rest + text.slice(last.at);
}

const nameIn = (map: YAMLMap): string => (isMap(map) ? String(map.get('name')) : '');
const lineStart = (text: string, offset: number) => text.lastIndexOf('\n', offset - 1) + 1;
const lineEnd = (text: string, offset: number) =>
  text[offset - 1] === '\n' ? offset : text.indexOf('\n', offset) + 1 || text.length;
