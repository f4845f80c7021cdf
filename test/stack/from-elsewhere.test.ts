import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { application, type Credentials, root, type S3, s3 } from './clients/s3.ts';
import { goProgram } from './images/programs.ts';
import { describeStack, sharedStack } from './layer.ts';
import { type NativeServer, startNativeServer } from './native-server.ts';
import { loaded } from './stack.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const Bucket = 'my-storage';
const Old = 'old-files';
const rootThere = { accessKey: 'old-root', secretKey: 'the-password-of-old' };

const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex');

/** What S3 tells of an object that `-a` keeps: not its time, nor its ETag where it came in other parts. */
const kept = ['ContentType', 'CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage'];

/** From a server that runs on this machine, behind no edge, to a stack: the old server's place and bucket are put in. */
describeStack('the code of docs/operations.md that moves files from elsewhere', () => {
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined } } });
  const used: string[] = [];
  let old: NativeServer;
  let terminal: Terminal;
  let there: S3;
  let here: S3;
  beforeAll(async () => {
    const folder = (name: string) => {
      used.unshift(mkdtempSync(join(tmpdir(), `minio-stack-${name}-`)));
      return used[0] as string;
    };
    const certificates = folder('certificates');
    mkdirSync(join(certificates, 'CAs'));
    copyFileSync(shared.stack.certificate.caFile, join(certificates, 'CAs/ca.pem'));
    old = await startNativeServer(await goProgram('minio'), folder('elsewhere'), { root: rootThere, certificates });
    terminal = await openTerminal(shared.stack);
    there = await s3({ server: old }, rootThere);
    here = await s3(shared.stack, root(shared.stack));
    await fill();
    await loaded(shared.stack.server);
  });
  afterAll(async () => {
    there?.close();
    here?.close();
    terminal?.close();
    await old?.stop();
    for (const path of used) rmSync(path, { recursive: true, force: true });
  });

  const fill = async () => {
    await there.call('create_bucket', { Bucket: Old });
    await there.call('put_object', {
      ...{ Bucket: Old, Key: 'größe 1/a b+c.txt', Body: Buffer.from('described') },
      ...{ ContentType: 'text/plain; charset=utf-8', CacheControl: 'max-age=60', ContentLanguage: 'de' },
      ...{ ContentDisposition: 'attachment; filename="a.txt"', ContentEncoding: 'identity' },
      ...{ Metadata: { owner: 'webapp' }, Tagging: 'project=one&state=kept' },
    });
    await there.call('put_object', { Bucket: Old, Key: 'changes.txt', Body: Buffer.from('before') });
    await there.call('put_object', { Bucket: Old, Key: 'goes.txt', Body: Buffer.from('goes') });
    await there.call('round_trip', { Bucket: Old, Key: 'film.bin', megabytes: 20, part: 8, concurrency: 2 });
  };
  const block = (language: string, text: string) =>
    terminal.block(language, text).replaceAll('https://<old-host>', old.url).replaceAll('<old-bucket>', Old);
  const line = (code: string, text: string) => code.split('\n').find((each) => each.startsWith(text)) ?? '';
  const copying = () => block('bash', 'mcli alias set old "');
  const run = (code: string, ...typed: Credentials[]) => terminal.shell(code, ...typed);

  /** By key: what is kept of each object, with metadata and tags. */
  const objectsOf = async (client: S3, bucket: string) => {
    const objects: Record<string, unknown> = {};
    for (const { Key } of (await client.call('list_objects_v2', { Bucket: bucket })).Contents ?? []) {
      const { Body, ...head } = await client.call('get_object', { Bucket: bucket, Key });
      const { TagSet } = await client.call('get_object_tagging', { Bucket: bucket, Key });
      objects[Key] = [...kept.map((name) => head[name]), sha256(Body), head.Metadata, TagSet];
    }
    return objects;
  };

  test('copies with types, headers, metadata and tags, as the application user, and finds no difference', async () => {
    const output = await run(copying(), rootThere, application(shared.stack));
    expect(output).toMatch(/ changes\.txt$/m);
    expect(await run(line(copying(), 'mcli diff'))).toBe('');
    const objects = await objectsOf(here, Bucket);
    expect(Object.keys(objects)).toHaveLength(4);
    expect(objects).toEqual(await objectsOf(there, Old));
  });

  test('copies the second time what changed, at the same size as well, and shows a difference until then', async () => {
    await there.call('put_object', { Bucket: Old, Key: 'changes.txt', Body: Buffer.from('behind') });
    await there.call('put_object', { Bucket: Old, Key: 'new.txt', Body: Buffer.from('new') });
    expect(await run(line(copying(), 'mcli diff'))).toContain('new.txt');
    const output = await run(line(copying(), 'mcli mirror'));
    expect(output).toMatch(/changes\.txt/);
    expect(output).not.toMatch(/film\.bin|goes\.txt/);
    expect((await here.call('get_object', { Bucket, Key: 'changes.txt' })).Body.toString()).toBe('behind');
    expect(await run(line(copying(), 'mcli diff'))).toBe('');
  });

  test('takes away for the last time what is gone at the old place', async () => {
    await there.call('delete_object', { Bucket: Old, Key: 'goes.txt' });
    await run(block('bash', '--overwrite --remove'));
    expect(await objectsOf(here, Bucket)).toEqual(await objectsOf(there, Old));
    expect(await run(line(copying(), 'mcli diff'))).toBe('');
  });

  test('replicates old versions, delete markers and dates, as root', async () => {
    for (const { Key } of (await here.call('list_objects_v2', { Bucket })).Contents)
      await here.call('delete_object', { Bucket, Key });
    const versioned = { Bucket: Old, Key: 'versions.txt' };
    await there.call('put_bucket_versioning', { Bucket: Old, VersioningConfiguration: { Status: 'Enabled' } });
    for (const text of ['first', 'second'])
      await there.call('put_object', { ...versioned, Body: Buffer.from(text), Tagging: `text=${text}` });
    await there.call('put_object', { ...versioned, Key: 'gone.txt', Body: Buffer.from('gone') });
    await there.call('delete_object', { ...versioned, Key: 'gone.txt' });

    const output = await run(block('bash', 'mcli replicate add'), rootThere, root(shared.stack));
    const [arn = ''] = /arn:minio:replication:[^"]+/.exec(output) ?? [];
    const resync = block('bash', 'mcli replicate resync').replace('<arn>', arn);
    await run(line(resync, 'mcli replicate resync start'));
    const status = () => run(line(resync, 'mcli replicate resync status'));
    await expect.poll(status, { timeout: 30_000 }).toMatch(/Completed.*Failed[ |]+0 B[ |]+0/s);

    const versionsOf = async (client: S3, bucket: string) => {
      const { Versions, DeleteMarkers } = await client.call('list_object_versions', { Bucket: bucket });
      return [...Versions, ...DeleteMarkers].map(({ Key, VersionId, LastModified, ETag }) => ({
        ...{ Key, VersionId, LastModified, ETag },
      }));
    };
    await expect.poll(() => versionsOf(here, Bucket), { timeout: 30_000 }).toEqual(await versionsOf(there, Old));
    const { TagSet } = await here.call('get_object_tagging', { Bucket, Key: 'versions.txt' });
    expect(TagSet).toEqual([{ Key: 'text', Value: 'second' }]);

    await run(block('bash', 'mcli replicate rm'));
    await there.call('put_object', { ...versioned, Key: 'later.txt', Body: Buffer.from('later') });
    expect(await run(line(copying(), 'mcli diff'))).toContain('later.txt');
  });
});
