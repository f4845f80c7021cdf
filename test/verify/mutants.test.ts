import type { AddressInfo } from 'node:net';
import { createServer, type Server as Net } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { needs, program } from '../support/needs.ts';
import { selfSigned } from './certificate.ts';
import { remediesOf, wrong } from './found.ts';
import { type Answered, type Asked, type Faults, openFront } from './front.ts';
import { applicationPolicy, minio, type Server, startServer } from './server.ts';

/** A deployment that is wrong in one way is found by the right check, with the right remedy, and by no other. */
describe('a deployment that is wrong', needs(minio), () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ MINIO_API_CORS_ALLOW_ORIGIN: 'https://app.example.com' });
  });
  afterAll(() => server?.stop());

  const run = (more: Partial<VerifyOptions> = {}) =>
    verify({ api: server.api, credentials: server.application, uploadMegabytes: 6, limits: { answer: 8000 }, ...more });

  const close = async (bucket: string) => {
    // "set private" leaves statements that it does not know.
    await server.mc([
      'anonymous',
      'set-json',
      server.file('{"Version":"2012-10-17","Statement":[]}'),
      `root/${bucket}`,
    ]);
    await server.mc(['anonymous', 'set', 'private', `root/${bucket}`]);
  };

  /** What is found while the application has other policies than its own. */
  const withPolicies = async (names: string[], options: Partial<VerifyOptions> = {}) => {
    const user = ['--user', server.application.accessKey];
    await server.mc(['admin', 'policy', 'attach', 'root', ...names, ...user]);
    await server.mc(['admin', 'policy', 'detach', 'root', 'minio-stack-app', ...user]);
    try {
      return wrong(await run(options));
    } finally {
      await server.mc(['admin', 'policy', 'attach', 'root', 'minio-stack-app', ...user]);
      await server.mc(['admin', 'policy', 'detach', 'root', ...names, ...user]);
    }
  };

  /** The application's own policy without the part that denies administration. */
  const withoutDeny = async (more: object[] = []) => {
    const own = JSON.parse(await applicationPolicy('my-storage'));
    own.Statement = own.Statement.filter(({ Action }: { Action: string[] }) => !Action.includes('admin:*'));
    own.Statement.push(...more);
    return server.file(JSON.stringify(own));
  };

  describe('in its bucket', () => {
    const statement = (Action: string[], Resource: string, more = {}) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: ['*'] }, Action, Resource: [`arn:aws:s3:::${Resource}`], ...more },
        ],
      });
    afterEach(() => close('my-storage'));

    test.each<[string, string[]]>([
      ['download', ['FAIL private.read', 'FAIL private.list', 'FAIL private.policy']],
      ['upload', ['FAIL private.list', 'FAIL private.write', 'FAIL private.policy']],
      ['public', ['FAIL private.read', 'FAIL private.list', 'FAIL private.write', 'FAIL private.policy']],
    ])('open for %s', async (what, found) => {
      await server.mc(['anonymous', 'set', what, 'root/my-storage']);
      const report = await run();
      expect(wrong(report)).toEqual(found);
      expect(remediesOf(report)).toContain('deploy the server again');
      expect(await server.keys()).toEqual([]);
    });

    test.each([
      ['one prefix', statement(['s3:GetObject'], 'my-storage/kept/*')],
      [
        'who sends a Referer',
        statement(['s3:GetObject'], 'my-storage/*', { Condition: { StringLike: { 'aws:Referer': 'https://*' } } }),
      ],
      ['deleting in one prefix', statement(['s3:DeleteObject'], 'my-storage/kept/*')],
    ])('open for %s', async (_, policy) => {
      await server.mc(['anonymous', 'set-json', server.file(policy), 'root/my-storage']);
      expect(wrong(await run())).toEqual(['FAIL private.policy']);
    });

    test('whose settings everybody may read and change', async () => {
      const actions = ['s3:GetBucketPolicy', 's3:PutBucketPolicy'];
      await server.mc(['anonymous', 'set-json', server.file(statement(actions, 'my-storage')), 'root/my-storage']);
      const report = await run();
      expect(wrong(report)).toEqual(['FAIL private.settings', 'FAIL private.policy']);
      expect(remediesOf(report)).toContain('the policy answers 200');
    });

    test('open for everybody, without credentials: what strangers wrote is deleted', async () => {
      await server.mc(['anonymous', 'set', 'public', 'root/my-storage']);
      const report = await run({ credentials: undefined, bucket: 'my-storage' });
      expect(wrong(report)).toEqual(['FAIL private.read', 'FAIL private.list', 'FAIL private.write']);
      expect(report.leftovers).toEqual([]);
      expect(await server.keys()).toEqual([]);
    });
  });

  describe('beside its bucket', () => {
    test.each([
      ['of a common name', 'backups', []],
      ['that was named', 'holiday-2026', ['holiday-2026']],
    ])('by a second bucket %s that is open', async (_, name, otherBuckets) => {
      await server.mc(['mb', '--ignore-existing', `root/${name}`]);
      await server.mc(['anonymous', 'set', 'download', `root/${name}`]);
      const report = await run({ otherBuckets });
      await server.mc(['rb', '--force', `root/${name}`]);
      expect(wrong(report)).toEqual(['FAIL private.other-buckets']);
      expect(remediesOf(report)).toContain(`everybody can list ${name}`);
    });

    test('by metrics that are public, a default root user, and CORS for everybody', async () => {
      const open = await startServer({
        MINIO_PROMETHEUS_AUTH_TYPE: 'public',
        MINIO_ROOT_USER: 'minioadmin',
        MINIO_ROOT_PASSWORD: 'minioadmin',
      });
      const report = await run({ api: open.api, credentials: undefined, origin: 'https://app.example.com' });
      expect(wrong(report)).toEqual(['FAIL private.metrics', 'FAIL private.default-root', 'FAIL cors.stranger']);
      await open.stop();
    });
  });

  test("whose root's password is root's name", async () => {
    const weak = await startServer({ MINIO_ROOT_PASSWORD: 'minio-admin' });
    const report = await run({ api: weak.api, credentials: undefined });
    await weak.stop();
    expect(wrong(report)).toEqual(['FAIL private.default-root']);
    expect(remediesOf(report)).toContain('accepted: minio-admin:minio-admin → set MINIO_ROOT_USER');
  });

  describe("in the application's user", () => {
    test("that is root's", async () => {
      const report = await run({ credentials: server.root });
      expect(wrong(report)).toEqual(['FAIL signed.admin']);
      expect(remediesOf(report)).toContain("never give root's key to the application");
    });

    test.each<[string, string[]]>([
      ['readwrite', ['FAIL signed.own-secret', 'FAIL signed.only-own']],
      ['consoleAdmin', ['FAIL signed.admin']],
      ['diagnostics', ['FAIL signed.admin']],
    ])('that also has the policy %s', async (name, found) => {
      await server.mc(['mb', '--ignore-existing', 'root/closed']);
      await server.mc(['admin', 'policy', 'create', 'root', 'without-deny', await withoutDeny()]);
      expect(await withPolicies(['without-deny', name], { bucket: 'my-storage' })).toEqual(found);
    });

    test('that may publish its bucket and change its own secret', async () => {
      const publish = { Effect: 'Allow', Action: ['s3:PutBucketPolicy'], Resource: ['arn:aws:s3:::my-storage'] };
      await server.mc(['admin', 'policy', 'create', 'root', 'publisher', await withoutDeny([publish])]);
      expect(await withPolicies(['publisher'])).toEqual(['FAIL signed.own-secret', 'FAIL signed.policy']);
    });

    test('that may not write', async () => {
      const found = await withPolicies(['readonly'], { bucket: 'my-storage' });
      expect(found.filter((each) => each.startsWith('FAIL signed'))).toContain('FAIL signed.put');
    });

    test.each<[string, () => VerifyOptions['credentials'], string]>([
      [
        'whose secret is another',
        () => ({ ...server.application, secretKey: 'not-the-secret' }),
        '403 SignatureDoesNotMatch',
      ],
      ['that does not exist', () => ({ ...server.application, accessKey: 'nobody' }), '403 InvalidAccessKeyId'],
    ])('%s', async (_, credentials, seen) => {
      const report = await run({ credentials: credentials(), bucket: 'my-storage' });
      expect(wrong(report)).toEqual(['FAIL signed.key']);
      expect(remediesOf(report)).toContain(seen);
    });

    test('whose bucket has another name', async () => {
      const report = await run({ bucket: 'not-my-storage' });
      expect(wrong(report)).toContain('FAIL signed.put');
    });
  });

  describe('at its edge', () => {
    const isObject = ({ path }: Asked) => path.includes('/minio-stack-verify/');
    const cache = new Map<string, Answered>();
    const page = (status: number, text = '<!doctype html><title>Oops</title>'): Answered => ({
      status,
      headers: { 'content-type': 'text/html' },
      body: Buffer.from(text),
    });
    const minutesOff = (minutes: number): Faults => ({
      answer: ({ headers }) => {
        headers.date = new Date(Date.now() + minutes * 60_000).toUTCString();
      },
    });

    test.each<[string, Faults, string[], string]>([
      [
        'that caches',
        {
          instead: ({ method, path }) =>
            method === 'GET' && path.includes('X-Amz-Signature') ? cache.get(path) : undefined,
          answer: (answered, { method, path }) => {
            if (method === 'GET' && answered.status === 200) cache.set(path, structuredClone(answered));
          },
        },
        ['FAIL edge.cache'],
        'Edge Caching',
      ],
      [
        'that says that it caches',
        { answer: ({ headers, status }) => Object.assign(headers, status === 200 ? { 'cf-cache-status': 'HIT' } : {}) },
        ['FAIL edge.cache'],
        'Edge Caching',
      ],
      ['that drops Range', { ask: ({ headers }) => delete headers.range }, ['FAIL signed.range'], 'the header Range'],
      [
        'that rewrites Accept-Encoding, as Render does',
        { ask: ({ headers }) => Object.assign(headers, { 'accept-encoding': 'gzip, br' }) },
        ['WARN edge.accept-encoding'],
        'rclone',
      ],
      [
        'that limits bodies',
        { instead: ({ body }) => (body.length > (5 << 20) + 1000 ? page(413) : undefined) },
        ['FAIL edge.upload'],
        'multipart',
      ],
      [
        'that drops Content-Length and ETag',
        {
          answer: (answered, { method }) => {
            if (method !== 'GET' || answered.status !== 200 || answered.body.length === 0) return;
            delete answered.headers['content-length'];
            delete answered.headers.etag;
            answered.headers['transfer-encoding'] = 'chunked';
          },
        },
        ['WARN edge.length'],
        'as they are',
      ],
      [
        'that answers everything with 200 and an error page',
        { instead: () => page(200) },
        ['FAIL reach.health'],
        'this is no MinIO',
      ],
      [
        'that replaces refusals by a page with 200',
        { answer: (answered) => void (answered.status === 403 && Object.assign(answered, page(200))) },
        ['FAIL reach.s3'],
        'error pages',
      ],
      ['that is away', { instead: () => page(502) }, ['FAIL reach.health'], 'the service is down'],
      [
        'that is the sign-in of a network',
        { instead: () => ({ status: 302, headers: { location: 'https://portal.invalid/' }, body: Buffer.alloc(0) }) },
        ['FAIL reach.health'],
        "a network's sign-in page",
      ],
      ['that never answers', { instead: () => 'answered' }, ['FAIL reach.health'], 'hangs'],
      [
        'that answers without end',
        {
          instead: (_, response) => {
            response.writeHead(200, { 'content-length': String(10e9) });
            const write = () => {
              while (response.write(Buffer.alloc(1 << 16))) {}
            };
            response.on('drain', write);
            write();
            return 'answered';
          },
        },
        ['FAIL reach.health'],
        'more than 1 MB',
      ],
      [
        "that is somebody else's S3",
        {
          instead: () => ({
            status: 403,
            headers: { 'content-type': 'application/xml', server: 'AmazonS3' },
            body: Buffer.from('<Error><Code>AccessDenied</Code></Error>'),
          }),
        },
        ['FAIL reach.health'],
        'this is no MinIO',
      ],
      ['whose clock is 20 minutes off', minutesOff(20), ['FAIL reach.clock'], 'NTP'],
      ['whose clock is 8 minutes off', minutesOff(-8), ['WARN reach.clock'], 'NTP'],
      [
        'that drops response-content-disposition',
        { answer: ({ headers }) => delete headers['content-disposition'] },
        ['FAIL signed.disposition'],
        'Content-Disposition',
      ],
      [
        'that refuses HEAD',
        { instead: (asked) => (asked.method === 'HEAD' && isObject(asked) ? page(405) : undefined) },
        ['FAIL signed.head'],
        'HEAD',
      ],
      [
        'that decodes paths',
        {
          ask: (asked) => {
            asked.path = asked.path.replace(/^[^?]*/, (path) => path.replaceAll('%20', '+').replaceAll('%26', '&amp;'));
          },
        },
        ['FAIL signed.odd-keys'],
        'paths',
      ],
      [
        'that refuses forms',
        {
          instead: ({ headers }) =>
            /multipart\/form-data/.test(String(headers['content-type'])) ? page(405) : undefined,
        },
        ['FAIL signed.form'],
        'forms',
      ],
      [
        'that changes Host',
        { ask: ({ headers }) => Object.assign(headers, { host: 'inside:9000' }) },
        ['FAIL signed.key'],
        'path, host or headers',
      ],
      [
        'that changes bytes',
        {
          answer: (answered, { method }) => {
            if (method === 'GET' && answered.body.length === 1000) answered.body[500] = 0;
          },
        },
        ['FAIL signed.get', 'FAIL signed.presigned-get'],
        'changes the answer',
      ],
      [
        "that sends browsers to the console's inner port",
        {
          instead: ({ path, headers }) =>
            path === '/' && headers['user-agent']
              ? { status: 307, headers: { location: 'http://localhost:9090/' }, body: Buffer.alloc(0) }
              : undefined,
        },
        ['FAIL console.redirect'],
        'MINIO_BROWSER_REDIRECT',
      ],
      [
        'that refuses presigned uploads',
        { instead: ({ method, path }) => (method === 'PUT' && path.includes('presigned-put') ? page(403) : undefined) },
        ['FAIL signed.presigned-put'],
        'MINIO_APP_SECRET_KEY',
      ],
    ])('%s', async (_, faults, found, remedy) => {
      cache.clear();
      const front = await openFront(server.api, faults);
      const report = await run({ api: front.url, limits: { answer: 3000 } });
      await front.close();
      expect(wrong(report)).toEqual(found);
      expect(remediesOf(report)).toContain(remedy);
      expect(await server.keys()).toEqual([]);
    });

    test.each<[string, (name: string | undefined) => string | undefined, string[]]>([
      ['for its own page', () => undefined, ['FAIL cors.own']],
      ['with a wildcard', () => '*', ['FAIL cors.stranger']],
    ])('whose CORS is wrong %s', async (_, change, found) => {
      const front = await openFront(server.api, {
        answer: ({ headers }) => {
          const value = change(undefined);
          if (value) headers['access-control-allow-origin'] = value;
          else delete headers['access-control-allow-origin'];
        },
      });
      const report = await run({ api: front.url, credentials: undefined, origin: 'https://app.example.com' });
      await front.close();
      expect(wrong(report)).toEqual(found);
    });

    test('that answers garbage', async () => {
      const garbage: Net = createServer((socket) => socket.on('error', () => {}).end(Buffer.alloc(4096, 0x9f)));
      await new Promise<void>((listening) => {
        garbage.listen(0, '127.0.0.1', listening);
      });
      const report = await run({ api: `http://127.0.0.1:${(garbage.address() as AddressInfo).port}` });
      garbage.close();
      expect(wrong(report)).toEqual(['FAIL reach.health']);
      expect(remediesOf(report)).toMatch(/no HTTP \(HPE_\w+\) → check the address and its port/);
    });

    test('where nothing listens, or that has no name', async () => {
      expect(remediesOf(await run({ api: 'http://127.0.0.1:1' }))).toContain('nothing listens there');
      expect(remediesOf(await run({ api: 'http://no-such-host.invalid' }))).toContain('use https');
      expect(remediesOf(await run({ api: 'https://no-such-host.invalid' }))).toContain('its name');
    });
  });

  describe('in its encryption', () => {
    test('that it does not have', async () => {
      const { port } = new URL(server.api);
      const report = await run({ api: `http://0.0.0.0:${port}` });
      expect(wrong(report)).toEqual(['FAIL reach.encrypted']);
      expect(remediesOf(report)).toContain('use https://');
    });

    test.each<[string, string, number, boolean, string[], string]>([
      ['is good', 'localhost', 60, true, [], ''],
      ['ends soon', 'localhost', 3, true, ['WARN reach.encrypted'], 'renew the certificate'],
      ['has ended', 'localhost', -1, true, ['FAIL reach.encrypted'], 'ended on 20'],
      ['is for another name', 'elsewhere.example.com', 60, true, ['FAIL reach.encrypted'], 'not for localhost'],
      ['nobody knows', 'localhost', 60, false, ['FAIL reach.encrypted'], 'NODE_EXTRA_CA_CERTS'],
    ])('whose certificate %s', needs(program('openssl')), async (_, name, days, isKnown, found, remedy) => {
      const certificate = selfSigned(name, days);
      const front = await openFront(server.api, {}, certificate);
      const report = await run({ api: front.url, ...(isKnown ? { ca: certificate.cert } : {}) });
      const isUntouched = front.asked.length === 0;
      await front.close();
      expect(wrong(report)).toEqual(found);
      expect(remediesOf(report)).toContain(remedy);
      // Nothing is sent to somebody who may be another.
      expect(isUntouched).toBe(found[0]?.startsWith('FAIL') ?? false);
    });
  });
});
