import { describe, expect, it } from 'vitest';
import { replaced } from '../update/support.ts';
import { blueprint, type Change, head, indented, inEnvironment, inProject, newer, services } from './blueprints.ts';
import { mergeTexts, settled } from './merge-texts.ts';

const base = blueprint;
const theirs = newer(blueprint);
const merge = (mine: string, newTheirs = theirs, newName?: (name: string) => string) =>
  mergeTexts('render.yaml', { base, mine, theirs: newTheirs }, newName);

describe('an update reaches our services wherever the user has put them', () => {
  it.each<[string, string]>([
    ["in a project's environment", head + inProject(services.both)],
    ['in a project, with lists at the level of their key', (head + inProject(services.both)).replaceAll(/^ {2}/gm, '')],
    ['in two environments', head + inProject(services.server) + inEnvironment(services.console, 'tools')],
    ['below ungrouped', `${head}ungrouped:\n${indented(`services:\n${services.both}`, 2)}`],
    ['one in a project, one at the root', `${head}services:\n${services.console}${inProject(services.server)}`],
    [
      'in a project beside a service of the user',
      head + inProject(`  - type: worker\n    name: mailer\n    runtime: node\n\n${services.both}`),
    ],
    ['in another order', `${head}services:\n${services.console}\n${services.server}`],
  ])('%s', (_, mine) => {
    expect(merge(mine)).toEqual(settled(newer(mine)));
  });

  it('a service that is new in the template goes to its neighbours', () => {
    const worker = '\n  - type: worker\n    name: minio-backup\n    runtime: docker\n';
    const merged = merge(head + inProject(services.both), base + worker);
    expect(merged).toEqual(settled(head + inProject(services.both + worker)));
  });

  it('a service that the template drops goes', () => {
    const mine = head + inProject(services.both);
    expect(merge(mine, `${head}services:\n${services.server}`)).toEqual(settled(head + inProject(services.server)));
  });

  it('both changed the same place in a project: a conflict there, and nothing else in it', () => {
    const changed = (text: string, to: string) => text.replace('plan: starter', `plan: ${to}`);
    const merged = merge(changed(head + inProject(services.both), 'pro'), changed(theirs, 'standard'));
    expect(merged.conflicts).toBe(1);
    expect(merged.mine).toBe(changed(newer(head + inProject(services.both)), 'pro'));
    expect(merged.theirs).toBe(changed(newer(head + inProject(services.both)), 'standard'));
  });
});

describe('a service that the user renamed in the file only', () => {
  const files: Change = (text) => text.replaceAll('name: minio-server', 'name: files');
  const note = { kind: 'renamed', service: 'minio-server', mine: 'files' };

  it("gets the update, keeps the user's name, and is named", () => {
    expect(merge(files(base))).toEqual({ ...settled(files(theirs)), notes: [note] });
  });

  it('is referred to by that name in what is new', () => {
    const reference =
      '      - key: MINIO_PORT\n        fromService:\n          type: web\n          name: minio-server\n          envVarKey: PORT\n';
    expect(merge(files(base), theirs + reference).text).toBe(files(theirs + reference));
  });

  it('in a project, too', () => {
    const mine = head + inProject(files(services.both));
    expect(merge(mine)).toEqual({ ...settled(newer(mine)), notes: [note] });
  });

  it('although another service has the old name by now', () => {
    const other =
      '  - type: web\n    name: minio-server\n    runtime: docker\n    dockerfilePath: ./other/Dockerfile\n';
    const merged = merge(files(base) + other);
    expect(merged.text).toBe(files(theirs) + other);
    expect(merged.notes).toEqual([note]);
  });

  it('beside a copy of the service that has another name: the copy is not ours', () => {
    const copy = services.server.replace('name: minio-server', 'name: second');
    expect(merge(`${base}${copy}`)).toEqual(settled(`${theirs}${copy}`));
  });

  it('and that an answer renames as well: a conflict at the name', () => {
    const store: Change = (text) => text.replaceAll('name: minio-server', 'name: store');
    const merged = merge(files(base), store(theirs), (name) => (name === 'minio-server' ? 'store' : name));
    expect(merged.conflicts).toBe(2);
    expect(merged.mine).toBe(files(theirs));
    expect(merged.theirs).toBe(store(theirs));
    expect(merged.notes).toEqual([{ ...note, service: 'store' }]);
  });

  it('is found in compose.yaml by what it is built from', () => {
    const compose =
      'services:\n  minio-server:\n    build: ./minio\n    environment:\n      PORT: "9000"\n  minio-console:\n    build: ./console\n    environment:\n      MINIO_HOST: "minio-server"\n';
    const change = replaced('PORT: "9000"', 'PORT: "9001"');
    const mine = compose.replaceAll('minio-server', 'files');
    const merged = mergeTexts('compose.yaml', { base: compose, mine, theirs: change(compose) });
    expect(merged).toEqual({ ...settled(change(mine)), notes: [note] });
  });
});

