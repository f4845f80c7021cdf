import { beforeEach, describe, expect, it } from 'vitest';
import { readTree } from '../support/generate.ts';
import { create } from './create.ts';
import { current, type Edits, edit, generated, own, replaced, stored } from './support.ts';

const blueprint = 'render.yaml';
const server = 'minio/Dockerfile';
const [image, newer] = [
  'docker.io/pgsty/silo:RELEASE.2026-11-01T00-00-00Z',
  'docker.io/pgsty/silo:RELEASE.2026-12-01T00-00-00Z',
];
const nginx = 'docker.io/library/nginx:1.30.6-alpine-slim';

/** What somebody changes by hand in a generated file, for each answer that stands in one. */
const edits: [string, Record<string, string>, Edits, Record<string, unknown>][] = [
  ['bucket', {}, { [blueprint]: replaced('"my-storage"', 'photos') }, { bucket: 'photos' }],
  ['names', {}, { [blueprint]: (text) => text.replaceAll('"minio-server"', 'files') }, { serverName: 'files' }],
  ['console', {}, { [blueprint]: replaced('"minio-console"', 'files-ui') }, { consoleName: 'files-ui' }],
  ['disk', {}, { [blueprint]: replaced('sizeGB: 10', 'sizeGB: 50') }, { diskSize: 50 }],
  ['region', {}, { [blueprint]: (text) => text.replaceAll('"oregon"', '"ohio"') }, { region: 'ohio' }],
  ['root user', {}, { [blueprint]: replaced('"minio-admin"', 'boss-1') }, { rootUser: 'boss-1' }],
  ['port', { 'console-port': '9191' }, { [blueprint]: replaced('"9191"', '"9292"') }, { consolePort: 9292 }],
  ['server plan', { 'server-plan': 'pro' }, { [blueprint]: replaced('"pro"', 'standard') }, { serverPlan: 'standard' }],
  ['console plan', { 'console-plan': 'free' }, { [blueprint]: replaced('"free"', 'pro') }, { consolePlan: 'pro' }],
  [
    'password',
    { 'root-password': 'generate' },
    { [blueprint]: (text) => text.replace(/(MINIO_ROOT_PASSWORD\n +)generateValue: true/, '$1sync: false') },
    { rootPassword: undefined },
  ],
  [
    'origins',
    { 'cors-origins': 'https://a.example.com' },
    { [blueprint]: replaced('"https://a.example.com"', '"https://a.example.com,https://b.example.com"') },
    { corsOrigins: ['https://a.example.com', 'https://b.example.com'] },
  ],
  [
    'domain',
    { 'server-domain': 'files.example.com' },
    { [blueprint]: replaced('- "files.example.com"', '- cdn.example.com') },
    { serverDomain: 'cdn.example.com' },
  ],
  [
    'domain, removed',
    { 'server-domain': 'files.example.com' },
    { [blueprint]: replaced('    domains:\n      - "files.example.com"\n', '') },
    { serverDomain: undefined },
  ],
  ['image', { 'server-image': image }, { [server]: replaced(image, newer) }, { serverImage: newer }],
  [
    'nginx image',
    { 'console-image': 'nginx:1' },
    { 'console/Dockerfile': replaced('FROM nginx:1', `FROM ${nginx}`) },
    { consoleImage: nginx },
  ],
];

