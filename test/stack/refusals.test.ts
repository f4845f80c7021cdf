import { afterEach, expect, test } from 'vitest';
import type { Instance } from '../render-simulator/instance.ts';
import { type S3Error, s3 } from './clients/s3.ts';
import { fillingClient } from './faults.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised } from './stack.ts';

describeStack('the server', () => {
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined } } });

  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ['no root password', { MINIO_ROOT_PASSWORD: undefined }, /MINIO_ROOT_PASSWORD must be set, to at least 8/],
    ['an empty root password', { MINIO_ROOT_PASSWORD: '' }, /MINIO_ROOT_PASSWORD must be set, to at least 8/],
    [
      'a root password of 7 characters',
      { MINIO_ROOT_PASSWORD: '1234567' },
      /MINIO_ROOT_PASSWORD must be set, to at least 8/,
    ],
    ['no root user', { MINIO_ROOT_USER: undefined }, /MINIO_ROOT_USER must be set, to at least 3/],
    [
      'neither root user nor password',
      { MINIO_ROOT_USER: undefined, MINIO_ROOT_PASSWORD: undefined },
      /MINIO_ROOT_USER must be set, to at least 3/,
    ],
    ['a root user of 2 characters', { MINIO_ROOT_USER: 'ab' }, /MINIO_ROOT_USER must be set, to at least 3/],
    ['a root user with a comma', { MINIO_ROOT_USER: 'a,b' }, /MINIO_ROOT_USER must not contain a comma/],
    [
      'the root password that everybody knows',
      { MINIO_ROOT_PASSWORD: 'minioadmin' },
      /MINIO_ROOT_PASSWORD must not be/,
    ],
    ['a space after the root user', { MINIO_ROOT_USER: 'admin ' }, /MINIO_ROOT_USER must not begin or end/],
    ['no bucket', { MINIO_BUCKET: undefined }, /MINIO_BUCKET '' is not a bucket name/],
    ['a bucket in capitals', { MINIO_BUCKET: 'Media' }, /MINIO_BUCKET 'Media' is not a bucket name: 3 to 63/],
    ['a bucket of 2 characters', { MINIO_BUCKET: 'ab' }, /MINIO_BUCKET 'ab' is not a bucket name/],
    ['a bucket of 64 characters', { MINIO_BUCKET: 'a'.repeat(64) }, /MINIO_BUCKET 'a+' is not a bucket name/],
    ['a bucket with a slash', { MINIO_BUCKET: 'a/../b' }, /MINIO_BUCKET 'a\/..\/b' is not a bucket name/],
    ['a bucket with two dots', { MINIO_BUCKET: 'a..b' }, /MINIO_BUCKET 'a..b' is not a bucket name/],
    [
      'a bucket like an address',
      { MINIO_BUCKET: '192.168.5.4' },
      /MINIO_BUCKET '192.168.5.4' is not a bucket name.*no IP address/,
    ],
    ['a bucket of 64 digits', { MINIO_BUCKET: '1'.repeat(64) }, /MINIO_BUCKET '1+' is not a bucket name/],
    ['a bucket called minio', { MINIO_BUCKET: 'minio' }, /MINIO_BUCKET 'minio' is not a bucket name.*not 'minio'/],
    ['a bucket like an option', { MINIO_BUCKET: '--help' }, /MINIO_BUCKET '--help' is not a bucket name/],
    ...[
      'https://a.com, https://b.com',
      'https://a.com/',
      'https://a.com/,https://b.com',
      'www.example.com',
      '*,b.com',
    ].map((value): [string, Record<string, string>, RegExp] => [
      `the origins "${value}"`,
      { MINIO_API_CORS_ALLOW_ORIGIN: value },
      /MINIO_API_CORS_ALLOW_ORIGIN allows no page by '[^,']+'/,
    ]),
    ['no port', { PORT: undefined }, / PORT must be a port number/],
    ['a port in words', { PORT: 'http' }, / PORT must be a port number/],
    ['a port too large', { PORT: '65536' }, / PORT must be a port number/],
    [
      'a console port too large',
      { MINIO_CONSOLE_PORT: '123456789012345678901' },
      /MINIO_CONSOLE_PORT must be a port number/,
    ],
    ['the same port twice', { MINIO_CONSOLE_PORT: '9000' }, /MINIO_CONSOLE_PORT and PORT must differ: both are 9000/],
    ['the same port once with a zero', { MINIO_CONSOLE_PORT: '09000' }, /MINIO_CONSOLE_PORT must be a port number/],
    ["Render's own port", { MINIO_CONSOLE_PORT: '10000' }, /MINIO_CONSOLE_PORT must not be 10000/],
    [
      'a reserved port',
      { MINIO_CONSOLE_PORT: '19099' },
      /MINIO_CONSOLE_PORT must be .*, and none that Render reserves .*, not '19099'/,
    ],
    ['a secret without an access key', { MINIO_APP_ACCESS_KEY: undefined }, /MINIO_APP_ACCESS_KEY must be set/],
    ['an access key without a secret', { MINIO_APP_SECRET_KEY: undefined }, /MINIO_APP_SECRET_KEY must be set/],
    [
      'a secret of 7 characters',
      { MINIO_APP_SECRET_KEY: '1234567' },
      /MINIO_APP_SECRET_KEY must be set, to at least 8/,
    ],
    ['an access key with =', { MINIO_APP_ACCESS_KEY: 'a=b' }, /MINIO_APP_ACCESS_KEY may hold/],
    [
      "root's name as the access key",
      { MINIO_APP_ACCESS_KEY: 'minio-admin' },
      /MINIO_APP_ACCESS_KEY and MINIO_ROOT_USER must differ/,
    ],
  ])('refuses %s by name within seconds, and never starts', async (_, values, message) => {
    const instance = await shared.stack.server.start(values);
    const { status, log, seconds } = await instance.ended(10);
    expect(log).toMatch(/^minio-check: ERROR: [^\n]+\n?$/);
    expect(log).toMatch(message);
    expect([status, seconds < 10]).toEqual([1, true]);
    await instance.remove();
  });

  test('refuses a /data that is not writable', async () => {
    const instance = await shared.stack.server.start({}, { extra: ['--user', '1001'] });
    const { status, log, seconds } = await instance.ended(10);
    expect(log).toMatch(/^minio-check: ERROR: \/data is not a writable folder.*\n$/);
    expect([status, seconds < 10]).toEqual([1, true]);
  });

  test('refuses a /data that can only be read', async () => {
    const instance = await shared.stack.server.start({}, { readOnlyDisk: true });
    const { status, log, seconds } = await instance.ended(10);
    expect(log).toMatch(/ERROR: \/data is not a writable folder/);
    expect([status, seconds < 10]).toEqual([1, true]);
  });
});

