import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { labels, merge, replaced, texts } from '../update/support.ts';

type Change = (text: string) => string;
const insertedBehind = (place: string, text: string) => replaced(place, place + text);
const flags = { serverDomain: 'files.example.com', corsOrigins: 'https://www.example.com' };
const files = texts('0.0.3', flags);

/** A small Blueprint, to show a merge as a whole. */
const small = `services:
  - type: web
    name: a
    plan: starter
    envVars:
      - key: PORT
        value: "9000"
      - key: MODE
        value: "x"
`;

/** The same with four columns a level. */
const reindented = `services:
    - type: web
      name: a
      plan: starter
      envVars:
          - key: PORT
            value: "9000"
          - key: MODE
            value: "x"
`;

describe('a merge as a whole', () => {
  const changed = small.replace('"9000"', '"9001"');
  it.each<[string, { base?: string; mine: string; theirs?: string; expected: string }]>([
    [
      're-indented by the user: what is new is indented likewise',
      {
        mine: reindented,
        theirs: `${changed}      - key: NEW\n        value: "1"\n`,
        expected: `${reindented.replace('"9000"', '"9001"')}          - key: NEW\n            value: "1"\n`,
      },
    ],
    [
      're-indented by the user: what the template drops goes',
      {
        mine: reindented,
        theirs: small.replace(/ {6}- key: MODE\n.*\n/, ''),
        expected: reindented.replace(/ {10}- key: MODE\n.*\n/, ''),
      },
    ],
    [
      'quoted otherwise by the user: what the template drops goes',
      {
        mine: small.replaceAll('"', "'"),
        theirs: small.replace(/ {6}- key: MODE\n.*\n/, ''),
        expected: small.replaceAll('"', "'").replace(/ {6}- key: MODE\n.*\n/, ''),
      },
    ],
    [
      'dropped by the template: a comment that the user wrote above stays',
      {
        mine: small.replace('      - key: MODE', '      # Ours.\n      - key: MODE'),
        theirs: small.replace(/ {6}- key: MODE\n.*\n/, ''),
        expected: small.replace(/ {6}- key: MODE\n.*\n/, '      # Ours.\n'),
      },
    ],
    [
      'lists at the level of their key',
      {
        mine: small.replaceAll(/^ {2}/gm, ''),
        theirs: `${changed}      - key: NEW\n        value: "1"\n`,
        expected: `${changed}      - key: NEW\n        value: "1"\n`.replaceAll(/^ {2}/gm, ''),
      },
    ],
    [
      'a variable in flow style',
      {
        mine: small.replace('- key: MODE\n        value: "x"', '- { key: MODE, value: "y" }'),
        theirs: changed,
        expected: changed.replace('- key: MODE\n        value: "x"', '- { key: MODE, value: "y" }'),
      },
    ],
    [
      'only written in another way: the newer value comes in',
      { mine: small.replace('"9000"', "'9000'"), theirs: changed, expected: changed },
    ],
    [
      'both made the same change',
      { mine: changed, theirs: changed.replace('"x"', '"y"'), expected: changed.replace('"x"', '"y"') },
    ],
    [
      'both added the same variable',
      {
        mine: `${small}      - key: NEW\n        value: "1"\n`,
        theirs: `${changed}      - key: NEW\n        value: "1"\n`,
        expected: `${changed}      - key: NEW\n        value: "1"\n`,
      },
    ],
    [
      'a variable that the template drops goes',
      {
        mine: small.replace('starter', 'pro'),
        theirs: small.replace(/ {6}- key: MODE\n.*\n/, ''),
        expected: small.replace('starter', 'pro').replace(/ {6}- key: MODE\n.*\n/, ''),
      },
    ],
    [
      'a variable that the user removed stays away',
      {
        mine: small.replace(/ {6}- key: MODE\n.*\n/, ''),
        theirs: changed.replace('"x"', '"y"'),
        expected: changed.replace(/ {6}- key: MODE\n.*\n/, ''),
      },
    ],
    [
      'a service that the user removed, and that the template did not change, stays away',
      {
        base: `${small}  - type: web\n    name: b\n    plan: starter\n`,
        mine: small,
        theirs: `${changed}  - type: web\n    name: b\n    plan: starter\n`,
        expected: changed,
      },
    ],
    [
      "a comment that both reworded stays the user's",
      {
        base: `# one\n${small}`,
        mine: `# mine\n${small}`,
        theirs: `# theirs\n${changed}`,
        expected: `# mine\n${changed}`,
      },
    ],
    [
      'a comment inside a variable whose value changes',
      {
        mine: small
          .replace('        value: "9000"', '        # The public one.\n        value: "9000"')
          .replace('- key: PORT', '- key: PORT # of the API'),
        theirs: changed,
        expected: changed
          .replace('        value: "9001"', '        # The public one.\n        value: "9001"')
          .replace('- key: PORT', '- key: PORT # of the API'),
      },
    ],
    [
      'an own comment behind a value that changes',
      {
        mine: small.replace('"9000"', '"9000" # public'),
        theirs: changed,
        expected: changed.replace('"9001"', '"9001" # public'),
      },
    ],
  ])('%s', (_, { base = small, mine, theirs = changed, expected }) => {
    expect(merge('render.yaml', { base, mine, theirs })).toEqual({
      text: expected,
      mine: expected,
      theirs: expected,
      conflicts: 0,
      notes: [],
    });
    expect(parse(expected)).toBeTruthy();
  });
});

