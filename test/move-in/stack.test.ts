import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBlueprint } from '../support/blueprint.ts';
import { readTree } from '../support/generate.ts';
import { create } from '../update/create.ts';
import { edit } from '../update/support.ts';
import { lineDifference, moveIn, remembered } from './bundle.ts';

const stack = (repository: string | Record<string, string>, ...flags: string[]) =>
  moveIn(repository, '--move-in', 'stack', ...flags);
const dashboard = ['--service', 'store', '--region', 'frankfurt'];

describe('the stack inside the service that is there', () => {
  it.each<[fixture: string, flags: string[], answers: Record<string, unknown>]>([
    [
      '03-env-docker',
      ['--bucket', 'media'],
      { serverName: 'minio', consoleName: 'minio-console', unsaid: ['diskSize', 'region', 'serverPlan', 'rootUser'] },
    ],
    [
      '04-both-services',
      [],
      { serverName: 'minio-server', diskSize: 25, region: 'frankfurt', rootUser: 'acme-admin', bucket: 'media' },
    ],
    ['06-made-public', [], { rootUser: 'admin', bucket: 'media' }],
    ['07-password-in-git', [], { rootUser: 'admin' }],
    [
      '08-password-in-image',
      [...dashboard, '--bucket', 'media'],
      { serverName: 'store', region: 'frankfurt', unsaid: ['diskSize', 'serverPlan', 'rootUser'] },
    ],
    [
      '09-monorepo',
      [],
      {
        serverName: 'shop-minio',
        diskSize: 50,
        serverPlan: 'standard',
        dataPath: '/mnt/data/minio',
        rootPassword: 'generate',
        unsaid: ['rootUser'],
      },
    ],
    ['14-free-with-disk', ['--service', 'minio', '--bucket', 'media'], { serverName: 'minio' }],
    [
      '15-dockerfile-only',
      [...dashboard, '--bucket', 'avatars', '--data-path', '/var/data'],
      { serverName: 'store', bucket: 'avatars' },
    ],
    [
      '16-blueprint-in-folder',
      ['--blueprint', 'deploy/render/render.yaml', '--bucket', 'media'],
      { places: { 'render.yaml': 'deploy/render/render.yaml' } },
    ],
    ['17-several-buckets', ['--bucket', 'invoices'], { bucket: 'invoices' }],
    ['L15-empty-blueprint', [...dashboard, '--bucket', 'media'], { serverName: 'store', region: 'frankfurt' }],
  ])('%s: what is known of it is remembered, and afterwards it is in sync', (fixture, flags, answers) => {
    const { status, stderr, folder, after } = stack(fixture, ...flags);
    expect(status, stderr).toBe(0);
    expect(remembered(after)).toMatchObject(answers);
    for (const name of answers.unsaid ? (answers.unsaid as string[]) : [])
      expect(remembered(after)).not.toHaveProperty(name);
    expect(after['minio/Dockerfile']).toContain('silo');
    expect(create(folder, '--check')).toMatchObject({ status: 0 });
    expect(create(folder, '--check', '--move-in', 'repair').status).toBe(0);
  });

  it('keeps name, region, disk, root user and omitted keys, and adds what is ours', () => {
    const { before, after } = stack('04-both-services');
    expect(lineDifference(before['render.yaml'], after['render.yaml']).filter((line) => line.startsWith('-'))).toEqual(
      [],
    );
    expect(readBlueprint(after['render.yaml'] ?? '').problems).toEqual([]);
    const [server, console] = readBlueprint(after['render.yaml'] ?? '').services;
    expect(server).toMatchObject({
      name: 'minio-server',
      region: 'frankfurt',
      plan: 'starter',
      disk: { name: 'minio-disk', mountPath: '/data', sizeGB: 25 },
    });
    expect(server?.envVars).toContainEqual({ key: 'MINIO_ROOT_USER', value: 'acme-admin' });
    expect(server?.envVars.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['MINIO_APP_ACCESS_KEY', 'MINIO_APP_SECRET_KEY', 'MINIO_BROWSER_REDIRECT']),
    );
    expect(console).not.toHaveProperty('plan');
    expect(console?.envVars).toContainEqual({ key: 'PORT', value: '10000' });
  });

  it('leaves out what the Blueprint left to the Dashboard', () => {
    const { after } = stack('03-env-docker', '--bucket', 'media');
    const [server, console] = readBlueprint(after['render.yaml'] ?? '').services;
    for (const key of ['plan', 'region', 'env', 'autoDeployTrigger']) expect(server).not.toHaveProperty(key);
    expect(server).toMatchObject({
      name: 'minio',
      runtime: 'docker',
      autoDeploy: false,
      disk: { name: 'data', mountPath: '/data' },
    });
    expect(server?.disk).not.toHaveProperty('sizeGB');
    expect(console).toMatchObject({ name: 'minio-console', type: 'web' });
    expect(console).not.toHaveProperty('region');
    expect(after['README.md']).toContain('sign in as `MINIO_ROOT_USER`');
    expect(after['README.md']).not.toContain('10 GB');
  });

  it('takes a size and a plan that somebody asks for', () => {
    const { after } = stack('04-both-services', '--disk-size', '50', '--server-plan', 'standard');
    expect(readBlueprint(after['render.yaml'] ?? '').services[0]).toMatchObject({
      plan: 'standard',
      disk: { sizeGB: 50 },
    });
  });

  it('takes a password out of the Blueprint, and prints it nowhere', () => {
    const { before, after, stdout, stderr } = stack('07-password-in-git');
    expect(lineDifference(before['render.yaml'], after['render.yaml']).filter((line) => line.startsWith('-'))).toEqual([
      '-        value: hunter22',
    ]);
    expect(stdout + stderr + JSON.stringify(after)).not.toContain('hunter22');
    expect(stderr).toMatch(/stands in git[\s\S]*render\.yaml:\d+[\s\S]*set a new\s+MINIO_ROOT_PASSWORD/);
  });

  it('in a project that is more than MinIO touches nothing but that service and the end of the list', () => {
    const { before, after, changed, created, stderr } = stack('09-monorepo');
    expect(changed).toEqual(['render.yaml']);
    const text = before['render.yaml'] ?? '';
    const others = text.slice(0, text.indexOf('  # The files of the shop'));
    expect(after['render.yaml']?.startsWith(others)).toBe(true);
    expect(after['render.yaml']).toContain('disk: {name: media, mountPath: /mnt/data, sizeGB: 50}');
    expect(after['render.yaml']).toContain('- key: MINIO_DATA_DIR\n        value: "/mnt/data/minio"');
    expect(after['render.yaml']).toContain('- minio/README.md');
    expect(created).toEqual(expect.arrayContaining(['minio/README.md', 'minio/docs/operations.md']));
    expect(created).not.toContain('.env.example');
    expect(stderr).toMatch(
      /Found {2}shop-minio in render\.yaml:32[\s\S]*Before you push[\s\S]*Push\. Then[\s\S]*delete deploy\/minio\/Dockerfile/,
    );
  });

  it('makes up no name of root, where the repository has it under an old variable, or not at all', () => {
    const named = (variables: string) => ({
      'render.yaml': `services:
  - type: web
    name: files
    runtime: docker
    dockerfilePath: ./deploy/Dockerfile
    disk: {name: data, mountPath: /data}
${variables}`,
      'deploy/Dockerfile': 'FROM minio/minio\nCMD ["server", "/data"]\n',
    });
    const userIn = (variables: string) => {
      const { status, after } = stack(named(variables), '--bucket', 'media');
      expect(status).toBe(0);
      const [server] = readBlueprint(after['render.yaml'] ?? '').services;
      return server?.envVars.find(({ key }) => key === 'MINIO_ROOT_USER');
    };
    expect(userIn('')).toBeUndefined();
    expect(userIn('    envVars: [{key: MINIO_ACCESS_KEY, generateValue: true}]\n')).toBeUndefined();
    expect(userIn('    envVars: [{key: MINIO_ACCESS_KEY, value: boss}]\n')).toMatchObject({ value: 'boss' });
    expect(userIn('    envVars: [{key: MINIO_ROOT_USER, sync: false}]\n')).toMatchObject({ sync: false });
  });

  it('gives every update that comes later, and keeps what is somebody else’s', () => {
    const { folder } = stack('09-monorepo');
    edit(folder, {
      'render.yaml': (text) => text.replace('maxShutdownDelaySeconds: 30', 'maxShutdownDelaySeconds: 60'),
      'README.md': '# The shop, again\n',
    });
    expect(create(folder, '--check').status).toBe(0);
    expect(create(folder, '--console-port', '9191').status).toBe(0);
    const blueprint = readBlueprint(stackOf(folder)['render.yaml'] ?? '');
    expect(blueprint.services.find(({ name }) => name === 'shop-minio')).toMatchObject({ maxShutdownDelaySeconds: 60 });
    expect(stackOf(folder)['README.md']).toBe('# The shop, again\n');
    expect(stackOf(folder)['render.yaml']).toContain('"9191"');
    expect(create(folder, '--disk-size', '20')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('would shrink the disk of 50 GB'),
    });
    expect(create(folder, '--server-name', 'other').status).toBe(1);
  });

  it('comes back when the answers are lost, from what is remembered beside them', () => {
    const { folder } = stack('09-monorepo');
    rmSync(join(folder, '.yo-rc.json'));
    expect(create(folder).status).toBe(0);
    expect(remembered(stackOf(folder))).toMatchObject({
      dataPath: '/mnt/data/minio',
      places: { 'compose.yaml': null },
    });
  });
});

