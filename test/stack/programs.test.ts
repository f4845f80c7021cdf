import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, run } from '../render-simulator/run.ts';
import { codeBlock } from '../support/documents.ts';
import { mc } from './clients/mc.ts';
import {
  awsSdkFolder,
  awsSdkForGoProgram,
  minioGoProgram,
  rcloneProgram,
  resticProgram,
  s3cmd,
} from './clients/programs.ts';
import { application, type S3, s3 } from './clients/s3.ts';
import { describeStack, sharedStack } from './layer.ts';

const Bucket = 'my-storage';

/** Each program does its everyday work as the application user, through the edge. */
describeStack('with the application user works', () => {
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined } } });
  /** Files as people have them: names with blanks and umlauts, an empty one, one that is sent in parts. */
  let folder: string;
  let app: S3;
  beforeAll(async () => {
    app = await s3(shared.stack);
    folder = mkdtempSync(join(tmpdir(), 'minio-stack-files-'));
    mkdirSync(join(folder, 'from/größe 1'), { recursive: true });
    writeFileSync(join(folder, 'from/größe 1/a b+c.txt'), 'text');
    writeFileSync(join(folder, 'from/empty'), '');
    writeFileSync(join(folder, 'from/large'), randomBytes(24 << 20));
  });
  afterAll(() => {
    app?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const settings = () => {
    const { accessKey, secretKey } = application(shared.stack);
    const ca = shared.stack.certificate.caFile;
    return {
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_CA_BUNDLE: ca,
      NODE_EXTRA_CA_CERTS: ca,
      SSL_CERT_FILE: ca,
      ENDPOINT: shared.stack.server.url,
      HOST: new URL(shared.stack.server.url).host,
      BUCKET: Bucket,
      HOME: folder,
      PATH: process.env.PATH ?? '',
    };
  };
  const succeed = ({ status, stdout, stderr }: Finished): string => {
    expect([status, stderr + stdout]).toEqual([0, expect.anything()]);
    return stdout;
  };
  const sameFiles = async (other: string) => {
    const { stdout, status } = await run('diff', ['--recursive', join(folder, 'from'), other]);
    expect([status, stdout]).toEqual([0, '']);
  };

  describe('rclone, with the settings of docs/operations.md', () => {
    const readmeSettings = () => {
      const block = codeBlock(shared.stack.folder, 'ini', '[stack]');
      const settings = [...block.matchAll(/^(\w+) = (.+)$/gm)].map(([, name = '', value = '']) => [name, value]);
      expect(settings.length).toBeGreaterThan(5);
      return Object.fromEntries(
        settings.map(([name = '', value]) => [`RCLONE_CONFIG_STACK_${name.toUpperCase()}`, value]),
      );
    };
    const rclone = async (...args: string[]) =>
      run(await rcloneProgram(), [...args, '--ca-cert', shared.stack.certificate.caFile], {
        cwd: folder,
        env: {
          ...settings(),
          RCLONE_CONFIG: join(folder, 'none.conf'),
          ...readmeSettings(),
          RCLONE_CONFIG_STACK_ENDPOINT: shared.stack.server.url,
        },
      });
    const remote = `stack:${Bucket}/rclone`;

    test('copies, checks, moves, deletes and purges', async () => {
      succeed(await rclone('copy', 'from', remote));
      succeed(await rclone('check', 'from', remote));
      succeed(await rclone('copyto', 'from/empty', `${remote}/touched`));
      succeed(await rclone('touch', `${remote}/touched`));
      succeed(await rclone('moveto', `${remote}/touched`, `${remote}/moved`));
      succeed(await rclone('mkdir', `${remote}/folder`));
      expect(
        succeed(await rclone('lsf', '-R', '--files-only', remote))
          .split('\n')
          .filter(Boolean)
          .sort(),
      ).toEqual(['empty', 'größe 1/a b+c.txt', 'large', 'moved'].sort());
      succeed(await rclone('deletefile', `${remote}/moved`));
      succeed(await rclone('sync', remote, 'rclone-back'));
      await sameFiles(join(folder, 'rclone-back'));
      succeed(await rclone('purge', remote));
      expect(succeed(await rclone('lsf', '-R', remote))).toBe('');
    });

    test('does nothing without the setting that leaves Accept-Encoding unsigned', async () => {
      const { status, stderr } = await rclone('lsf', remote, '--s3-sign-accept-encoding=true', '--retries=1');
      expect(status).not.toBe(0);
      expect(stderr).toContain('SignatureDoesNotMatch');
    });
  });

  test('restic: makes a repository, backs up, checks, restores, forgets', async () => {
    const program = await resticProgram();
    const restic = (...args: string[]) =>
      run(program, [...args, '--no-cache', '--cacert', shared.stack.certificate.caFile], {
        cwd: folder,
        env: {
          ...settings(),
          RESTIC_PASSWORD: 'x',
          RESTIC_REPOSITORY: `s3:${shared.stack.server.url}/${Bucket}/restic`,
        },
      });
    succeed(await restic('init'));
    succeed(await restic('backup', 'from'));
    succeed(await restic('backup', 'from'));
    succeed(await restic('check', '--read-data'));
    succeed(await restic('restore', 'latest', '--target', 'restic-back'));
    await sameFiles(join(folder, 'restic-back/from'));
    succeed(await restic('forget', '--keep-last', '1', '--prune'));
    expect(JSON.parse(succeed(await restic('snapshots', '--json')))).toHaveLength(1);
  });

  test('s3cmd: puts, lists, gets, syncs and deletes, but cp and mv want the right to publish', async () => {
    const [python, script] = await s3cmd();
    const { host } = new URL(shared.stack.server.url);
    const { accessKey, secretKey } = application(shared.stack);
    writeFileSync(
      join(folder, 's3cfg'),
      `[default]\naccess_key = ${accessKey}\nsecret_key = ${secretKey.replaceAll('%', '%%')}\n`,
    );
    const options = [
      '--config',
      's3cfg',
      '--host',
      host,
      '--host-bucket',
      host,
      '--ca-certs',
      shared.stack.certificate.caFile,
    ];
    const s3 = (...args: string[]) => run(python, [script, ...options, ...args], { cwd: folder, env: settings() });
    const remote = `s3://${Bucket}/s3cmd/`;
    succeed(await s3('sync', 'from/', remote));
    expect(
      succeed(await s3('ls', '--recursive', remote))
        .trim()
        .split('\n'),
    ).toHaveLength(3);
    mkdirSync(join(folder, 's3cmd-back'));
    succeed(await s3('sync', remote, 's3cmd-back/'));
    await sameFiles(join(folder, 's3cmd-back'));
    succeed(await s3('put', 'from/empty', `${remote}put`));
    succeed(await s3('del', `${remote}put`));
    const copied = await s3('cp', `${remote}empty`, `${remote}copy`);
    expect([copied.status === 0, copied.stderr]).toEqual([false, expect.stringContaining('AccessDenied')]);
  });

  test('mc: mirrors there and back with tags and metadata, and diff finds nothing', async () => {
    const client = await mc(shared.stack, application(shared.stack));
    const from = { Bucket, Key: 'mc/from/größe 1.txt' };
    await app.call('put_object', { ...from, Body: Buffer.from('kept'), Metadata: { owner: 'me' }, Tagging: 'a=b' });
    await client.do('mirror', '-a', '--overwrite', `stack/${Bucket}/mc/from`, `stack/${Bucket}/mc/to`);
    expect(await client.do('diff', `stack/${Bucket}/mc/from`, `stack/${Bucket}/mc/to`)).toBe('');
    const to = { ...from, Key: 'mc/to/größe 1.txt' };
    const { Body, Metadata } = await app.call('get_object', to);
    const { TagSet } = await app.call('get_object_tagging', to);
    expect([Body.toString(), Metadata.owner, TagSet]).toEqual(['kept', 'me', [{ Key: 'a', Value: 'b' }]]);
    await client.do('tag', 'set', `stack/${to.Bucket}/${to.Key}`, 'c=d');
    expect(await client.do('tag', 'list', '--json', `stack/${to.Bucket}/${to.Key}`)).toContain('"c":"d"');
    client.close();
  });

  test('boto3: uploads in parts, downloads, signs an upload form with a size limit', async () => {
    const { sent, received } = await app.call('round_trip', {
      Bucket,
      Key: 'boto3',
      megabytes: 24,
      part: 8,
      concurrency: 2,
    });
    expect(received).toBe(sent);
  });

  test('the AWS SDK for JavaScript: objects, lib-storage, copies, signed URLs and POST forms', async () => {
    const script = readFileSync(fileURLToPath(new URL('clients/everyday.mjs', import.meta.url)), 'utf8');
    const options = { cwd: await awsSdkFolder(), env: settings(), input: script };
    const output = succeed(await run(process.execPath, ['--input-type=module', '-'], options));
    expect(JSON.parse(output)).toEqual({
      get: 'text',
      large: true,
      list: ['js/a b.txt', 'js/copy', 'js/large'],
      signed: 'text',
      post: [204, 400],
      left: 0,
    });
  });

  test('minio-go: bucket, objects in parts, tags, copies, signed URLs', async () => {
    const output = succeed(await run(await minioGoProgram(), [], { env: settings() }));
    expect(output.trim().split('\n').slice(-2)).toEqual(['remove go/copy', 'remove go/large']);
  });

  describe('the AWS SDK for Go v2', () => {
    const everyday = async (plain: string) =>
      run(await awsSdkForGoProgram(), [], { env: { ...settings(), AWS_REGION: 'us-east-1', PLAIN: plain } });

    test('as docs/operations.md sets it up: objects, parts, copies, signed URLs', async () => {
      const output = succeed(await everyday(''));
      expect(output.trim().split('\n').slice(-3)).toEqual([
        'delete aws/a b.txt',
        'delete aws/copy',
        'delete aws/large',
      ]);
    });

    test('does nothing as it is', async () => {
      const { status, stdout } = await everyday('1');
      expect([status, stdout]).toEqual([1, expect.stringMatching(/put failed: .*SignatureDoesNotMatch/)]);
    });
  });
});
