import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusesDuring } from './checks.ts';
import { http } from './clients/http.ts';
import { type Mc, mc } from './clients/mc.ts';
import { root, type S3, s3 } from './clients/s3.ts';
import { describeStack, sharedStack } from './layer.ts';

const Bucket = 'my-storage';
const Key = 'kept/object.txt';
const allow = (statement: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: ['*'] }, ...statement }] });

/** Ways to make the object public by hand. */
const ways: [string, (client: S3, admin: Mc) => Promise<unknown>][] = [
  ['by the client', (_, admin) => admin.do('anonymous', 'set', 'public', `stack/${Bucket}`)],
  [
    'by a statement of its own',
    (client) =>
      client.call('put_bucket_policy', {
        Bucket,
        Policy: allow({ Action: 's3:GetObject', Resource: [`arn:aws:s3:::${Bucket}/*`], Sid: 'mine' }),
      }),
  ],
  ['for one prefix', (_, admin) => admin.do('anonymous', 'set', 'download', `stack/${Bucket}/kept/`)],
];

/** As if the disk had this many buckets: each needs its metadata loaded before the server is healthy. */
const manyBuckets = `for n in $(seq 1000); do
  mkdir -p /data/other-$n && cp -r /data/.minio.sys/buckets/plain /data/.minio.sys/buckets/other-$n
done`;

describe.each([
  ['without a limit of the CPU', { cpus: undefined }, 8, ''],
  ["at starter's 0.5 CPU", { cpus: 0.5 }, 8, ''],
  ['with a server that is slow to load, as it has a thousand other buckets', { cpus: 0.5 }, 4, manyBuckets],
])('a container that is restarted %s', (_, limits, restarts, prepare) => {
  describeStack('shows nobody an object in a bucket that was made public', () => {
    const shared = sharedStack({ only: 'server', limits: { server: limits } });
    let client: S3;
    let admin: Mc;
    beforeAll(async () => {
      client = await s3(shared.stack, root(shared.stack));
      admin = await mc(shared.stack);
      await client.call('create_bucket', { Bucket: 'plain' });
      await client.call('put_object', { Bucket, Key, Body: Buffer.from('kept') });
      if (prepare) await shared.stack.server.exec(['sh', '-c', prepare]);
    }, 60_000);
    afterAll(() => {
      client?.close();
      admin?.close();
    });

    test.each(
      Array.from({ length: restarts }, (_, n) => [n + 1, ...(ways[n % ways.length] as (typeof ways)[number])] as const),
    )('in restart %s, of one made public %s', async (_, __, open) => {
      const { server, engine, certificate } = shared.stack;
      await open(client, admin);
      const path = `/${Bucket}/${Key}`;
      const urls = [`http://${server.live.address}:${server.port}${path}`, `${server.url}${path}`];
      // Otherwise there is nothing to find.
      expect(await statusesDuring(urls, certificate, async () => {})).toEqual([['200'], ['200']]);
      await engine.do(['stop', server.live.name]);
      const before = (await server.log()).length;
      const [direct, edge] = await statusesDuring(urls, certificate, async () => {
        await engine.do(['start', server.live.name]);
        const ready = async () => (await server.log()).slice(before).includes('minio-entrypoint: ready');
        await expect.poll(ready, { timeout: 60_000, interval: 50 }).toBe(true);
        await expect.poll(() => server.isHealthy(server.live), { timeout: 60_000, interval: 50 }).toBe(true);
        // A server that is healthy answers 404 until it has loaded the bucket.
        const status = async () => (await http(shared.stack, `${server.url}${path}`)).status;
        await expect.poll(status, { timeout: 60_000, interval: 50 }).toBe(403);
      });
      // Refused while nothing listens, and then by the server.
      expect(direct).toEqual(expect.arrayContaining(['ECONNREFUSED', '403']));
      expect(edge).toEqual(expect.arrayContaining(['502', '403']));
      expect([...(direct ?? []), ...(edge ?? [])]).not.toContain('200');
    });
  });
});
