import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/verify/verify.ts';
import { TunnelProxy } from '../support/images/proxy.ts';
import { needs, program } from '../support/needs.ts';
import { selfSigned } from './certificate.ts';
import { remediesOf, seenWrong, wrong } from './found.ts';
import { type Answered, openFront } from './front.ts';
import { minio, type Server, startServer } from './server.ts';

describe('verify, behind a proxy', needs(minio, program('openssl')), () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.stop());

  const api = 'https://files.example.com';

  /** What is found of a deployment that only a proxy reaches. */
  const through = async (certificateOf: string, plain?: Answered | 'answered', limits = {}) => {
    const certificate = selfSigned(certificateOf, 60);
    const front = await openFront(server.api, {}, certificate);
    const proxy = await TunnelProxy.start(new URL(front.url).host.replace('localhost', '127.0.0.1'));
    // Without a proxy, plain HTTP finds no such host.
    const asHttp = await openFront(server.api, { instead: () => plain });
    const environment = { HTTPS_PROXY: proxy.address, ...(plain && { HTTP_PROXY: asHttp.url }) };
    const options = {
      credentials: server.application,
      ca: certificate.cert,
      proxy: environment,
      uploadMegabytes: 1,
      limits,
    };
    const report = await verify({ api, ...options });
    proxy.stop();
    await asHttp.close();
    await front.close();
    return { report, tunnels: new Set(proxy.tunnels), asked: front.asked.length };
  };

  test('reaches everything through it', async () => {
    const { report, tunnels } = await through('files.example.com');
    expect(wrong(report)).toEqual([]);
    expect(tunnels).toEqual(new Set(['files.example.com:443']));
    expect(report.findings.filter(({ verdict }) => verdict === 'OK').length).toBeGreaterThan(35);
  });

  const moved = (location: string): Answered => ({ status: 301, headers: { location }, body: Buffer.alloc(0) });
  const page: Answered = { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>Hello') };

  test.each<[string, Answered, string[]]>([
    ['leads to HTTPS', moved(`${api}/`), []],
    ['leads elsewhere', moved('https://elsewhere.example.com/'), ['FAIL reach.redirect: plain HTTP answers 301']],
    ['leads to itself', moved('http://files.example.com/a'), ['FAIL reach.redirect: plain HTTP answers 301']],
    ['is served', page, ['FAIL reach.redirect: plain HTTP answers 200 with a web page']],
  ])('sees whether plain HTTP %s', async (_, plain, expected) => {
    const { report } = await through('files.example.com', plain);
    expect(seenWrong(report)).toEqual(expected);
    if (expected.length > 0) expect(remediesOf(report)).toContain('let the edge redirect HTTP to HTTPS');
  });

  test('says nothing of plain HTTP where the time was over before an answer', async () => {
    const { report } = await through('files.example.com', 'answered', { run: 2000, answer: 60_000 });
    expect(report.findings.find(({ id }) => id === 'reach.redirect')).toMatchObject({ verdict: 'SKIP' });
  });

  test("sends nothing where the proxy's own certificate is not trusted", async () => {
    const { report, asked } = await through('proxy.example.com');
    expect(wrong(report)).toEqual(['FAIL reach.encrypted']);
    expect(asked).toBe(0);
  });

  test('goes directly to this machine, and to what NO_PROXY names', async () => {
    const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' };
    expect(wrong(await verify({ api: server.api, credentials: server.application, proxy: nowhere }))).toEqual([]);
    expect(seenWrong(await verify({ api, proxy: nowhere }))).toEqual([
      'FAIL reach.encrypted: nothing listens there (ECONNREFUSED)',
    ]);
    const direct = await verify({ api, proxy: { ...nowhere, no_proxy: '.example.com' } });
    expect(seenWrong(direct)).toEqual([expect.stringContaining('its name')]);
  });
});
