import {
  Document,
  type DocumentOptions,
  isAlias,
  isScalar,
  type Node,
  type Pair,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
  visit,
  type YAMLMap,
} from 'yaml';

/** A YAML document, its value, and what is wrong with it; the value is null where anything is. */
export interface ReadYaml {
  document: Document;
  value: unknown;
  problems: string[];
}

/** Reads YAML without throwing and without warnings on standard error: a user's file may hold anything. */
export function readYaml(text: string, options: ParseOptions & DocumentOptions & SchemaOptions = {}): ReadYaml {
  const document: Document = parseDocument(text, { uniqueKeys: true, logLevel: 'error', ...options });
  const problems = [...document.errors, ...document.warnings].map(({ message }) => message);
  // An anchor can be given again: an alias means the last one before it. `resolve` would search the whole document each time.
  const anchors = new Map<string, Node>();
  visit(document, {
    Node: (_, node, path) => {
      if (!isAlias(node)) {
        if (node.anchor) anchors.set(node.anchor, node);
      } else if (path.includes(anchors.get(node.source) as Node)) problems.push(`*${node.source} contains itself`);
    },
  });
  if (problems.length > 0) return { document, value: null, problems };
  try {
    return { document, value: document.toJS(), problems };
  } catch (error) {
    // An alias without its anchor is noticed only here.
    return { document, value: null, problems: [(error as Error).message] };
  }
}

/** Whether a key is a merge key, `<<`. */
export const isMergeKey = ({ key }: Pair): boolean => isScalar(key) && key.source === '<<';

/** Keys that a map has from its merge keys, with their values. */
export function inheritedKeys(map: YAMLMap, document: Document): Map<string, unknown> {
  if (!map.items.some(isMergeKey)) return new Map();
  const own = new Set(map.items.filter((pair) => !isMergeKey(pair)).map(({ key }) => String(key)));
  return new Map(Object.entries(map.toJS(document)).filter(([key]) => !own.has(key)));
}

/** A collection as text in block style, without aliases. YAML 1.1 would read more strings as something else: these are quoted. */
export function stringInBlockStyle(node: Node, document: Document): string {
  const copy = new Document(undefined, { version: '1.1' });
  copy.contents = node.clone() as typeof copy.contents;
  visit(copy, {
    Alias: (_, alias) => document.createNode(alias.toJS(document)) as Node,
    Collection: (_, collection) => {
      collection.flow = false;
      delete collection.anchor;
    },
    Scalar: (_, scalar) => {
      delete scalar.anchor;
    },
  });
  return copy.toString({ lineWidth: 0 });
}
