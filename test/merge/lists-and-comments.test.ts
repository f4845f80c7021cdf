import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { replaced } from '../update/support.ts';
import { blueprint as base, type Change, newer } from './blueprints.ts';
import { mergeTexts, settled } from './merge-texts.ts';

const theirs = newer(base);
const merge = (mine: string, newTheirs = theirs) => mergeTexts('render.yaml', { base, mine, theirs: newTheirs });
const variables = (text: string) => parse(text).services[0].envVars;
const mode = '      - key: MODE\n        value: "x"\n';

describe('a list with an item that has no key', () => {
  it.each<[string, string]>([
    ['a group of variables', '      - fromGroup: shared\n'],
    ['only a comment', '      - # later\n'],
    ['nothing', '      -\n'],
    ['a list', '      - - a\n        - b\n'],
    ['a variable in flow style', '      - {key: OWN, value: "1"}\n'],
    ['a dash on a line of its own', '      -\n        key: OWN\n        value: "1"\n'],
    ['a comment behind the dash', '      - # mine\n        key: OWN\n        value: "1"\n'],
    [
      'a text over several lines',
      '      - key: OWN\n        value: |\n          # no comment\n\n          - no item\n',
    ],
    ['the same variable again', '      - key: PORT\n        value: "9000"\n'],
    ['the same group twice', '      - fromGroup: shared\n      - fromGroup: shared\n'],
  ])('%s: the item stays where it stands, and the update reaches the others', (_, item) => {
    const change = replaced(mode, item + mode);
    expect(merge(change(base))).toEqual(settled(change(theirs)));
  });

  it('that both changed differently: a conflict at the variable, and the rest of the list merged', () => {
    const mine = replaced(mode, `      - fromGroup: shared\n${mode}`)(base).replace('"9000"', '"9100"');
    const merged = merge(mine);
    expect(merged.conflicts).toBe(1);
    expect(variables(merged.mine)).toEqual([
      { key: 'PORT', value: '9100' },
      { fromGroup: 'shared' },
      ...variables(theirs).slice(1),
    ]);
    expect(variables(merged.theirs)).toEqual([
      variables(theirs)[0],
      { fromGroup: 'shared' },
      ...variables(theirs).slice(1),
    ]);
  });
});

describe('flow style', () => {
  const flowVariables = replaced(
    /envVars:\n( {6}.*\n)+/.exec(base)?.[0] ?? '',
    'envVars: [{ key: PORT, value: "9000" }, { key: MODE, value: "x" }, { key: OWN, value: "1" }]\n',
  );
  const flowPaths = replaced('paths:\n        - minio/**\n', 'paths: [minio/**, own/**] # ours\n');

  it.each<[string, Change]>([
    ['a list of variables', flowVariables],
    ['a list of paths', flowPaths],
    [
      'a service',
      (text) =>
        text.replace(
          / {2}- type: web\n {4}name: minio-server\n.*?\n\n/s,
          (service) => `  - ${JSON.stringify(parse(service)[0])}\n\n`,
        ),
    ],
    ['the list of services', (text) => `services: ${JSON.stringify(parse(text).services)}\n`],
    [
      'a project',
      (text) =>
        `projects: ${JSON.stringify([{ name: 'p', environments: [{ name: 'e', services: parse(text).services }] }])}\n`,
    ],
  ])('%s: the update and what the user added are both there', (_, change) => {
    const own = replaced('"minio/**"', '"minio/**","own/**"');
    const mine = change(base).includes('"minio/**"') ? own(change(base)) : change(base);
    const merged = merge(mine);
    expect(merged.conflicts).toBe(0);
    const server = JSON.stringify(parse(merged.text));
    for (const value of ['"9001"', '"shared/**"', 'COMPRESSION']) expect(server).toContain(value);
    if (mine.includes('own/**')) expect(server).toContain('"own/**"');
    if (mine.includes('OWN')) expect(server).toContain('OWN');
  });

  it('that the update does not touch stays to the byte', () => {
    const raised = replaced(
      'minio-console\n    runtime: docker\n    plan: starter',
      'minio-console\n    runtime: docker\n    plan: pro',
    );
    const change: Change = (text) => flowPaths(flowVariables(text));
    expect(merge(change(base), raised(base))).toEqual(settled(raised(change(base))));
  });

  it('with comments keeps the comments when the update changes a value', () => {
    const commented = flowVariables(base)
      .replace('{ key: PORT', '\n      # Ours.\n      { key: PORT')
      .replace(', { key: OWN, value: "1" }', '');
    const merged = merge(commented);
    expect(variables(merged.text)).toEqual(variables(theirs));
    expect(merged.text).toContain('# Ours.');
  });

  it('of a command line is taken from one side only', () => {
    const compose =
      'services:\n  minio-server:\n    build: ./minio\n    healthcheck:\n      test: ["CMD", "curl", "a"]\n';
    const sides = { base: compose, mine: compose.replace('"a"', '"-f", "a"'), theirs: compose.replace('"a"', '"b"') };
    expect(mergeTexts('compose.yaml', sides).conflicts).toBe(1);
  });
});

describe('JSON', () => {
  const json = (text: string, indent?: number) => `${JSON.stringify(parse(text), null, indent)}\n`;

  it.each([2, 4, undefined])('with an indentation of %s stays JSON', (indent) => {
    const mine = json(base.replace('"x"', '"y"'), indent);
    expect(merge(mine)).toEqual(settled(json(theirs.replace('"x"', '"y"'), indent)));
  });

  it('with a conflict is JSON whoever wins, and YAML with the markers', () => {
    const merged = merge(json(base.replace('"9000"', '"9100"'), 2));
    expect(merged.conflicts).toBe(1);
    expect(JSON.parse(merged.mine)).toEqual(parse(theirs.replace('"9001"', '"9100"')));
    expect(JSON.parse(merged.theirs)).toEqual(parse(theirs));
    expect(merged.text).toMatch(/^<{7} .*"9100"\n={7}\n.*"9001"/ms);
  });
});