describe('a service that was renamed by an answer', () => {
  const newName = (name: string) => (name === 'minio-server' ? 'files' : name);
  const renamedTexts = texts('0.0.3', { ...flags, serverName: 'files' });

  it.each(['render.yaml', 'compose.yaml'])('is the same service in %s: edits are kept', (path) => {
    const base = files[path] ?? '';
    const change: Change = (text) =>
      path === 'render.yaml'
        ? replaced(
            'sizeGB: 10',
            'sizeGB: 50',
          )(insertedBehind('        value: "my-storage"\n', '      - key: OURS\n        value: "1"\n')(text))
        : text.replace('interval: 5s', 'interval: 9s');
    const { text, conflicts } = merge(path, { base, mine: change(base), theirs: renamedTexts[path] ?? '' }, newName);
    expect(conflicts).toBe(0);
    expect(text).toBe(change(renamedTexts[path] ?? ''));
  });
});

describe('compose.yaml', () => {
  const base = files['compose.yaml'] ?? '';
  const theirs = replaced(
    '- "127.0.0.1:8080:8080"',
    '- "127.0.0.1:8081:8080"',
  )(base).replaceAll('retries: 10', 'retries: 20');

  it.each<[string, Change]>([
    ['an environment variable', insertedBehind('      MINIO_BUCKET: "my-storage"\n', '      MINIO_REGION: eu\n')],
    ['a mount', insertedBehind('      - minio-data:/data\n', '      - ./certs:/certs:ro\n')],
    ['a service', insertedBehind('services:\n', '  db:\n    image: postgres:18\n\n')],
    ['a volume and a network', (text) => `${text}  db-data:\n\nnetworks:\n  default:\n    name: shared\n`],
    ['another interval', (text) => text.replace('interval: 5s', 'interval: 15s')],
    ['a published port', insertedBehind('      - "127.0.0.1:9000:9000"\n', '      - "127.0.0.1:9090:9090"\n')],
  ])('keeps %s that the user added', (_, change) => {
    const { text, conflicts } = merge('compose.yaml', { base, mine: change(base), theirs });
    expect(text).toBe(change(theirs));
    expect(conflicts).toBe(0);
  });
});

describe('both sides changed the same value', () => {
  it.each<[string, string, string, string]>([
    ['a scalar', '    plan: starter\n', '    plan: pro\n', '    plan: standard\n'],
    [
      'a variable',
      '      - key: MODE\n        value: "x"\n',
      '      - key: MODE\n        value: "y"\n',
      '      - key: MODE\n        value: "z"\n',
    ],
    [
      'a variable that the template drops',
      '      - key: MODE\n        value: "x"\n',
      '      - key: MODE\n        value: "y"\n',
      '',
    ],
  ])('%s: a conflict with labels, and nothing else of the file in it', (_, before, mine, theirs) => {
    const sides = { base: small, mine: small.replace(before, mine), theirs: small.replace(before, theirs) };
    const { text, conflicts } = merge('render.yaml', sides);
    expect(conflicts).toBe(1);
    expect(text).toBe(
      small.replace(before, `<<<<<<< ${labels.mine}\n${mine}=======\n${theirs}>>>>>>> ${labels.theirs}\n`),
    );
  });
});

describe('what did not clash is there whoever wins the place that did', () => {
  const theirs = `${small.replace('starter', 'standard')}      - key: NEW\n        value: "1"\n`;
  const mine = small.replace('starter', 'pro').replace('"x"', '"y" # ours');
  it('with mine, theirs and markers', () => {
    const merged = merge('render.yaml', { base: small, mine, theirs });
    expect(merged.conflicts).toBe(1);
    expect(merged.mine).toBe(`${mine}      - key: NEW\n        value: "1"\n`);
    expect(merged.theirs).toBe(theirs.replace('"x"', '"y" # ours'));
    expect(merged.text).toContain('"y" # ours\n      - key: NEW\n');
  });
});

describe('what can not be merged as YAML is a conflict, never a broken file', () => {
  it.each<[string, string]>([
    ['the user wrote no YAML', 'services: [\n'],
    ['the user left tabs', small.replace('    plan', '\tplan')],
    ['a key stands twice', small.replace('    plan: starter\n', '    plan: starter\n    plan: pro\n')],
    ['the user emptied it', ''],
  ])('%s', (_, mine) => {
    const theirs = small.replace('"x"', '"y"');
    const merged = merge('render.yaml', { base: small, mine, theirs });
    expect(merged.conflicts).toBeGreaterThan(0);
    expect(merged.mine).toBe(mine);
    for (const line of [...mine.split('\n'), '        value: "y"']) expect(merged.text.split('\n')).toContain(line);
  });

  it("a merge that Render would refuse: the template drops what the user's service refers to", () => {
    const base = files['render.yaml'] ?? '';
    const mine = `${base}      - key: BUCKET\n        fromService:\n          type: web\n          name: "minio-server"\n          envVarKey: MINIO_BROWSER_REDIRECT\n`;
    const { conflicts } = merge('render.yaml', {
      base,
      mine,
      theirs: replaced('      - key: MINIO_BROWSER_REDIRECT\n        value: "off"\n', '')(base),
    });
    expect(conflicts).toBeGreaterThan(0);
  });
});
