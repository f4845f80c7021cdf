import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/verify/verify.ts';
import { needs, program } from '../support/needs.ts';
import { selfSigned } from './certificate.ts';
import { remediesOf, seenWrong } from './found.ts';
import { type Answered, type Faults, openFront } from './front.ts';
import { startNginx } from './nginx.ts';
import { minio, type Server, startServer } from './server.ts';

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
  const found = async (faults: Faults, before = nginx.url, root = server.root) => {
    const certificate = selfSigned('localhost', 60);
    const front = await openFront(before, faults, certificate);
    const report = await verify({ api: server.api, console: front.url, ca: certificate.cert, root });
    await front.close();
    return report;
  };

  /** The same with a console that nobody has tried to sign in to. */
  const foundAnew = async (faults: Faults, root = server.root) => {
    const untried = await startNginx(server.console);
    const report = await found(faults, untried.url, root);
    await untried.stop();
    return report;
  };

  test('finds nothing wrong with the generated nginx', async () => {
    const report = await foundAnew({});
    expect(seenWrong(report)).toEqual([]);
    const ours = report.findings.filter(({ group }) => group === 'Console');
    expect(ours.map(({ verdict }) => verdict)).toEqual(ours.map(() => 'OK'));
  });

  test('finds nothing wrong with compose, where nginx is not behind HTTPS', async () => {
    const local = await startNginx(server.console, 'http');
    const report = await verify({ api: server.api, console: local.url, root: server.root });
    await local.stop();
    expect(seenWrong(report)).toEqual([]);
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
        instead: ({ path, body }) =>
          path === '/api/v1/login' && body.includes('a-wrong-password')
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
    expect(seenWrong(await found(faults))).toEqual(seen);
  });

  test.each(['Secure', 'HttpOnly', 'SameSite'])('with a cookie without %s', async (name) => {
    const report = await foundAnew({
      answer: ({ headers }) => {
        const cookies = headers['set-cookie'] as string[] | undefined;
        if (cookies) headers['set-cookie'] = cookies.map((text) => text.replace(new RegExp(`; ${name}[^;]*`, 'i'), ''));
      },
    });
    expect(seenWrong(report)).toEqual([`FAIL console.cookie: without ${name}`]);
    expect(remediesOf(report)).toContain('PUBLIC_SCHEME');
  });

  test('whose root has another password than was given', async () => {
    const report = await foundAnew({}, { ...server.root, secretKey: 'another-password' });
    expect(seenWrong(report)).toEqual(["WARN console.cookie: root's sign-in answers 401"]);
    expect(JSON.stringify(report)).not.toContain('another-password');
  });

  test('without HTTPS', async () => {
    const { port } = new URL(nginx.url);
    const open = await verify({ api: server.api, console: `http://0.0.0.0:${port}` });
    expect(seenWrong(open)).toEqual([
      'FAIL console.encrypted: plain HTTP: everybody on the way can read the root password',
    ]);
  });

  test.each([
    ['for another name', 'elsewhere.example.com', 60, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['that has ended', 'localhost', -1, 'CERT_HAS_EXPIRED'],
  ])('with a certificate %s: nothing is sent to it', async (_, name, days, code) => {
    const certificate = selfSigned(name, days);
    const front = await openFront(nginx.url, {}, certificate);
    const report = await verify({ api: server.api, console: front.url, ca: certificate.cert, root: server.root });
    await front.close();
    expect(seenWrong(report)).toEqual([`FAIL console.encrypted: the certificate is not trusted (${code})`]);
    expect(front.asked).toEqual([]);
  });

  test("that is the server's own port, without nginx", async () => {
    const report = await found({}, server.console);
    expect(seenWrong(report)).toEqual([
      'FAIL console.headers: missing: a strict Content-Security-Policy, Strict-Transport-Security',
      'FAIL console.cookie: without Secure',
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
    expect(seenWrong(await found(faults))).toEqual(seen);
  });

  test("that is not the one to which the API's root sends browsers", async () => {
    const api = await openFront(server.api, {
      instead: ({ path, headers }) =>
        path === '/' && headers['user-agent']
          ? { status: 307, headers: { location: 'https://other.example.com/' }, body: Buffer.alloc(0) }
          : undefined,
    });
    const report = await verify({ api: api.url, console: nginx.url });
    await api.close();
    expect(seenWrong(report)).toContain(`FAIL console.redirect: to https://other.example.com, not to ${nginx.url}`);
    expect(remediesOf(report)).toContain("set --console-domain to the console's address");
  });

  test('in place of the API: the addresses are swapped', async () => {
    const report = await verify({ api: nginx.url, console: server.api });
    expect(seenWrong(report)).toEqual([
      'FAIL reach.health: /minio/health/live answers 200 with a web page: the console',
      'FAIL console.page: the page answers 403 AccessDenied',
    ]);
  });
});