describe("the file's first comment", () => {
  const reworded = replaced('# Where its schema is.', '# Where the schema is.');

  it.each<[string, Change]>([
    ['a comment above', (text) => `# Our company\n${text}`],
    ['a comment and a blank line above', (text) => `# Our company\n\n${text}`],
    ['a key above', (text) => `previews:\n  generation: "off"\n\n${text}`],
    ['a key below', replaced('\nservices:', '\npreviews:\n  generation: "off"\n\nservices:')],
    ['a key directly below', replaced('\n\nservices:', '\npreviews:\n  generation: "off"\nservices:')],
    ['a document start above', (text) => `---\n${text}`],
    ['a document start below', replaced('\nservices:', '---\nservices:')],
    ['no blank line below', replaced('\n\nservices:', '\nservices:')],
    [
      'the services in a project',
      (text) =>
        text.replace(
          /services:\n.*/s,
          (list) =>
            `projects:\n  - name: p\n    environments:\n      - name: e\n${list.replaceAll(/^(?=.)/gm, '        ')}`,
        ),
    ],
  ])('with %s is there once, and follows the template', (_, change) => {
    expect(merge(change(base), reworded(theirs))).toEqual(settled(change(reworded(theirs))));
  });

  it('that the user removed stays removed', () => {
    const removed: Change = (text) => text.slice(text.indexOf('services:'));
    expect(merge(removed(base), reworded(theirs))).toEqual(settled(removed(theirs)));
  });

  it('that the template drops goes, and what the user wrote above stays', () => {
    const dropped = theirs.slice(theirs.indexOf('services:'));
    expect(merge(`# Our company\n${base}`, dropped)).toEqual(settled(`# Our company\n${dropped}`));
  });
});

describe('a comment', () => {
  const above = '      # The public port.\n';
  const dropped = replaced(above, '');
  const ours = '      # Ours.\n';

  it.each<[string, Change]>([
    ['above the line', replaced(above, ours + above)],
    ['below the comment', replaced(above, above + ours)],
    ['on both sides', replaced(above, ours + above + ours)],
  ])('that the template drops goes; what the user wrote %s stays', (_, change) => {
    expect(merge(change(base), dropped(theirs))).toEqual(settled(change(theirs).replace(above, '')));
  });

  it('that the template drops behind a value goes, whatever the user made of the quotes', () => {
    const withoutComment = replaced(' # the API', '');
    const quoted: Change = (text) => text.replace('"9000"', "'9000'");
    expect(merge(quoted(base), withoutComment(base))).toEqual(settled(quoted(withoutComment(base))));
  });

  it.each<[string, Change, Change]>([
    ['above a line', dropped, replaced('# The public port.', '# The public port of the API.')],
    ['behind a value', replaced(' # the API', ''), replaced('# the API', '# the S3 API')],
  ])('%s that the user removed stays removed when the template rewords the comment', (_, remove, reword) => {
    expect(merge(remove(base), reword(theirs))).toEqual(settled(remove(theirs)));
  });

  it('of the template that was taken over by hand is not taken twice, beside an inserted variable either', () => {
    const port = '      - key: PORT\n';
    const sides = {
      base: base.replace(port, `      # Ports.\n${port}`),
      theirs: base.replace(port, `      # Ports.\n      # New.\n${port}`),
      mine: base.replace(port, `      # Ports.\n${mode.replace('MODE', 'OWN')}      # New.\n${port}`),
    };
    expect(mergeTexts('render.yaml', sides)).toEqual(settled(sides.mine));
  });

  it('of the template that is new stands beside a new comment of the user', () => {
    const reason: Change = replaced(mode, `      # Why.\n${mode}`);
    expect(merge(replaced(mode, ours + mode)(base), reason(theirs))).toEqual(
      settled(replaced(mode, `      # Why.\n${ours}${mode}`)(theirs)),
    );
  });

  it('above every line is there once for each line when the template renames a variable', () => {
    const everyLine: Change = (text) => text.replaceAll(/^( *)(?=[^ \n#])/gm, '$1# note\n$1');
    const renamed = replaced('key: MODE', 'key: STYLE');
    expect(merge(everyLine(base), renamed(base))).toEqual(settled(renamed(everyLine(base))));
  });
});

describe('the order', () => {
  const own = '      - key: COMPRESSION\n        value: "off"\n';

  it("of a variable that both sides added is the user's", () => {
    const mine = replaced('      # The public port.\n', `${own}      # The public port.\n`)(base);
    expect(merge(mine).text).toBe(
      replaced(
        '"9000"',
        '"9001"',
      )(mine)
        .replace('- minio/**\n', '- minio/**\n        - shared/**\n')
        .replace(own, `      # How objects are packed.\n${own}`),
    );
  });

  it('of variables that both sides added with other values is a conflict in one place', () => {
    const mine = replaced('      # The public port.\n', `${own.replace('off', 'on')}      # The public port.\n`)(base);
    const merged = merge(mine);
    expect(merged.conflicts).toBe(1);
    expect(variables(merged.mine).map(({ key }: { key: string }) => key)).toEqual(['COMPRESSION', 'PORT', 'MODE']);
    expect(variables(merged.theirs).map(({ key }: { key: string }) => key)).toEqual(['COMPRESSION', 'PORT', 'MODE']);
  });
});
