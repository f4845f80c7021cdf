import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { http } from './clients/http.ts';
import { type Mc, mc } from './clients/mc.ts';
import { application, outcome, root, type S3, s3 } from './clients/s3.ts';
import { init } from './faults.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised } from './stack.ts';

const Bucket = 'my-storage';

describeStack('the application user', () => {
  const shared = sharedStack({ only: 'server' });
  let app: S3;
  let admin: S3;
  let appMc: Mc;
  beforeAll(async () => {
    app = await s3(shared.stack);
    admin = await s3(shared.stack, root(shared.stack));
    appMc = await mc(shared.stack, application(shared.stack));
    await admin.call('create_bucket', { Bucket: 'other-bucket' });
    await admin.call('put_object', { Bucket: 'other-bucket', Key: 'secret', Body: Buffer.from('x') });
    await admin.call('put_object', { Bucket, Key: 'object', Body: Buffer.from('x') });
  });
  afterAll(() => {
    for (const client of [app, admin, appMc]) client?.close();
  });

  // As the generated README says. A folder has no metadata: the type is guessed from the name on the way back.
  test('copies its bucket into a folder and back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'minio-stack-backup-'));
    const object = { Bucket, Key: 'media/größe 1.txt' };
    await app.call('put_object', { ...object, Body: Buffer.from('kept'), Metadata: { owner: 'me' } });
    await appMc.do('mirror', '--overwrite', `stack/${Bucket}`, folder);
    await app.call('delete_object', object);
    await appMc.do('mirror', '--overwrite', folder, `stack/${Bucket}`);
    const { Body, ContentType, Metadata } = await app.call('get_object', object);
    expect([Body.toString(), ContentType]).toEqual(['kept', 'text/plain']);
    expect(Metadata).not.toHaveProperty('owner');
    rmSync(folder, { recursive: true });
  });

  test('sees no bucket but its own', async () => {
    const { Buckets } = await app.call('list_buckets');
    expect(Buckets.map(({ Name }: { Name: string }) => Name)).toEqual([Bucket]);
  });

  test.each([
    ['info', 'stack'],
    ['user', 'list', 'stack'],
    ['user', 'add', 'stack', 'second-user', 'password-of-it'],
    ['policy', 'list', 'stack'],
    ['policy', 'attach', 'stack', 'consoleAdmin', '--user', 'minio-app'],
    // Every user may do these to itself, unless its policy says no: keys that outlive a new secret.
    ['user', 'svcacct', 'add', 'stack', 'minio-app'],
    ['accesskey', 'create', 'stack', 'minio-app'],
    ['user', 'add', 'stack', 'minio-app', 'own-password'],
    ['config', 'get', 'stack', 'api'],
    ['service', 'restart', 'stack', '--json'],
  ])('must not use the admin API: %s %s %s', async (...args) => {
    const { status, stdout, stderr } = await appMc.try('admin', ...args);
    expect(status).not.toBe(0);
    expect(stdout + stderr).toMatch(/Access ?Denied|Access denied/i);
  });

  // They would outlive a new secret: a key for ever, a session for a week.
  test('has nothing of a session that it opens, or of a key that it was given by hand', async () => {
    const session = await s3(shared.stack, await app.call('assume_role', { seconds: 604800 }));
    const tool = await mc(shared.stack);
    const key = { accessKey: 'second-key', secretKey: 'secret-of-it' };
    const secret = ['--access-key', key.accessKey, '--secret-key', key.secretKey];
    await tool.do('admin', 'user', 'svcacct', 'add', 'stack', 'minio-app', ...secret);
    const second = await s3(shared.stack, key);
    for (const client of [session, second]) {
      expect(await outcome(client, 'get_object', { Bucket, Key: 'object' })).toBe('AccessDenied');
      expect(await outcome(client, 'list_objects_v2', { Bucket })).toBe('AccessDenied');
      client.close();
    }
    tool.close();
  });

  describe('with its secret changed', () => {
    test('cannot use what was signed before, nor sign with the old secret', async () => {
      const before = await app.presign('get_object', { Bucket, Key: 'object' });
      expect((await http(shared.stack, before)).status).toBe(200);
      await shared.stack.server.deploy({ MINIO_APP_SECRET_KEY: 'another+secret/of=it' });
      await initialised(shared.stack.server);
      expect((await http(shared.stack, before)).status).toBe(403);
      const old = await app.presign('get_object', { Bucket, Key: 'object' });
      expect((await http(shared.stack, old)).status).toBe(403);
      const client = await s3(shared.stack);
      const now = await client.presign('get_object', { Bucket, Key: 'object' });
      expect((await http(shared.stack, now)).status).toBe(200);
      client.close();
    });
  });

  // The server forgets no user that was removed: a user that is there is updated.
  test('is never removed: a changed secret, or anything made by hand, is an update', async () => {
    const script = readFileSync(join(shared.stack.folder, init), 'utf8');
    expect(script).not.toMatch(/remove-user|user remove/);
    const tool = await mc(shared.stack);
    const made = async () => JSON.parse(await tool.do('--json', 'admin', 'user', 'info', 'stack', 'minio-app'));
    const key = { accessKey: 'root-key', secretKey: 'secret-of-it' };
    const secret = ['--access-key', key.accessKey, '--secret-key', key.secretKey];
    await tool.do('admin', 'user', 'svcacct', 'add', 'stack', 'minio-admin', ...secret);
    await tool.do('admin', 'user', 'disable', 'stack', 'minio-app');
    await shared.stack.server.deploy();
    expect(await made()).toMatchObject({ userStatus: 'enabled', policyName: 'minio-stack-app' });
    // A key of root's own is root's business.
    const rootKey = await s3(shared.stack, key);
    expect(await outcome(rootKey, 'list_buckets')).toBe('allowed');
    rootKey.close();
    tool.close();
  });

  test('loses by a restart whatever else it was given by hand, within its own policy', async () => {
    const tool = await mc(shared.stack);
    const everything =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}';
    await tool.do('admin', 'policy', 'create', 'stack', 'minio-stack-app', tool.file(everything));
    await shared.stack.server.deploy();
    await initialised(shared.stack.server);
    const stored = JSON.parse(await tool.do('--json', 'admin', 'policy', 'info', 'stack', 'minio-stack-app'));
    const { Statement } = stored.policyInfo.Policy;
    expect(Statement).toContainEqual({ Effect: 'Deny', Action: ['admin:*'] });
    const client = await s3(shared.stack);
    expect(await outcome(client, 'create_bucket', { Bucket: 'new-bucket' })).toBe('AccessDenied');
    client.close();
    tool.close();
  });

  test('loses by a restart every other policy that was attached to it by hand', async () => {
    const tool = await mc(shared.stack);
    await tool.do('admin', 'policy', 'attach', 'stack', 'consoleAdmin', '--user', 'minio-app');
    await shared.stack.server.deploy();
    await initialised(shared.stack.server);
    const client = await s3(shared.stack);
    expect(await outcome(client, 'create_bucket', { Bucket: 'new-bucket' })).toBe('AccessDenied');
    client.close();
    tool.close();
  });

  test('loses by a restart what groups give it, to which it was added by hand', async () => {
    const tool = await mc(shared.stack);
    for (const group of ['admins', 'and "others"']) {
      await tool.do('admin', 'group', 'add', 'stack', group, 'minio-app');
      await tool.do('admin', 'policy', 'attach', 'stack', 'consoleAdmin', '--group', group);
    }
    const client = await s3(shared.stack);
    expect(await outcome(client, 'create_bucket', { Bucket: 'by-a-group' })).toBe('allowed');
    await shared.stack.server.deploy();
    expect(await outcome(client, 'create_bucket', { Bucket: 'new-bucket' })).toBe('AccessDenied');
    client.close();
    tool.close();
  });

  test('is enabled again by a restart, with its policy, when it was disabled or removed by hand', async () => {
    const tool = await mc(shared.stack);
    for (const change of ['disable', 'remove']) {
      await tool.do('admin', 'user', change, 'stack', 'minio-app');
      await shared.stack.server.deploy();
      await initialised(shared.stack.server);
      const client = await s3(shared.stack);
      expect(await outcome(client, 'list_objects_v2', { Bucket })).toBe('allowed');
      client.close();
    }
    tool.close();
  });

  test("keeps working when root's password is rotated by a restart", async () => {
    const old = root(shared.stack);
    await shared.stack.server.deploy({ MINIO_ROOT_PASSWORD: 'a new password' });
    await initialised(shared.stack.server);
    const client = await s3(shared.stack);
    expect(await outcome(client, 'get_object', { Bucket, Key: 'object' })).toBe('allowed');
    for (const [credentials, expected] of [
      [root(shared.stack), 'allowed'],
      [old, 'SignatureDoesNotMatch'],
    ] as const) {
      const asRoot = await s3(shared.stack, credentials);
      expect(await outcome(asRoot, 'list_buckets')).toBe(expected);
      asRoot.close();
    }
    client.close();
  });

  // Render's own template generates the root user: it may end in `=`.
  test.each(['root:user', 'Zm9v+YmFy/YmF6=', 'r\u00fct @ home'])(
    'is made by a root user named %s, who signs in',
    async (name) => {
      const { server } = shared.stack;
      await server.stop();
      await server.replaceDisk();
      await server.deploy({ MINIO_ROOT_USER: name });
      const [client, asRoot] = [await s3(shared.stack), await s3(shared.stack, root(shared.stack))];
      expect(await outcome(client, 'put_object', { Bucket, Key: 'object', Body: Buffer.from('x') })).toBe('allowed');
      expect(await outcome(asRoot, 'list_buckets')).toBe('allowed');
      client.close();
      asRoot.close();
    },
  );

  test('is left out when there is none, and the bucket is private all the same', async () => {
    const none = { MINIO_APP_ACCESS_KEY: undefined, MINIO_APP_SECRET_KEY: undefined };
    await shared.stack.server.deploy(none);
    await initialised(shared.stack.server);
    expect(await shared.stack.server.log()).toContain('no application user');
    expect((await http(shared.stack, `${shared.stack.server.url}/${Bucket}/object`)).status).toBe(403);
  });
});
