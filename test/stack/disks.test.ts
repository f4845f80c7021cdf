import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codeBlock } from '../support/documents.ts';
import { application, root, s3 } from './clients/s3.ts';
import { describeStack, sharedStack } from './layer.ts';
import { described } from './old-disks/contents.ts';
import { unpackDisk } from './old-disks/disks.ts';
import { loaded } from './stack.ts';

const Bucket = 'my-storage';

/** Disks that have something on them already. */
describeStack('a disk', () => {
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined } } });

  /** Runs a shell script in a container that has the disk, a folder of this machine, and nothing else of the service. */
  const onDisk = async (script: string, from?: string): Promise<string> => {
    const { server, engine } = shared.stack;
    const volume = ['--volume', `${await server.disk()}:/data`, ...(from ? ['--volume', `${from}:/from:ro`] : [])];
    return engine.do(['run', '--rm', '--network', 'none', ...volume, '--entrypoint', 'sh', server.image, '-c', script]);
  };
  /** Every path with its size, its contents and its time. */
  const contents = () =>
    onDisk('cd /data && ls -lRA --full-time && for f in $(du -a | cut -f2); do [ ! -f "$f" ] || cksum "$f"; done');

  /** Starts on a disk that is made by a script, and expects a refusal that leaves everything as it was. */
  const refusal = async (make: string, values: Record<string, string> = {}, from?: string): Promise<string> => {
    await shared.stack.server.stop();
    await shared.stack.server.replaceDisk();
    await onDisk(make, from);
    const before = await contents();
    const { status, log, seconds } = await (await shared.stack.server.start(values)).ended(10);
    expect([status, seconds < 10]).toEqual([1, true]);
    expect(log).toMatch(/^minio-check: ERROR: [^\n]+\n$/);
    expect(await contents()).toBe(before);
    return log;
  };
  const store = (folder: string) =>
    `mkdir -p ${folder}/.minio.sys ${folder}/media && printf '{"format":"xl-single"}' >${folder}/.minio.sys/format.json &&
     echo kept >${folder}/media/file`;

  test('in the file-system format of before June 2022 is refused, with what to do', async () => {
    const from = await unpackDisk('fs-2022');
    const log = await refusal('cp -R /from/. /data', {}, from);
    rmSync(from, { recursive: true });
    expect(log).toMatch(
      /\/data has the file-system format .* June 2022.*Nothing was changed.*MINIO_DATA_DIR=\/data\/new/,
    );
  });

  test('in that format gives its files to a new store beside them', async () => {
    const { server, folder } = shared.stack;
    await server.deploy({ MINIO_DATA_DIR: '/data/new' });
    await loaded(server);
    const { accessKey, secretKey } = application(shared.stack);
    const code = codeBlock(folder, 'bash', 'mcli alias set here').replaceAll('<old-bucket>', 'media');
    const { status, stdout } = await server.exec(['sh', '-eu', '-c', code], `${accessKey}\n${secretKey}\n`);
    expect([status, stdout.trim().split('\n').at(-1)]).toEqual([0, expect.not.stringMatching(/^[<>!]/)]);
    const client = await s3(shared.stack);
    const object = await client.call('get_object', { Bucket, Key: described });
    expect([object.Body.toString(), object.ContentType]).toEqual(['described', 'text/plain']);
    expect((await client.call('list_objects_v2', { Bucket })).KeyCount).toBe(4);
    // The old files are as they were.
    expect(await onDisk('cat "/data/media/größe 1/a b+c.txt"')).toBe('described');
    server.set({ MINIO_DATA_DIR: undefined });
    client.close();
  });

  test('with a store in a subfolder is refused by its name', async () => {
    expect(await refusal(store('/data/minio'))).toMatch(
      /\/data has no MinIO store, but \/data\/minio has: set MINIO_DATA_DIR=\/data\/minio/,
    );
  });

  test('with a store above the chosen folder is refused, too', async () => {
    const log = await refusal(store('/data'), { MINIO_DATA_DIR: '/data/minio' });
    expect(log).toMatch(/\/data\/minio has no MinIO store, but \/data has: set MINIO_DATA_DIR=\/data/);
  });

  test('with a store in a subfolder starts with its data when MINIO_DATA_DIR names it', async () => {
    const { server } = shared.stack;
    await server.replaceDisk();
    await server.deploy();
    const client = await s3(shared.stack);
    await client.call('put_object', { Bucket, Key: 'object', Body: Buffer.from('kept') });
    await server.stop();
    await onDisk('mkdir /data/minio && mv /data/.minio.sys /data/my-storage /data/minio/');
    await server.deploy({ MINIO_DATA_DIR: '/data/minio' });
    expect((await client.call('get_object', { Bucket, Key: 'object' })).Body.toString()).toBe('kept');
    expect(await onDisk('ls -A /data')).toBe('minio');
    // A folder that is not there yet is made, as on a new disk.
    await server.replaceDisk();
    await server.deploy();
    expect(await onDisk('ls -A /data')).toBe('minio');
    server.set({ MINIO_DATA_DIR: undefined });
    client.close();
  });

  test('that is not mounted is refused on Render, where the next deploy would lose everything', async () => {
    const { server, engine } = shared.stack;
    const message = /ERROR: no disk is mounted at (\S+): the next deploy would lose everything/;
    const elsewhere = await (await server.start({ MINIO_DATA_DIR: '/srv/data' })).ended(10);
    expect(elsewhere.status).toBe(1);
    expect(message.exec(elsewhere.log)?.[1]).toBe('/srv/data');
    // The image's own /data, which is writable.
    const environment = Object.keys(server.environment).flatMap((name) => ['--env', name]);
    const ignored = engine.name === 'podman' ? ['--image-volume', 'ignore'] : [];
    if (ignored.length > 0) {
      const run = ['run', '--rm', '--network', 'none', ...ignored, ...environment, server.image];
      const { status, stderr } = await engine.try(run, server.environment);
      expect([status, message.exec(stderr)?.[1]]).toEqual([1, '/data']);
    }
  });

  test('of a machine of one’s own needs no mount: only Render empties the image’s folder', async () => {
    const instance = await shared.stack.server.start({ RENDER: undefined, MINIO_DATA_DIR: '/srv/data' });
    await instance.logged(/minio-entrypoint: ready/);
    await instance.stop(5);
  });
});

