import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { http } from './clients/http.ts';
import { type Mc, mc } from './clients/mc.ts';
import { application, root, type S3, S3Error, s3 } from './clients/s3.ts';
import { oldCurl } from './faults.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised } from './stack.ts';

const Bucket = 'my-storage';

/** The code of what S3 refuses with, or `allowed`. */
async function outcome(client: S3, method: string, parameters: Record<string, unknown> = {}): Promise<string> {
  return client.call(method, parameters).then(
    () => 'allowed',
    (error) => (error instanceof S3Error ? error.code : Promise.reject(error)),
  );
}

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

  test('uses the objects of its bucket', async () => {
    const parameters = { Bucket, Key: 'mine' };
    for (const [method, more] of [
      ['put_object', { Body: Buffer.from('x') }],
      ['get_object', {}],
      ['head_object', {}],
      ['copy_object', { Key: 'copy', CopySource: { Bucket, Key: 'mine' } }],
      ['delete_object', {}],
    ] as const) {
      expect([method, await outcome(app, method, { ...parameters, ...more })]).toEqual([method, 'allowed']);
    }
    // MinIO takes ListBucket for the right to list versions, too.
    for (const method of [
      'list_objects_v2',
      'list_object_versions',
      'list_objects',
      'head_bucket',
      'get_bucket_location',
      'list_multipart_uploads',
    ]) {
      expect([method, await outcome(app, method, { Bucket })]).toEqual([method, 'allowed']);
    }
  });

  test('uploads in parts, and gives an upload up', async () => {
    const { UploadId } = await app.call('create_multipart_upload', { Bucket, Key: 'parts' });
    const upload = { Bucket, Key: 'parts', UploadId };
    expect(await outcome(app, 'upload_part', { ...upload, PartNumber: 1, Body: Buffer.from('x') })).toBe('allowed');
    expect(await outcome(app, 'list_parts', upload)).toBe('allowed');
    expect(await outcome(app, 'abort_multipart_upload', upload)).toBe('allowed');
  });

  // As the rendered README says. A folder has no metadata: the type is guessed from the name on the way back.
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

  test.each([
    ['get_object', { Bucket: 'other-bucket', Key: 'secret' }],
    ['put_object', { Bucket: 'other-bucket', Key: 'new', Body: Buffer.from('x') }],
    ['delete_object', { Bucket: 'other-bucket', Key: 'secret' }],
    ['list_objects_v2', { Bucket: 'other-bucket' }],
    ['copy_object', { Bucket, Key: 'stolen', CopySource: { Bucket: 'other-bucket', Key: 'secret' } }],
    ['create_bucket', { Bucket: 'new-bucket' }],
    ['delete_bucket', { Bucket }],
    ['get_bucket_policy', { Bucket }],
    ['put_bucket_policy', { Bucket, Policy: '{"Version":"2012-10-17","Statement":[]}' }],
    ['delete_bucket_policy', { Bucket }],
    ['put_bucket_versioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } }],
    ['get_bucket_versioning', { Bucket }],
    ['put_bucket_tagging', { Bucket, Tagging: { TagSet: [] } }],
    [
      'put_bucket_lifecycle_configuration',
      {
        Bucket,
        LifecycleConfiguration: {
          Rules: [{ ID: 'all', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }],
        },
      },
    ],
    [
      'put_bucket_encryption',
      {
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
    ],
    ['put_object_tagging', { Bucket, Key: 'object', Tagging: { TagSet: [] } }],
  ])('must not call %s %j', async (method, parameters) => {
    expect(await outcome(app, method, parameters)).toBe('AccessDenied');
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

  test('loses by a restart whatever else it was given by hand, within its own policy', async () => {
    const tool = await mc(shared.stack);
    const everything =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}';
    await tool.do('admin', 'policy', 'create', 'stack', 'minio-stack-app', tool.file(everything));
    await shared.stack.server.deploy();
    await initialised(shared.stack.server);
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

  test('loses by a restart what a group gives it, to which it was added by hand', async () => {
    const tool = await mc(shared.stack);
    await tool.do('admin', 'group', 'add', 'stack', 'admins', 'minio-app');
    await tool.do('admin', 'policy', 'attach', 'stack', 'consoleAdmin', '--group', 'admins');
    await shared.stack.server.deploy();
    await initialised(shared.stack.server);
    const client = await s3(shared.stack);
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

  test.each([
    ["with a colon in root's name", { MINIO_ROOT_USER: 'root:user' }, () => []],
    ['with a curl that does not sign', {}, oldCurl],
  ])('has its policy from the first start on, %s', async (_, values, extra) => {
    const { server, folder } = shared.stack;
    await server.stop();
    await server.replaceDisk();
    const first = await server.start(values, { extra: extra(folder) });
    await first.logged(/^minio-entrypoint: ready$/m);
    expect(await first.log()).not.toMatch(/curl|failed/);
    await first.stop(10);
    await server.deploy(values);
    await initialised(server);
    // Found as it was left: there was nothing to set up.
    expect(await server.log()).toContain('application user minio-app is ready');
  });

  test('is left out when there is none, and the bucket is private all the same', async () => {
    const none = { MINIO_APP_ACCESS_KEY: undefined, MINIO_APP_SECRET_KEY: undefined };
    await shared.stack.server.deploy(none);
    await initialised(shared.stack.server);
    expect(await shared.stack.server.log()).toContain('no application user');
    expect((await http(shared.stack, `${shared.stack.server.url}/${Bucket}/object`)).status).toBe(403);
  });
});
