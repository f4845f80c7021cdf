import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Choice } from '../../src/move-in/choice.ts';
import { fixture } from './facts.ts';
import { report } from './report.ts';

const expected = join(import.meta.dirname, 'expected');
type Flags = Omit<Choice, 'intent'>;

/** A fixture, what somebody chooses there, and the name of the file that holds all that a move says. */
const repairs: [folder: string, flags?: Flags, name?: string][] = [
  ['01-image-backed'],
  ['02-browser-off'],
  ['03-env-docker'],
  ['04-both-services'],
  ['06-made-public'],
  ['07-password-in-git'],
  ['08-password-in-image'],
  ['09-monorepo'],
  ['10-monorepo-image'],
  ['11-bitnami'],
  ['11-private-service'],
  ['12-render-example'],
  ['13-no-disk'],
  ['14-disks'],
  ['14-disks', { service: 'minio' }, '14-disks-named'],
  ['14-free-with-disk'],
  ['14-free-with-disk', { service: 'minio' }, '14-free-with-disk-named'],
  ['15-dockerfile-only'],
  ['16-blueprint-in-folder'],
  ['17-several-buckets'],
  ['18-without-minio'],
  ['L09-other-repository', { service: 'catalog-minio' }],
  ['L15-empty-blueprint'],
  ['aistor'],
  ['bitnami-dockerfile'],
  ['broken-yaml'],
  ['copied-programs'],
  ['data-outside-disk'],
  ['example-in-a-project'],
  ['needs-packages'],
  ['old-release'],
  ['started-by-name'],
  ['two-servers'],
  ['two-servers', { service: 'backups' }, 'two-servers-named'],
];

const stacks: [folder: string, flags?: Flags, name?: string][] = [
  ['01-image-backed', { bucket: 'media' }],
  ['03-env-docker'],
  ['03-env-docker', { bucket: 'media' }, '03-env-docker-bucket'],
  ['04-both-services'],
  ['04-both-services', { wanted: { sizeGB: 10 } }, '05-smaller-disk'],
  ['06-made-public'],
  ['07-password-in-git'],
  ['08-password-in-image', { bucket: 'media', service: 'minio' }],
  ['09-monorepo'],
  ['11-private-service'],
  ['12-render-example', { bucket: 'media' }],
  ['13-no-disk', { bucket: 'media' }],
  ['14-free-with-disk', { bucket: 'media' }],
  ['14-free-with-disk', { bucket: 'media', service: 'minio' }, '14-free-with-disk-named'],
  ['15-dockerfile-only'],
  ['16-blueprint-in-folder', { bucket: 'media' }],
  ['17-several-buckets'],
  ['17-several-buckets', { bucket: 'documents' }, '17-several-buckets-chosen'],
  ['17-several-buckets', { bucket: 'my-storage' }, '17-several-buckets-unknown'],
  ['L09-other-repository', { service: 'catalog-minio', dataPath: '/data' }],
  ['aistor'],
  ['old-release'],
  ['two-servers', { service: 'other' }],
];

describe('a repair says and changes what test/move-in/expected holds', () => {
  it.each(repairs)('%s %j', async (folder, flags = {}, name = folder) => {
    const text = report(fixture(folder), { intent: 'repair', ...flags });
    await expect(text).toMatchFileSnapshot(join(expected, `${name}.repair.txt`));
  });
});

describe('a stack says what test/move-in/expected holds', () => {
  it.each(stacks)('%s %j', async (folder, flags = {}, name = folder) => {
    const text = report(fixture(folder), { intent: 'stack', ...flags });
    await expect(text).toMatchFileSnapshot(join(expected, `${name}.stack.txt`));
  });
});

it('test/move-in/expected holds nothing else, and every fixture is repaired or refused', () => {
  const names = [
    ...repairs.map(([folder, , name = folder]) => `${name}.repair.txt`),
    ...stacks.map(([folder, , name = folder]) => `${name}.stack.txt`),
  ];
  expect(readdirSync(expected).toSorted()).toEqual(names.toSorted());
  const folders = readdirSync(join(import.meta.dirname, '../data/move-in'));
  expect(folders.filter((folder) => !repairs.some(([repaired]) => repaired === folder))).toEqual([]);
});