describeStack('a full disk', () => {
  const shared = sharedStack({ only: 'nothing', limits: { server: { cpus: undefined } } });
  let instance: Instance | undefined;
  afterEach(() => instance?.remove());

  test('from the first start on stops the server with a message and a status', async () => {
    await shared.stack.server.build();
    await shared.stack.server.replaceDisk(1);
    const filler = await shared.stack.server.start();
    await filler.exec(['sh', '-c', 'cat /dev/zero >/data/ballast']);
    await filler.ended(60);
    await filler.remove();
    instance = await shared.stack.server.start();
    const { status, log, seconds } = await instance.ended(60);
    expect([status, seconds < 10]).toEqual([1, true]);
    expect(log).toMatch(/FATAL .* \/data\/.*: no space left on device/);
    expect(log).toMatch(/minio-entrypoint: ERROR: the server ended while it started\n$/);
  });

  test('that is full before the user is made stops the server with the reason', async () => {
    await shared.stack.server.replaceDisk(1);
    instance = await shared.stack.server.start({}, { extra: fillingClient(shared.stack.folder) });
    const { status, log, seconds } = await instance.ended(60);
    expect([status, seconds < 20]).toEqual([1, true]);
    expect(log).toMatch(/Storage backend has reached its minimum free drive threshold/);
    expect(log).toContain('minio-entrypoint: ERROR: initialisation failed: the server does not start');
    // Nothing of the shell's own.
    expect(log).not.toMatch(/minio-entrypoint\.sh: /);
  });

  test('refuses uploads with 507, keeps what is there, and starts again', async () => {
    const { server } = shared.stack;
    await server.replaceDisk(96);
    await server.deploy();
    await initialised(server);
    const client = await s3(shared.stack);
    await client.call('put_object', { Bucket: 'my-storage', Key: 'kept', Body: Buffer.from('kept') });
    const put = (n: number) =>
      client.call('put_object', { Bucket: 'my-storage', Key: `fill/${n}`, Body: Buffer.alloc(8 << 20, n) }).then(
        () => 200,
        (error: S3Error) => error.status ?? error.code,
      );
    // The server reads how full its disk is about once a second. Until then an upload that meets the end of
    // it is an internal error ("no space left on device").
    const outcomes: unknown[] = [];
    const end = Date.now() + 30_000;
    while (outcomes.at(-1) !== 507 && Date.now() < end) outcomes.push(await put(outcomes.length));
    expect(outcomes.slice(0, 8)).toEqual(Array(8).fill(200));
    expect(outcomes.at(-1)).toBe(507);
    await server.exec(['sh', '-c', 'cat /dev/zero >/data/ballast']);
    await server.deploy();
    await initialised(server);
    expect((await client.call('get_object', { Bucket: 'my-storage', Key: 'kept' })).Body.toString()).toBe('kept');
    await client.call('delete_object', { Bucket: 'my-storage', Key: 'fill/0' });
    client.close();
  });
});