describe('nothing is written', () => {
  it.each<[string, string, string[], number, RegExp]>([
    ['where the runtime is image', '01-image-backed', [], 3, /runtime image[\s\S]*--move-in repair/],
    ['where the type is pserv', '12-render-example', [], 3, /type pserv/],
    [
      'where there is no disk, which leaves nothing to move',
      '13-no-disk',
      [],
      3,
      /There is no data to move[\s\S]*npm init minio-stack@latest my-storage/,
    ],
    ["where Render can't have made the disk", '14-disks', [], 3, /--service minio/],
    ['where the bucket is not known', '03-env-docker', [], 3, /No bucket was found[\s\S]*--bucket NAME/],
    [
      'where several buckets are there',
      '17-several-buckets',
      [],
      3,
      /documents, invoices, exports, reports[\s\S]*--bucket NAME/,
    ],
    ['where several servers are there', 'two-servers', [], 3, /media, backups[\s\S]*--service NAME/],
    ['where only the Dashboard knows the service', '08-password-in-image', ['--bucket', 'media'], 3, /--service NAME/],
    [
      'where only the Dashboard knows the region',
      '08-password-in-image',
      ['--bucket', 'media', '--service', 'a1'],
      3,
      /--region REGION/,
    ],
    ['where the Blueprint is elsewhere', '16-blueprint-in-folder', [], 3, /--blueprint deploy\/render\/render\.yaml/],
    ['where the disk would shrink', '04-both-services', ['--disk-size', '10'], 1, /shrink from 25 GB to 10 GB/],
    ['where the name would change', '04-both-services', ['--server-name', 'other'], 1, /from minio-server to other/],
    ['where the region would change', '04-both-services', ['--region', 'ohio'], 1, /from frankfurt to ohio/],
    [
      'where the region was never said',
      '03-env-docker',
      ['--region', 'ohio', '--bucket', 'media'],
      1,
      /would become ohio/,
    ],
    ['where root would get another name', '09-monorepo', ['--root-user', 'boss'], 1, /--root-user can't change/],
    [
      'where the Blueprint is not there',
      '04-both-services',
      ['--blueprint', 'other.yaml'],
      1,
      /other\.yaml" is not there/,
    ],
    ['where the Blueprint is no YAML', 'broken-yaml', [], 3, /no valid YAML/],
    ['where the image is AIStor', 'aistor', ['--bucket', 'media'], 3, /AIStor/],
  ])('%s', (_, fixture, flags, status, message) => {
    for (const force of [[], ['--force', '--allow-rename']]) {
      const run = stack(fixture, ...flags, ...force);
      expect({ status: run.status, after: run.after }).toEqual({ status, after: run.before });
      expect(run.stderr).toMatch(message);
    }
  });

  it('where a service of MinIO shares an anchor that would have to change', () => {
    const shared = {
      'render.yaml': `services:
  - type: web
    name: minio
    runtime: docker
    dockerfilePath: &file ./deploy/Dockerfile
    disk: {name: data, mountPath: /data}
  - type: web
    name: copy
    runtime: docker
    dockerfilePath: *file
`,
      'deploy/Dockerfile': 'FROM minio/minio\nCMD ["server", "/data"]\n',
    };
    const run = stack(shared, '--bucket', 'media', '--service', 'minio');
    expect({ status: run.status, after: run.after }).toEqual({ status: 3, after: run.before });
  });
});

const stackOf = (folder: string) => {
  const { files } = readTree(folder);
  return files;
};
