import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/verify/report.ts';
import { verify } from '../../src/verify/verify.ts';
import { needs, program } from '../support/needs.ts';
import { selfSigned } from './certificate.ts';
import { type Answered, type Faults, openFront } from './front.ts';
import { startNginx } from './nginx.ts';
import { minio, type Server, startServer } from './server.ts';

const wrong = ({ findings }: Report) =>
  findings.flatMap(({ id, verdict, seen }) =>
    verdict === 'FAIL' || verdict === 'WARN' ? [`${verdict} ${id}: ${seen}`] : [],
  );

describe('verify, of the console', needs(minio, program('nginx'), program('openssl')), () => {
  let server: Server;
  let nginx: Awaited<ReturnType<typeof startNginx>>;
  beforeAll(async () => {
    server = await startServer();
    nginx = await startNginx(server.console);
  });
  afterAll(async () => {
    await nginx?.stop();
    await server?.stop();
  });

  /** What is found through an edge with HTTPS. */
  const found = async (faults: Faults, before = nginx.url) => {
    const certificate = selfSigned('localhost', 60);
    const front = await openFront(before, faults, certificate);
    const report = await verify({ api: server.api, console: front.url, ca: certificate.cert });
    await front.close();
    return report;
  };

  test('finds nothing wrong with the generated nginx', async () => {
    const report = await found({});
    expect(wrong(report)).toEqual([]);
    const ours = report.findings.filter(({ group }) => group === 'Console');
    expect(ours.map(({ verdict }) => verdict)).toEqual(ours.map(() => 'OK'));
  });

  test('finds nothing wrong with compose, where nginx is not behind HTTPS', async () => {
    const local = await startNginx(server.console, 'http');
    const report = await verify({ api: server.api, console: local.url });
    await local.stop();
    expect(wrong(report)).toEqual([]);
  });

  const without =
    (...names: string[]) =>
    ({ headers }: Answered) => {
      for (const name of names) delete headers[name];
    };

  test.each<[string, Faults, string[]]>([
    [
      'without X-Frame-Options',
      { answer: without('x-frame-options') },
      ['FAIL console.headers: missing: X-Frame-Options'],
    ],
    [
      'without HSTS',
      { answer: without('strict-transport-security') },
      ['FAIL console.headers: missing: Strict-Transport-Security'],
    ],
    [
      'without a content policy',
      { answer: without('content-security-policy') },
      ['FAIL console.headers: missing: Content-Security-Policy'],
    ],
    [
      'with a wrong password that is right',
      {
        instead: ({ method, path }) =>
          method === 'POST' && path === '/api/v1/login'
            ? { status: 204, headers: {}, body: Buffer.alloc(0) }
            : undefined,
      },
      ['FAIL console.login: 204'],
    ],
    [
      'without limits',
      {
        instead: ({ method, path }) =>
          method === 'POST' && path === '/api/v1/login'
            ? { status: 401, headers: {}, body: Buffer.alloc(0) }
            : undefined,
      },
      ['FAIL console.limit: 10 tries in a row were answered'],
    ],
    [
      'with an edge that answers in its place',
      {
        instead: () => ({
          status: 200,
          headers: { 'content-type': 'text/html' },
          body: Buffer.from('<html>Soon</html>'),
        }),
      },
      ['FAIL console.page: its API answers 200 with a web page'],
    ],
    [
      'that is away',
      { instead: () => ({ status: 503, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>') }) },
      ['FAIL console.page: the page answers 503 with a web page'],
    ],
  ])('%s', async (_, faults, seen) => {
    expect(wrong(await found(faults))).toEqual(seen);
  });

  test("that is the server's own port, without nginx", async () => {
    const report = await found({}, server.console);
    expect(wrong(report)).toEqual([
      'FAIL console.headers: missing: a strict Content-Security-Policy, Strict-Transport-Security',
      'FAIL console.limit: 10 tries in a row were answered',
    ]);
  });

  test.each<[string, Faults, string[]]>([
    [
      'with WebSockets that are open to every page',
      {
        ask: ({ headers }) => {
          if (headers.origin) headers.origin = `https://${headers.host}`;
        },
      },
      ['FAIL console.websocket: a page of another origin gets one'],
    ],
    [
      'with a proxy that changes Host',
      {
        ask: ({ headers }) => {
          headers.host = 'inside:9090';
        },
      },
      ['WARN console.websocket: its own page is answered with 403: the object browser stays empty'],
    ],
  ])('%s', async (_, faults, seen) => {
    expect(wrong(await found(faults))).toEqual(seen);
  });

  test('in place of the API: the addresses are swapped', async () => {
    const report = await verify({ api: nginx.url, console: server.api });
    expect(wrong(report)).toEqual([
      'FAIL reach.health: /minio/health/live answers 200 with a web page: the console',
      'FAIL console.page: the page answers 403 AccessDenied',
    ]);
  });
});
