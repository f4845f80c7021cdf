import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { shifted } from '../merge/block-text.ts';
import { styleOf } from '../merge/text-style.ts';
import { readYaml } from '../merge/yaml.ts';
import { readBlocks } from '../merge/yaml-blocks.ts';

/** Text that comes into a file: `instead` is how many characters it replaces, those of an empty list. */
interface Insertion {
  at: number;
  by: string;
  instead?: number;
}

/**
 * Adds our services to a Blueprint, in its own indentation and line ends. Every other byte stays.
 * @param text the Blueprint as it is: a map, or nothing but comments
 * @param generated our own Blueprint
 */
export function withOurServices(text: string, generated: string): string {
  const { contents } = readYaml(text, { merge: true }).document;
  const { crlf } = styleOf(text);
  const {
    at,
    by,
    instead = 0,
  } = isMap(contents) ? intoMap(text, contents, generated) : behindComments(text, generated);
  return text.slice(0, at) + (crlf ? by.replaceAll('\n', '\r\n') : by) + text.slice(at + instead);
}

function behindComments(text: string, generated: string): Insertion {
  const blank = text.replace('\uFEFF', '').trim() === '' ? '' : '\n';
  return { at: text.length, by: `${text === '' || text.endsWith('\n') ? '' : '\n'}${blank}${generated}` };
}

function intoMap(text: string, root: YAMLMap, generated: string): Insertion {
  const pairs = root.items as Pair<Node, Node | null>[];
  const pair = pairs.find(({ key }) => isScalar(key) && key.value === 'services');
  const list = pair?.value;
  const column = columnOf(text, root);
  if (root.flow)
    return isSeq(list) ? intoFlow(list, inFlow(generated)) : intoFlow(root, `"services": [${inFlow(generated)}]`);
  if (isSeq(list) && list.flow) {
    // A comment behind an empty list would end up behind our last value.
    const isAlone = list.items.length === 0 && /^[ \t]*(?:\r?\n|$)/.test(text.slice(endOf(list)));
    return isAlone ? insteadOf(text, list, itemsAt(generated, column + 2)) : intoFlow(list, inFlow(generated));
  }
  if (isSeq(list)) {
    const dashes = columnOf(text, list);
    return lines(text, lineBehind(text, endOf(list.items.at(-1)), dashes), `\n${itemsAt(generated, dashes)}`);
  }
  if (pair) return lines(text, lineBehind(text, endOf(pair.key), column), itemsAt(generated, column + 2));
  const services = `\n${' '.repeat(column)}services:\n${itemsAt(generated, column + 2)}`;
  return lines(text, lineBehind(text, endOf(root), column - 1), services);
}

/** Our services as the lines of a list whose dashes are in this column. */
function itemsAt(generated: string, column: number): string {
  const items = readBlocks(generated)?.blocks.find(({ key }) => key === 'services')?.parts ?? [];
  return items.map((item) => shifted(item.lead + item.text, column - item.indent)).join('');
}

function inFlow(generated: string): string {
  const services = (readYaml(generated).value as { services?: unknown[] } | null)?.services ?? [];
  return services.map((service) => JSON.stringify(service)).join(', ');
}

/** Behind the last item of a collection in flow style. */
function intoFlow(collection: YAMLMap | YAMLSeq, by: string): Insertion {
  const last = collection.items.at(-1) as Node | Pair<Node, Node | null> | undefined;
  if (last === undefined) return { at: (collection.range?.[0] ?? 0) + 1, by };
  return { at: endOf('key' in last ? (last.value ?? last.key) : last), by: `, ${by}` };
}

/** `services: []` becomes a list in block style. */
function insteadOf(text: string, list: YAMLSeq, items: string): Insertion {
  const [start = 0, end = 0] = list.range ?? [];
  const at = text.slice(0, start).trimEnd().length;
  return { at, instead: end - at, by: `\n${items.trimEnd()}` };
}

const endOf = (node: unknown): number => (node as Node | null | undefined)?.range?.[1] ?? 0;

/** The column in which a collection in block style begins. */
function columnOf(text: string, collection: YAMLMap | YAMLSeq): number {
  const start = collection.range?.[0] ?? 0;
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start).replace('\uFEFF', '').length;
}

/**
 * The start of the line behind an offset, and behind the comments there that are indented more than a column: they
 * belong to what ends here.
 */
function lineBehind(text: string, offset: number, column: number): number {
  const next = (from: number) => text.indexOf('\n', from) + 1 || text.length;
  let at = text[offset - 1] === '\n' ? offset : next(offset);
  for (let line = at; line < text.length; line = next(line)) {
    const [, indent = '', mark] = /^([ \t]*)(\S?)/.exec(text.slice(line, next(line))) ?? [];
    if (!mark) continue;
    if (mark !== '#' || indent.length <= column) break;
    at = next(line);
  }
  return at;
}

/** Whole lines. A file whose last line has no end keeps it so. */
function lines(text: string, at: number, by: string): Insertion {
  const isOpen = at === text.length && !text.endsWith('\n');
  return { at, by: isOpen ? `\n${by.replace(/\n$/, '')}` : by };
}