describeStack('the log warns', () => {
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined } } });
  const warnings = async (values: Record<string, string>) => {
    await shared.stack.server.deploy(values);
    const log = await shared.stack.server.log();
    return log.split('\n').filter((line) => line.includes('WARNING: '));
  };

  test('of nothing, as a rule', async () => {
    expect(await warnings({})).toEqual([]);
  });

  describe.each([
    ['MINIO_ROOT_PASSWORD', 'only-15-letters', /less than 16 characters: anybody may guess at it/],
    ['MINIO_BROWSER', 'off', /MINIO_BROWSER is off: the console service has nothing to show/],
    ['MINIO_BROWSER', 'OFF', /MINIO_BROWSER is off/],
    ['MINIO_SERVER_URL', 'https://files.example.com', /MINIO_SERVER_URL is set: sign-in to the console fails/],
  ])('of %s=%s', (name, value, warning) => {
    test('in one line that says what it breaks', async () => {
      const before = shared.stack.server.environment[name];
      expect(await warnings({ [name]: value })).toEqual([expect.stringMatching(warning)]);
      shared.stack.server.set({ [name]: before });
    });
  });

  test('of every other bucket that has a policy, in one line each', async () => {
    const admin = await s3(shared.stack, root(shared.stack));
    for (const name of ['other-1', 'other-2', 'other-3']) await admin.call('create_bucket', { Bucket: name });
    for (const name of ['other-1', 'other-3']) {
      const Statement = [
        { Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${name}/*`] },
      ];
      await admin.call('put_bucket_policy', {
        Bucket: name,
        Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
      });
    }
    expect(await warnings({})).toEqual([
      expect.stringContaining('bucket other-1 has a policy, which may make it public: only my-storage is kept private'),
      expect.stringContaining('bucket other-3 has a policy'),
    ]);
    admin.close();
  });
});
