import fc from 'fast-check';
import { isScalar, isSeq, parse, parseDocument, type Scalar, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { indented, inProject } from './blueprints.ts';

/** How a line of text may be edited. */
type LineEdit = { at: number; how: 'insert' | 'delete' | 'change' | 'indent'; words: string };
export const lineEdits = (max = 6): fc.Arbitrary<LineEdit[]> =>
  fc.array(
    fc.record({
      at: fc.nat(1000),
      how: fc.constantFrom('insert', 'delete', 'change', 'indent'),
      words: fc.oneof(
        fc.stringMatching(/^[a-z#:{}"'|>&*$ -]{0,20}$/),
        fc.constantFrom('', '# a comment', '<<<<<<< mine', '=======', 'FROM alpine:3.22', '\t', 'é 日本'),
      ),
    }),
    { maxLength: max },
  );

export function withLineEdits(text: string, edits: LineEdit[]): string {
  const lines = text.split('\n').slice(0, -1);
  for (const { at, how, words } of edits) {
    const place = lines.length === 0 ? 0 : at % lines.length;
    const line = lines[place] ?? '';
    if (how === 'insert' || lines.length === 0) lines.splice(place, 0, words);
    else if (how === 'delete') lines.splice(place, 1);
    else lines[place] = how === 'change' ? line + words : `  ${line}`;
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** How a Blueprint may be edited; `tag` tells the two sides' own names apart. */
type YamlEdit = { service: number; at: number; how: (typeof yamlEdits)[number]; number: number };
const yamlEdits = ['add', 'remove', 'value', 'plan', 'domain', 'comment', 'key', 'path', 'service', 'disk'] as const;
export const blueprintEdits: fc.Arbitrary<YamlEdit[]> = fc.array(
  fc.record({ service: fc.nat(1), at: fc.nat(30), how: fc.constantFrom(...yamlEdits), number: fc.nat(99) }),
  { maxLength: 5 },
);

export function withYamlEdits(text: string, edits: YamlEdit[], tag: string): string {
  const document = parseDocument(text);
  const services = document.get('services') as YAMLSeq<YAMLMap>;
  for (const { service: which, at, how, number } of edits) {
    const service = services.items[which] as YAMLMap;
    const variables = service.get('envVars') as YAMLSeq<YAMLMap>;
    const variable = variables.items[at % Math.max(variables.items.length, 1)];
    const inList = (path: string[], value: string) => {
      const list = service.getIn(path);
      if (!isSeq(list)) service.setIn(path, document.createNode([value]));
      else if (!list.items.some((item) => isScalar(item) && item.value === value)) list.add(document.createNode(value));
    };
    if (how === 'add' && !variables.items.some((item) => item.get('key') === `${tag}_${number}`))
      variables.items.splice(at, 0, document.createNode({ key: `${tag}_${number}`, value: `v${number}` }) as YAMLMap);
    else if (how === 'remove' && variable?.get('key') !== 'MINIO_CONSOLE_PORT')
      variables.items.splice(variables.items.indexOf(variable as YAMLMap), 1);
    else if (how === 'value' && variable?.has('value')) variable.set('value', `${tag}-${number}`);
    else if (how === 'plan') service.set('plan', ['standard', 'pro', 'starter'][number % 3]);
    else if (how === 'domain') inList(['domains'], `${tag.toLowerCase()}${number}.${which}.example.com`);
    else if (how === 'comment' && variable) variable.commentBefore = ` ${tag} says ${number}`;
    else if (how === 'key') service.set('maxShutdownDelaySeconds', 1 + (number % 2));
    else if (how === 'path') inList(['buildFilter', 'paths'], `${tag}-${number}/**`);
    else if (how === 'disk' && service.has('disk')) service.setIn(['disk', 'sizeGB'], 10 + number);
    else if (how === 'service' && !services.items.some((item) => item.get('name') === `${tag.toLowerCase()}-${number}`))
      services.add(
        document.createNode({
          type: 'worker',
          name: `${tag.toLowerCase()}-${number}`,
          runtime: 'docker',
          region: 'oregon',
          plan: 'starter',
          envVars: [],
        }) as YAMLMap,
      );
  }
  return document.toString({ lineWidth: 0, indentSeq: true });
}

/** How a user may write the same Blueprint in another way. */
export const styles = [
  'as it is',
  'project',
  'ungrouped',
  'flow',
  'JSON',
  'aliases',
  'aliases in a project',
  'merge key',
  'merge key in a project',
] as const;
export type Style = (typeof styles)[number];

export function withStyle(text: string, style: Style): string {
  if (style === 'aliases in a project') return withStyle(withStyle(text, 'aliases'), 'project');
  if (style === 'merge key in a project') return withStyle(withStyle(text, 'merge key'), 'project');
  const [head = '', list = ''] = text.split(/^services:\n/m);
  if (style === 'project') return head + inProject(list);
  if (style === 'ungrouped') return `${head}ungrouped:\n${indented(`services:\n${list}`, 2)}`;
  if (style === 'JSON') return `${JSON.stringify(parse(text), null, 2)}\n`;
  const document = parseDocument(text);
  const [first, second] = (document.get('services') as YAMLSeq<YAMLMap>).items;
  if (!first || !second) throw new Error('no two services');
  if (style === 'flow')
    visit(document, {
      Pair: (_, { key, value }) => {
        if (isSeq(value) && isScalar(key) && key.value !== 'services') value.flow = true;
      },
    });
  if (style === 'aliases')
    for (const key of ['plan', 'region'])
      if (second.get(key) === first.get(key))
        second.set(key, document.createAlias(first.get(key, true) as Scalar, key));
  if (style === 'merge key') {
    const keys = ['plan', 'region'];
    const shared = document.createNode(Object.fromEntries(keys.map((key) => [key, first.get(key)])));
    (document.contents as YAMLMap).items.unshift(document.createPair('x-shared', shared));
    for (const service of [first, second].filter((each) => keys.every((key) => each.get(key) === shared.get(key)))) {
      for (const key of keys) service.delete(key);
      service.items.unshift(document.createPair('<<', document.createAlias(shared, 'shared')));
    }
  }
  return document.toString({ lineWidth: 0, indentSeq: true });
}