describe('a service that is not in the file any more', () => {
  const mine = `${head}services:\n${services.server}`;
  const raised: Change = replaced(
    'minio-console\n    runtime: docker\n    plan: starter',
    'minio-console\n    runtime: docker\n    plan: pro',
  );

  it('is no question while the update does not change it', () => {
    expect(merge(mine)).toEqual(settled(newer(mine)));
  });

  it('is a conflict, and is named, when the update changes it', () => {
    const merged = merge(mine, raised(theirs));
    expect(merged.notes).toEqual([{ kind: 'missing', service: 'minio-console' }]);
    expect(merged.conflicts).toBe(1);
    expect(merged.mine).toBe(newer(mine));
    expect(merged.theirs).toBe(raised(theirs));
  });

  it.each<[string, string]>([
    ['the file is empty', ''],
    ['only comments are left', head],
    ['the map is empty', '{}\n'],
    ['the value is null', 'null\n'],
    ['the list is empty', 'services: []\n'],
    ['the list has no value', 'services:\n'],
    ['there is another key', 'databases:\n  - name: db\n'],
    [
      'the services have other names and other Dockerfiles',
      'services:\n  - type: web\n    name: other\n    dockerfilePath: ./other/Dockerfile\n',
    ],
  ])('%s: named, and never claimed to be up to date', (_, text) => {
    const merged = merge(text, raised(theirs));
    expect(merged.conflicts).toBeGreaterThan(0);
    expect(merged.mine).toBe(text);
    expect(merged.notes.map(({ service }) => service)).toEqual(['minio-server', 'minio-console']);
    expect(merged.theirs).toContain('"9001"');
  });
});

describe('two services of one name', () => {
  const other = '  - type: web\n    name: minio-server\n    runtime: docker\n    dockerfilePath: ./other/Dockerfile\n';

  it.each<[string, Change]>([
    ['the other one behind ours', (text) => text + other],
    ['the other one before ours', (text) => text.replace('services:\n', `services:\n${other}`)],
  ])('%s: the update reaches ours, and the other one stays', (_, change) => {
    expect(merge(change(base))).toEqual(settled(change(theirs)));
  });
});

describe('a file that is no Blueprint', () => {
  it.each([
    'a\n',
    '- services\n',
    'services: a\n',
    'services: [a, b]\n',
    'services:\n  -\n  - # nothing\n',
    'services: &x\n  - *x\n',
    'services: *x\n',
    'projects:\n  - a\n',
    'projects:\n  - name: p\n    environments: a\n',
    '[a]: b\n',
    '? services\n: a\n',
    '<<: 1\n',
    '%YAML 9.9\n---\nservices: []\n',
    '---\na: 1\n---\nb: 2\n',
    '!!map {}\n',
    '\tservices:\n',
  ])('is a conflict, never a crash: %j', (mine) => {
    for (const before of [base, undefined]) {
      const merged = mergeTexts('render.yaml', { base: before, mine, theirs });
      expect(merged.text).toContain('"9001"');
      if (before !== undefined) expect(merged.conflicts).toBeGreaterThan(0);
    }
  });
});