describe('a stored answer that somebody changes in a file', () => {
  it.each(edits)('%s: the answer follows, and so do the other files', async (_, options, edited, answers) => {
    const folder = await generated(current, options);
    edit(folder, edited);
    const mine = own(folder);
    const checked = create(folder, '--check', '--json');
    expect(checked.status).toBe(2);
    expect(JSON.parse(checked.stdout)).toMatchObject({ outdated: true, written: false });
    expect(create(folder).status).toBe(0);
    expect(create(folder, '--check')).toMatchObject({ status: 0 });
    for (const [name, value] of Object.entries(answers)) expect(stored(folder)[name]).toEqual(value);
    for (const path of Object.keys(edited)) expect(own(folder)[path]).toBe(mine[path]);

    // As if the answer had been given: only the quotes in the edited file are the person's own.
    const flags = Object.entries({ ...stored(folder), version: undefined }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${value}`],
    );
    const fresh = await generated(current);
    expect(create(fresh, '--allow-rename', ...flags).status).toBe(0);
    const others = (all: Record<string, string>) =>
      Object.fromEntries(Object.entries(all).filter(([path]) => !(path in edited)));
    expect(others(own(folder))).toEqual(others(own(fresh)));
  });

  it('that breaks a rule is named: the check fails until one of the two is changed', async () => {
    const folder = await generated(current);
    edit(folder, { [blueprint]: (text) => text.replaceAll('"oregon"', 'mars') });
    const before = readTree(folder);
    expect(create(folder)).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^A file has "mars" for --region.*\nNothing to do for generator-minio-stack/),
    });
    expect(create(folder, '--check')).toMatchObject({ status: 3, stderr: expect.stringContaining('--region') });
    expect(readTree(folder)).toEqual(before);
  });

  it('that was never stored is an edit as any other', async () => {
    const folder = await generated(current);
    edit(folder, { [blueprint]: (text) => text.replaceAll('plan: "starter"', 'plan: pro') });
    expect(create(folder, '--check').status).toBe(0);
    expect(stored(folder)).not.toHaveProperty('serverPlan');
  });

  it('that was changed in .yo-rc.json as well, otherwise, is a conflict', async () => {
    const folder = await generated(current);
    edit(folder, {
      [blueprint]: replaced('sizeGB: 10', 'sizeGB: 50'),
      '.yo-rc.json': replaced('"diskSize": 10', '"diskSize": 60'),
    });
    expect(create(folder, '--check').status).toBe(3);
    expect(create(folder, '--on-conflict', 'mine').status).toBe(0);
    expect(stored(folder)).toMatchObject({ diskSize: 50 });
    expect(create(folder, '--check').status).toBe(0);
  });

  it('to a smaller disk is refused: Render would refuse the deploy', async () => {
    const folder = await generated(current);
    edit(folder, { [blueprint]: replaced('sizeGB: 10', 'sizeGB: 5') });
    const message = 'render.yaml, sizeGB: 5 would shrink the disk of 10 GB';
    expect(create(folder)).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
  });
});

describe('a flag against an edit', () => {
  let folder: string;
  const flags = ['--server-plan', 'standard', '--cors-origins', 'https://www.example.com'];
  beforeEach(async () => {
    folder = await generated(current);
    edit(folder, {
      [blueprint]: (text) =>
        text
          .replaceAll('plan: "starter"', 'plan: pro')
          .replace('maxShutdownDelaySeconds: 30', 'maxShutdownDelaySeconds: 60 # mine'),
    });
  });

  it.each([
    ['mine', 'pro', 'plan: pro'],
    ['theirs', 'standard', 'plan: "standard"'],
  ])('%s: every file, the stored answer, what is said and --check agree', async (policy, plan, line) => {
    const { status, stderr } = create(folder, ...flags, '--on-conflict', policy);
    expect(status).toBe(0);
    expect(stderr.includes('--server-plan is pro, as in your file')).toBe(policy === 'mine');
    expect(create(folder, '--check').status).toBe(0);
    expect(stored(folder)).toMatchObject({ serverPlan: plan, corsOrigins: ['https://www.example.com'] });
    const text = own(folder)[blueprint] ?? '';
    expect(text).toMatch(new RegExp(`${line}\\n {4}dockerfilePath: ./minio`));
    // What did not clash is there whoever wins.
    expect(text).toContain('value: "https://www.example.com"');
    expect(text).toMatch(/plan: pro\n {4}dockerfilePath: .\/console/);
    expect(text).toContain('maxShutdownDelaySeconds: 60 # mine');
  });

  it('markers: the check says so until they are gone', () => {
    expect(create(folder, ...flags, '--on-conflict', 'markers').status).toBe(3);
    expect(create(folder, '--check').status).toBe(3);
  });

  it('fail: nothing is written, nor stored', () => {
    const before = readTree(folder);
    expect(create(folder, ...flags).status).toBe(3);
    expect(readTree(folder)).toEqual(before);
  });

  it('that gives what was stored, while the file says something else: the file stays, and the answer follows', async () => {
    const again = await generated(current, { 'server-plan': 'standard' });
    edit(again, { [blueprint]: replaced('plan: "standard"', 'plan: pro') });
    expect(create(again, '--server-plan', 'standard').status).toBe(0);
    expect(stored(again)).toMatchObject({ serverPlan: 'pro' });
    expect(create(again, '--check').status).toBe(0);
  });
});
