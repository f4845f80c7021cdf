import { cpSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { edit, frozen, generated, own, replaced, run, versionFolder } from '../update/support.ts';
import { allRefused, anonymousStatuses } from './checks.ts';
import { http } from './clients/http.ts';
import { s3 } from './clients/s3.ts';
import { describeStack } from './layer.ts';
import { type Stack, startStack } from './stack.ts';

const conf = 'console/minio-console.conf.template';

describeStack('a repository that its user has edited, updated over every version', () => {
  let merged: Record<string, string>;
  let stack: Stack;
  beforeAll(async () => {
    const [first, ...later] = [...frozen, 'current'].map(versionFolder);
    const folder = await generated(first ?? '');
    edit(folder, {
      'render.yaml': replaced(
        '      - key: MINIO_ROOT_PASSWORD\n',
        '      - key: OURS\n        value: kept\n      - key: MINIO_ROOT_PASSWORD\n',
      ),
      'minio/Dockerfile': (text) => `${text}\nRUN id >/etc/ours\n`,
      [conf]: replaced('add_header X-Content-Type-Options nosniff', 'add_header X-Ours kept'),
    });
    for (const version of later) await run(version, folder);
    merged = own(folder);
    stack = await startStack({
      change: (target) => {
        rmSync(target, { recursive: true });
        cpSync(folder, target, { recursive: true });
      },
    });
  }, 180_000);
  afterAll(() => stack?.stop(), 60_000);

  test('is the newest one with their edits', async () => {
    const newest = own(await generated(versionFolder('current')));
    expect(Object.keys(merged)).toEqual(Object.keys(newest));
    const edited = Object.keys(merged).filter((path) => merged[path] !== newest[path]);
    expect(edited.toSorted()).toEqual([conf, 'minio/Dockerfile', 'render.yaml']);
  });

  test('runs with them', async () => {
    expect((await stack.server.exec(['printenv', 'OURS'])).stdout).toBe('kept\n');
    expect((await stack.server.exec(['cat', '/etc/ours'])).stdout).toMatch(/^uid=/);
    expect((await http(stack, `${stack.console.url}/`)).headers['x-ours']).toBe('kept');
  });

  test('is private, and serves what is signed', async () => {
    const client = await s3(stack);
    const object = { Bucket: 'my-storage', Key: 'object' };
    await client.call('put_object', { ...object, Body: Buffer.from('text') });
    expect(await anonymousStatuses(stack, 'object')).toEqual(allRefused);
    expect((await http(stack, await client.presign('get_object', object))).status).toBe(200);
    client.close();
  });
});
