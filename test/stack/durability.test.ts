import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { http } from './clients/http.ts';
import { root, s3 } from './clients/s3.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised } from './stack.ts';

const Bucket = 'my-storage';
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

describeStack('objects', () => {
  const shared = sharedStack({ only: 'server' });

  test('survive a deploy: another container, another address, the same disk', async () => {
    const { server } = shared.stack;
    const client = await s3(shared.stack);
    const data = randomBytes(12 << 20);
    await client.call('put_object', { Bucket, Key: 'deployed', Body: data });
    const before = server.live;
    await server.deploy();
    expect(server.live.name).not.toBe(before.name);
    expect(server.live.address).not.toBe(before.address);
    expect(sha256((await client.call('get_object', { Bucket, Key: 'deployed' })).Body)).toBe(sha256(data));
    client.close();
  });

  test('survive SIGKILL in the middle of uploads, and no upload is half there', async () => {
    const { server } = shared.stack;
    const client = await s3(shared.stack);
    await client.call('put_object', { Bucket, Key: 'before', Body: Buffer.from('kept') });
    const data = randomBytes(24 << 20);
    const urls = await Promise.all([0, 1, 2, 3].map((n) => client.presign('put_object', { Bucket, Key: `cut/${n}` })));
    const uploads = urls.map((url) =>
      http(shared.stack, url, { method: 'PUT', body: data }).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await sleep(250);
    await server.live.signal('KILL');
    const statuses = await Promise.all(uploads);
    expect(await server.live.exited).toBe(137);
    // Otherwise nothing was cut off.
    expect(statuses).not.toEqual([200, 200, 200, 200]);
    await server.deploy();
    await initialised(server);
    expect((await client.call('get_object', { Bucket, Key: 'before' })).Body.toString()).toBe('kept');
    for (const [n, status] of statuses.entries()) {
      const object = await client.call('get_object', { Bucket, Key: `cut/${n}` }).catch(() => undefined);
      if (status === 200) expect(object).toBeDefined();
      if (object) expect(sha256(object.Body)).toBe(sha256(data));
    }
    client.close();
  });

  test('of 1 GiB go through the edge in parts at 512 MB, and come back the same', { timeout: 300_000 }, async () => {
    const { server } = shared.stack;
    const client = await s3(shared.stack);
    const before = server.live.name;
    const parameters = { Bucket, Key: 'large', megabytes: 1024, part: 16, concurrency: 4 };
    const { sent, received } = await client.call('round_trip', parameters);
    expect(received).toBe(sent);
    expect([server.live.name, await server.live.hasEnded()]).toEqual([before, false]);
    expect(await server.live.outOfMemoryKills()).toBe(0);
    client.close();
  });
});

describeStack('a container that is restarted as it is', () => {
  const shared = sharedStack({ only: 'server' });

  test('keeps objects and users, and is ready again', async () => {
    const { server, engine } = shared.stack;
    const client = await s3(shared.stack);
    await client.call('put_object', { Bucket, Key: 'object', Body: Buffer.from('kept') });
    await engine.do(['restart', server.live.name]);
    // The log goes on: it has both starts.
    await expect.poll(() => server.log(), { timeout: 30_000 }).toMatch(/: ready\n(.*\n)*.*: ready\n/);
    await expect.poll(() => server.isHealthy(server.live), { timeout: 30_000 }).toBe(true);
    expect((await client.call('get_object', { Bucket, Key: 'object' })).Body.toString()).toBe('kept');
    client.close();
  });
});

describeStack('a bucket that exists', () => {
  const shared = sharedStack({ only: 'server' });

  test('keeps its data, versioning and other buckets when a new stack takes the disk over', async () => {
    const admin = await s3(shared.stack, root(shared.stack));
    await admin.call('create_bucket', { Bucket: 'by-hand' });
    await admin.call('put_bucket_versioning', { Bucket: 'by-hand', VersioningConfiguration: { Status: 'Enabled' } });
    for (const text of ['first', 'second']) {
      await admin.call('put_object', { Bucket: 'by-hand', Key: 'object', Body: Buffer.from(text) });
    }
    await shared.stack.server.deploy({ MINIO_BUCKET: 'by-hand' });
    await initialised(shared.stack.server);
    const { Versions } = await admin.call('list_object_versions', { Bucket: 'by-hand' });
    expect(Versions).toHaveLength(2);
    expect((await admin.call('get_object', { Bucket: 'by-hand', Key: 'object' })).Body.toString()).toBe('second');
    const { Buckets } = await admin.call('list_buckets');
    expect(Buckets.map(({ Name }: { Name: string }) => Name)).toEqual(['by-hand', 'my-storage']);
    // The application's rights follow the bucket.
    const app = await s3(shared.stack);
    expect((await app.call('get_object', { Bucket: 'by-hand', Key: 'object' })).Body.toString()).toBe('second');
    await expect(app.call('list_objects_v2', { Bucket: 'my-storage' })).rejects.toThrow('AccessDenied');
    // Also to one that is not there yet.
    await shared.stack.server.deploy({ MINIO_BUCKET: 'not-there-yet' });
    await initialised(shared.stack.server);
    await app.call('put_object', { Bucket: 'not-there-yet', Key: 'object', Body: Buffer.from('third') });
    await expect(app.call('list_objects_v2', { Bucket: 'by-hand' })).rejects.toThrow('AccessDenied');
    app.close();
    admin.close();
  });
});
