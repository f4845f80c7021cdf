import { cpSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRefused, anonymousStatuses } from './checks.ts';
import { http } from './clients/http.ts';
import { outcome, root, type S3, s3 } from './clients/s3.ts';
import { describeStack } from './layer.ts';
import { Bucket, contentsOf, described, identities } from './old-disks/contents.ts';
import { type OldDiskName, oldContents, oldDisks, unpackDisk } from './old-disks/disks.ts';
import { movedIn, writeRepository } from './old-disks/moved-in.ts';
import { alone, shop } from './old-disks/repositories.ts';
import { loaded, type Stack, startStack } from './stack.ts';

interface Deployment {
  /** What is on the disk, where, and whose it is. */
  disk: OldDiskName;
  to: string;
  owner: number;
  /** The repository whose server wrote it. */
  files: Record<string, string>;
  /** What Render shows afterwards of the service. */
  service: { name: string } & Record<string, unknown>;
  /** The other services that were there before. */
  others: string[];
  /** What is deployed; the console as well where it is new. */
  only?: 'server';
}

const deployments: Deployment[] = [
  {
    ...{ disk: 'xl-2025', to: '/data', owner: 0, files: alone, others: ['minio-console'], only: 'server' },
    service: {
      ...{ name: 'minio-server', region: 'frankfurt', plan: 'starter', autoDeploy: false },
      disk: { name: 'minio-disk', mountPath: '/data', sizeGB: 25 },
    },
  },
  {
    // Bitnami's image, for one, does not run as root.
    ...{ disk: 'xl-2023', to: '/mnt/data/minio', owner: 1001, files: shop, others: ['shop', 'shop-worker'] },
    service: {
      ...{ name: 'shop-minio', region: 'frankfurt', plan: 'standard' },
      disk: { name: 'media', mountPath: '/mnt/data', sizeGB: 10 },
    },
  },
];

for (const { disk, to, owner, files, service, others, only } of deployments) {
  const old = oldDisks[disk];

  describeStack(`the disk of ${old.release}, after our stack has moved into its service,`, () => {
    let stack: Stack;
    /** As root, as the user, with the key of root, with the key of the user. */
    let clients: S3[];
    let signed: string;
    const used: string[] = [];
    beforeAll(async () => {
      const folder = writeRepository(files);
      const moved = await movedIn(files);
      const from = await unpackDisk(disk);
      used.push(dirname(folder), dirname(moved), from);
      stack = await startStack({
        existing: {
          ...{ folder, disk: { from, to, owner } },
          values: {
            [`${service.name}.MINIO_ROOT_USER`]: old.root.accessKey,
            [`${service.name}.MINIO_ROOT_PASSWORD`]: old.root.secretKey,
          },
        },
        ...(only ? { only } : {}),
        limits: { server: { cpus: undefined }, console: { cpus: undefined } },
        change: (target) => {
          rmSync(target, { recursive: true });
          cpSync(moved, target, { recursive: true });
        },
      });
      const { user, keyOfRoot, keyOfUser } = identities;
      clients = await Promise.all([old.root, user, keyOfRoot, keyOfUser].map((credentials) => s3(stack, credentials)));
      signed = (await clients[3]?.presign('get_object', { Bucket, Key: described })) ?? '';
      await loaded(stack.server);
    }, 180_000);
    afterAll(async () => {
      for (const client of clients ?? []) client.close();
      await stack?.stop();
      for (const path of used) rmSync(path, { recursive: true, force: true });
    }, 60_000);

    test('is the same disk of the same service, beside the same others', () => {
      expect(stack.server.spec).toMatchObject(service);
      expect(root(stack)).toEqual(old.root);
      const names = stack.services.map(({ spec }) => spec.name);
      expect(names.toSorted()).toEqual([...new Set([...others, service.name, stack.console.spec.name])].toSorted());
      // What signs in as root still does.
      const keys = stack.services.flatMap(({ environment }) => environment.AWS_ACCESS_KEY_ID ?? []);
      expect(keys).toEqual(others.filter((name) => name.startsWith('shop')).map(() => old.root.accessKey));
    });

    test('has every object, version, header, tag and policy, as the old server told it', async () => {
      const before = oldContents(disk);
      // The application's bucket alone lost its policy.
      before[Bucket].policy = 'NoSuchBucketPolicy';
      expect(await contentsOf(clients[0] as S3)).toEqual(before);
    });

    test('has every identity', async () => {
      const outcomes = [];
      for (const [index, client] of clients.entries()) {
        outcomes.push(await outcome(client, 'head_object', { Bucket, Key: described }));
        outcomes.push(
          await outcome(client, 'put_object', { Bucket: 'archive', Key: 'new', Body: Buffer.from([index]) }),
        );
      }
      expect(outcomes).toEqual(Array(8).fill('allowed'));
    });

    test('has a private bucket, and a warning for every other one with a policy', async () => {
      expect(await anonymousStatuses(stack, 'photo.png')).toEqual(allRefused);
      const log = await stack.server.log();
      expect(log).toContain(`minio-init: bucket ${Bucket} has a policy, which is removed now`);
      expect(log.match(/WARNING: .*/g)).toEqual(
        ['avatars', 'public-assets'].map((other) => expect.stringContaining(`bucket ${other} has a policy, which may`)),
      );
      const still = `${stack.server.url}/public-assets/open/file.txt`;
      expect((await http(stack, still)).status).toBe(200);
    });

    test('answers a URL that an old key has signed', async () => {
      const { status, headers, body } = await http(stack, signed);
      expect([status, headers['content-disposition'], String(body)]).toEqual([
        ...[200, 'attachment; filename="a.txt"', 'described'],
      ]);
    });

    test('lets the application user read what is there, and nothing beside its bucket', async () => {
      const application = await s3(stack);
      expect((await application.call('get_object', { Bucket, Key: described })).Body.toString()).toBe('described');
      expect(await outcome(application, 'head_object', { Bucket: 'archive', Key: 'report.txt' })).toBe('403');
      application.close();
    });

    test('keeps users and keys when root gets another password', async () => {
      await stack.server.deploy({ MINIO_ROOT_PASSWORD: 'another-password-of-root' });
      await loaded(stack.server);
      const outcomes = [];
      for (const client of clients) outcomes.push(await outcome(client, 'list_buckets'));
      expect(outcomes).toEqual(['SignatureDoesNotMatch', 'allowed', 'allowed', 'allowed']);
      expect((await http(stack, signed)).status).toBe(200);
    });
  });
}
