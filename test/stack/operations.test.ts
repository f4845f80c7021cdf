import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOrThrow } from '../render-simulator/run.ts';
import { http } from './clients/http.ts';
import { application, type Credentials, outcome, root, type S3, s3 } from './clients/s3.ts';
import { djangoPython, djangos } from './django/environments.ts';
import { djangoEnvironment } from './django/project.ts';
import { replacements } from './images/images.ts';
import { describeStack, sharedStack } from './layer.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const Bucket = 'my-storage';

describeStack('the code of docs/operations.md, with nothing but the domains put in,', () => {
  const shared = sharedStack();
  let terminal: Terminal;
  let client: S3;
  beforeAll(async () => {
    terminal = await openTerminal(shared.stack);
    client = await s3(shared.stack);
  });
  afterAll(() => {
    client?.close();
    terminal?.close();
  });
  const block = (language: string, text: string) => terminal.block(language, text);
  const shell = (code: string, ...typed: Credentials[]) => terminal.shell(code, ...typed);

  test('finds both services healthy, and the bucket private', async () => {
    const answers = await shell(block('bash', '/minio/health/live'));
    expect([...answers.matchAll(/^HTTP\S+ (\d+)/gm)].map(([, status]) => status)).toEqual(['200', '200', '403']);
  });

  describe('backs up', () => {
    const saved = () => join(terminal.folder, 'backup/größe 1/a b+c.txt');
    beforeAll(async () => {
      await client.call('put_object', { Bucket, Key: 'größe 1/a b+c.txt', Body: Buffer.from('kept') });
      await client.call('put_object', { Bucket, Key: 'other.txt', Body: Buffer.from('other') });
    });

    test('into a folder, and finds no difference', async () => {
      const output = await shell(block('bash', 'mcli alias set stack'), application(shared.stack));
      expect(readFileSync(saved(), 'utf8')).toBe('kept');
      expect(output.trim().split('\n').at(-1)).not.toMatch(/^[<>!]/);
    });

    test('and shows a difference where there is one', async () => {
      rmSync(saved());
      const diff = block('bash', 'mcli alias set stack')
        .split('\n')
        .find((line) => line.startsWith('mcli diff'));
      expect(await shell(diff ?? '')).toContain('größe 1/a b+c.txt');
    });

    test('and brings back what is gone', async () => {
      await client.call('delete_object', { Bucket, Key: 'other.txt' });
      await shell(block('bash', 'mirror -a --overwrite ./backup stack'));
      expect((await client.call('get_object', { Bucket, Key: 'other.txt' })).Body.toString()).toBe('other');
    });

    test("with the client of the server's image, on a folder of this machine", async () => {
      const { engine } = shared.stack;
      const [image = '', standIn = ''] = [...(await replacements(engine))][0] ?? [];
      const words = block('bash', 'docker run')
        .trim()
        .replace('"$PWD/backup:/backup"', `${terminal.folder}/backup:/backup`)
        .split(' ');
      expect([...words.slice(0, 4), words.at(-1)]).toEqual(['docker', 'run', '--rm', '-it', image]);
      const output = await engine.do([
        'run',
        '--rm',
        ...words.slice(4, -1),
        standIn,
        '-c',
        'mcli --version; ls /backup',
      ]);
      expect(output).toMatch(/^mcli version .*^other\.txt$/ms);
    });
  });

  test('lets a restic repository be made', async () => {
    await shell(block('bash', 'restic -r'));
    expect((await client.call('list_objects_v2', { Bucket, Prefix: 'restic/config' })).KeyCount).toBe(1);
  });

  test('makes a file a download that no proxy keeps', async () => {
    await client.call('put_object', {
      ...{ Bucket, Key: 'media/page.html', ContentType: 'text/html' },
      Body: Buffer.from('<script>alert(1)</script>'),
    });
    const code = [block('python', 'import boto3'), block('python', 'ResponseContentDisposition'), 'print(url)'].join(
      '\n',
    );
    const url = await runOrThrow(await djangoPython(djangos[0]), ['-c', code], {
      env: djangoEnvironment(shared.stack),
    });
    const { status, headers } = await http(shared.stack, url.trim());
    expect([status, headers['content-disposition'], headers['cache-control']]).toEqual([
      ...[200, 'attachment; filename="page.html"', 'private, no-store'],
    ]);
  });

  test('keeps old versions, and lets them and temporary objects expire', async () => {
    await shell(block('bash', 'mcli ilm rule add'), root(shared.stack));
    const administrator = await s3(shared.stack, root(shared.stack));
    expect((await administrator.call('get_bucket_versioning', { Bucket })).Status).toBe('Enabled');
    const { Rules } = await administrator.call('get_bucket_lifecycle_configuration', { Bucket });
    const { VersionId } = await client.call('put_object', { Bucket, Key: 'versions', Body: Buffer.from('first') });
    await client.call('put_object', { Bucket, Key: 'versions', Body: Buffer.from('second') });
    const old = { Bucket, Key: 'versions', VersionId };
    const outcomes = [];
    for (const method of ['get_object', 'delete_object', 'get_object'])
      outcomes.push(await outcome(client, method, old));
    expect(outcomes).toEqual(['allowed', 'allowed', 'NoSuchVersion']);
    administrator.close();
    expect(Rules).toHaveLength(2);
    expect(Rules).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }),
        expect.objectContaining({ Expiration: { Days: 7 }, Filter: { Prefix: 'tmp/' } }),
      ]),
    );
  });
});
