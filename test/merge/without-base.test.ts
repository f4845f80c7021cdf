import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { replaced, texts } from '../update/support.ts';
import { blueprint, type Change, head, inProject, services } from './blueprints.ts';
import { mergeTexts, settled } from './merge-texts.ts';

const merge = (mine: string, theirs = blueprint) => mergeTexts('render.yaml', { base: undefined, mine, theirs });

const django = `# The shop.

services:
  - type: web
    name: shop
    runtime: python
    region: frankfurt # near the customers
    envVars:
      - key: DATABASE_URL
        fromDatabase: {name: shop-db, property: connectionString}

databases:
  - name: shop-db
    plan: basic-256mb
`;

describe('a Blueprint that was there before', () => {
  it('gets our services beside its own, and keeps every byte', () => {
    expect(merge(django)).toEqual(settled(django.replace('\ndatabases:', `${services.both}\ndatabases:`)));
  });

  it('with another indentation gets our services in that indentation', () => {
    const flat = django.replaceAll(/^ {2}/gm, '');
    const merged = merge(flat);
    expect(merged.conflicts).toBe(0);
    expect(parse(merged.text).services).toEqual([...parse(django).services, ...parse(blueprint).services]);
    expect(merged.text).toContain('\n- type: web\n  name: minio-server\n');
  });

  it('without services gets a list of services', () => {
    const databases = django.slice(django.indexOf('databases:'));
    const merged = merge(databases);
    expect(merged.conflicts).toBe(0);
    expect(parse(merged.text)).toEqual({ ...parse(databases), services: parse(blueprint).services });
  });

  it('with an equal service is not changed', () => {
    expect(merge(blueprint)).toEqual(settled(blueprint));
    expect(merge(head + inProject(services.both))).toEqual(settled(head + inProject(services.both)));
  });

  it('with a service of ours that is equal but for a value: a conflict there, and the rest is merged', () => {
    const raised: Change = replaced(
      'name: minio-server\n    runtime: docker\n    plan: starter',
      'name: minio-server\n    runtime: docker\n    plan: pro',
    );
    const mine = raised(blueprint).replace('      - key: MODE\n        value: "x"\n', '');
    const merged = merge(mine);
    expect(merged.conflicts).toBe(1);
    expect(merged.mine).toBe(raised(blueprint));
    expect(merged.theirs).toBe(blueprint);
  });

  it('with a variable of the same key and another value: a conflict for the whole variable', () => {
    const mine = blueprint.replace('value: "x"', 'sync: false');
    const merged = merge(mine);
    expect(merged.conflicts).toBe(1);
    expect([merged.mine, merged.theirs]).toEqual([mine, blueprint]);
  });
});

describe('a compose.yaml that was there before', () => {
  const theirs = texts('current')['compose.yaml'] ?? '';
  const own =
    'services:\n  db:\n    image: postgres:18\n    volumes:\n      - db:/var/lib/postgresql\n\nvolumes:\n  db:\n';

  it('gets our services and volumes beside its own', () => {
    const merged = mergeTexts('compose.yaml', { base: undefined, mine: own, theirs });
    expect(merged.conflicts).toBe(0);
    const [result, before, ours] = [merged.text, own, theirs].map((text) => parse(text));
    expect(result).toEqual({
      services: { ...ours.services, ...before.services },
      volumes: { ...ours.volumes, ...before.volumes },
    });
    for (const line of own.split('\n')) expect(merged.text.split('\n')).toContain(line);
  });
});

describe('any other file that was there before', () => {
  it.each(['README.md', 'minio/Dockerfile', '.env.example'])('%s: each difference is a conflict', (path) => {
    const merged = mergeTexts(path, { base: undefined, mine: 'a\nb\nc\n', theirs: 'a\nB\nc\nd\n' });
    expect(merged.conflicts).toBe(2);
    expect([merged.mine, merged.theirs]).toEqual(['a\nb\nc\n', 'a\nB\nc\nd\n']);
  });
});
