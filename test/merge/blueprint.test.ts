import { describe, expect, it } from 'vitest';
import { blueprintProblems, diskSizeIn } from '../../src/merge/blueprint.ts';
import { head, indented, inProject, services } from './blueprints.ts';

const places: [string, (list: string) => string][] = [
  ['at the root', (list) => `${head}services:\n${list}`],
  ['below ungrouped', (list) => `${head}ungrouped:\n${indented(`services:\n${list}`, 2)}`],
  ["in a project's environment", (list) => head + inProject(list)],
];

describe.each(places)('of services %s', (_, at) => {
  it('the largest disk is known', () => {
    const disk = (size: number) => `    disk:\n      name: data\n      mountPath: /data\n      sizeGB: ${size}\n`;
    expect(diskSizeIn(at(services.server + disk(25) + services.console + disk(50)), 'gone')).toBe(50);
    expect(diskSizeIn(at(services.server + disk(25) + services.console + disk(50)), 'minio-server')).toBe(25);
  });

  it('nothing is wrong that Render would take', () => {
    expect(blueprintProblems(at(services.both))).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['a name twice', services.both.replace('name: minio-console', 'name: minio-server'), 'two services are called'],
    ['a reference to nothing', services.console, 'refers to web minio-server, which is not there'],
    [
      'a reference into another region',
      services.both.replace('name: minio-server', 'name: minio-server\n    region: frankfurt'),
      'is in another region',
    ],
    ['a variable twice', `${services.server}      - key: PORT\n        value: "1"\n`, 'sets PORT twice'],
  ])('%s is a problem', (_problem, list, message) => {
    expect(blueprintProblems(at(list))).toEqual([expect.stringContaining(message)]);
  });
});

describe('no problem for Render', () => {
  it.each<[string, string]>([
    [
      'a region that is left out and the default, which is the same',
      services.both.replace('plan:', 'region: oregon\n    plan:'),
    ],
    [
      'two services in two regions that do not refer to each other',
      `${services.server}    region: ohio\n  - type: web\n    name: other\n    region: oregon\n`,
    ],
    ['an item without anything', `${services.server}      - # later\n`],
  ])('%s', (_, list) => {
    expect(blueprintProblems(`services:\n${list}`)).toEqual([]);
  });
});

it.each([
  '',
  'services:\n',
  'services: 1\n',
  'services: [1]\n',
  '- a\n',
  'a\n',
  'projects: 1\n',
  'projects:\n  - environments: [1]\n',
])('a file without services is no Blueprint: %j', (text) => {
  expect(blueprintProblems(text)).toEqual(['services is not a list of services']);
  expect(diskSizeIn(text, 'minio-server')).toBe(0);
});
