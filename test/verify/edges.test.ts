import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Signer } from '../../src/verify/signer.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { needs } from '../support/needs.ts';
import { mended, remediesOf, wrong } from './found.ts';
import { type Answered, type Asked, type Faults, forward, openFront } from './front.ts';
import { minio, type Server, startServer } from './server.ts';

const answer = (status: number, body = '', headers = {}): Answered => ({ status, headers, body: Buffer.from(body) });
const isPresigned = ({ path }: Asked) => path.includes('X-Amz-Signature=');

/** Edges that take over what only the server may decide, or keep from it what it needs. */
describe('an edge', needs(minio), () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.stop());

  const found = async (faults: Faults, more: Partial<VerifyOptions> = {}) => {
    const front = await openFront(server.api, faults);
    const options = { credentials: server.application, root: server.root, uploadMegabytes: 1, ...more };
    const report = await verify({ api: front.url, limits: { answer: 8000 }, ...options });
    await front.close();
    expect(await server.keys()).toEqual([]);
    return report;
  };

  /** The same request, signed by the edge as the application. */
  const signedByTheEdge = async ({ path, method }: Asked, headers = {}): Promise<Asked> => {
    const url = new URL(path.split('?')[0] ?? '', server.api);
    const signer = new Signer(server.application);
    return {
      method,
      path: url.pathname,
      headers: await signer.headers(url, method, headers, ''),
      body: Buffer.alloc(0),
    };
  };

  test.each<[string, () => Faults, string[], string]>([
    [
      'that renews URLs that have expired',
      () => ({
        instead: async (asked) => {
          const [, ...date] = /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/.exec(asked.path) ?? [];
          const age = Date.now() - Date.parse(`${date.slice(0, 3).join('-')}T${date.slice(3).join(':')}Z`);
          return age > 10 * 60_000 ? forward(server.api, await signedByTheEdge(asked)) : undefined;
        },
      }),
      ['FAIL signed.expired'],
      'without asking it',
    ],
    [
      'that drops what it does not know of a query',
      () => ({
        ask: (asked) => {
          asked.path = asked.path.replace(/&response-content-type=[^&]*/, '');
        },
      }),
      ['FAIL signed.tampered'],
      'rewriting',
    ],
    [
      'that deletes for whoever may read',
      () => ({
        instead: async (asked) =>
          asked.method === 'DELETE' && isPresigned(asked)
            ? forward(server.api, await signedByTheEdge(asked))
            : undefined,
      }),
      ['FAIL signed.other-method'],
      'without asking it',
    ],
    [
      'that serves several hosts with one signature',
      () => ({
        instead: async (asked) => {
          const first = await forward(server.api, asked);
          if (first.status !== 403 || !isPresigned(asked)) return first;
          const host = `elsewhere.invalid:${String(asked.headers.host).split(':')[1]}`;
          return forward(server.api, { ...asked, headers: { ...asked.headers, host } });
        },
      }),
      ['FAIL signed.other-host'],
      'without asking it',
    ],
    [
      'that takes a signature for all objects of a folder',
      () => ({
        instead: async (asked) => {
          const first = await forward(server.api, asked);
          if (first.status !== 403 || !isPresigned(asked) || asked.method !== 'GET') return first;
          const other = await forward(server.api, { ...asked, path: asked.path.replace('/probe.bin?', '/other.bin?') });
          return other.status === 404 ? forward(server.api, await signedByTheEdge(asked)) : first;
        },
      }),
      ['FAIL signed.other-key'],
      'without asking it',
    ],
    [
      'that signs by itself, as the application, what nobody has signed',
      () => ({
        instead: async (asked) =>
          asked.method === 'GET' &&
          asked.path.includes('.bin') &&
          !asked.path.includes('?') &&
          !asked.headers.authorization
            ? forward(server.api, await signedByTheEdge(asked))
            : undefined,
      }),
      ['FAIL private.read'],
      'deploy the server again',
    ],
    [
      'that lets everybody see the list of buckets',
      () => ({
        instead: ({ path, headers }) =>
          path === '/' && !headers.authorization ? answer(200, '<ListAllMyBucketsResult/>') : undefined,
      }),
      ['FAIL reach.s3'],
      'deploy the server again',
    ],
    [
      'that lets everybody administer',
      () => ({
        instead: async (asked) => {
          if (!asked.path.startsWith('/minio/admin/v3/info') || asked.headers.authorization) return undefined;
          const url = new URL(asked.path, server.api);
          const headers = await new Signer(server.root).headers(url, 'GET', {}, '');
          return forward(server.api, { ...asked, headers });
        },
      }),
      ['FAIL private.server'],
      'generated entrypoint',
    ],
    [
      'that tells strangers which buckets there are',
      () => ({ instead: ({ path }) => (path.startsWith('/backups?') ? answer(404) : undefined) }),
      ['WARN private.other-buckets'],
      'all names alike',
    ],
    [
      'that refuses uploads in parts',
      () => ({ instead: ({ path }) => (path.endsWith('?uploads') ? answer(405) : undefined) }),
      ['FAIL signed.multipart'],
      'deploy the server again',
    ],
    [
      'that limits the parts of an upload',
      () => ({
        instead: ({ path, body }) => (/partNumber/.test(path) && body.length > 1 << 20 ? answer(413) : undefined),
      }),
      ['FAIL signed.multipart'],
      'limits bodies',
    ],
    [
      'that keeps lists',
      () => ({
        instead: ({ path }) =>
          /list-type=2&prefix=.*probe/.test(path) ? answer(200, '<ListBucketResult/>') : undefined,
      }),
      ['FAIL signed.list'],
      'caching',
    ],
    [
      'that forgets the limit of a form',
      () => ({
        answer: (answered) => {
          if (answered.body.includes('EntityTooLarge')) Object.assign(answered, answer(204));
        },
      }),
      ['FAIL signed.form'],
      'without asking it',
    ],
    ['that refuses Expect', () => ({ expect: 'refuses' }), ['WARN edge.expect'], 'boto3'],
    ['that ignores Expect', () => ({ expect: 'ignores' }), ['WARN edge.expect'], 'quick enough'],
    [
      'that drops Date',
      () => ({
        instead: (_, response) => {
          response.sendDate = false;
          return undefined;
        },
        answer: ({ headers }) => delete headers.date,
      }),
      ['WARN reach.clock'],
      'keep the header Date',
    ],
    [
      'that is slow',
      () => {
        let asked = 0;
        return {
          instead: async ({ path }) => {
            if (path === '/minio/health/live') asked += 1;
            // The first two are those of other checks.
            if (path === '/minio/health/live' && asked > 2) await sleep(2100);
            return undefined;
          },
        };
      },
      ['WARN reach.latency'],
      'region',
    ],
  ])('%s', async (_, faults, expected, remedy) => {
    const report = await found(faults());
    expect(wrong(report)).toEqual(expected);
    expect(remediesOf(report)).toContain(remedy);
  });

  describe('before a server', () => {
    const pins = { server: 'docker.io/pgsty/silo:RELEASE.2026-10-26T00-00-00Z@sha256:0', console: 'nginx:1.30.5' };
    const version = (date: string): Faults => ({
      ...mended,
      answer: (answered) => {
        if (!answered.body.includes('DEVELOPMENT.GOGET')) return;
        answered.body = Buffer.from(answered.body.toString().replace('DEVELOPMENT.GOGET', date));
        answered.headers['content-length'] = answered.body.length;
      },
    });
    const ofVersions = async (faults: Faults, more: Partial<VerifyOptions>) =>
      (await found(faults, { pins, ...more })).findings
        .filter(({ group }) => group === 'Versions')
        .map(({ id, verdict, seen, remedy = '' }) => `${verdict} ${id}: ${seen}${remedy && ` → ${remedy}`}`);

    test('of 2025, whatever is pinned', async () => {
      const [, server_] = await ofVersions(version('2025-09-07T16:13:09Z'), { pins: undefined });
      expect(server_).toMatch(
        /^FAIL versions\.server: 2025-09-07T16:13:09Z has holes.* → run npm init minio-stack@latest/,
      );
    });

    test('that is older than the pinned one', async () => {
      const [, server_] = await ofVersions(version('2026-09-16T00:00:00Z'), {});
      expect(server_).toMatch(
        /^FAIL versions\.server: 2026-09-16T00:00:00Z, but 2026-10-26T00:00:00Z is pinned → deploy/,
      );
    });

    test('that is the pinned one, where a newer image is known', async () => {
      const newest = async () => [
        { pinned: pins.server, newest: 'docker.io/pgsty/silo:RELEASE.2026-11-20T00-00-00Z@sha256:1' },
      ];
      expect(await ofVersions(version('2026-10-26T00:00:00Z'), { newest })).toEqual([
        'OK versions.hole: 403 SignatureDoesNotMatch',
        'OK versions.server: 2026-10-26T00:00:00Z; pinned: 2026-10-26T00:00:00Z',
        'WARN versions.newest: newer: docker.io/pgsty/silo:RELEASE.2026-11-20T00-00-00Z → run npm init minio-stack@latest -- --newest-images, and push',
      ]);
    });

    test('whose registry does not answer', async () => {
      const newest = async () => [{ pinned: pins.server, problem: 'docker.io is in trouble (HTTP 503)' }];
      const [, , found_] = await ofVersions(version('2026-10-26T00:00:00Z'), { newest });
      expect(found_).toContain('WARN versions.newest: docker.io is in trouble (HTTP 503)');
    });

    test("whose hole is upstream's: a wrong signature writes", async () => {
      const [hole] = await ofVersions({}, {});
      expect(hole).toMatch(
        /^FAIL versions\.hole: a wrong signature is answered with 200 \(CVE-2026-41145\) → this server is too old/,
      );
    });
  });
});
