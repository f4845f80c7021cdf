import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closingLine, reportText } from '../../src/cli/verify/report-text.ts';
import { exitCodeOf } from '../../src/verify/report.ts';
import { checks, verify } from '../../src/verify/verify.ts';
import { needs } from '../support/needs.ts';
import { mended } from './found.ts';
import { openFront } from './front.ts';
import { minio, type Server, startServer } from './server.ts';

describe('verify', needs(minio), () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ MINIO_API_CORS_ALLOW_ORIGIN: 'https://app.example.com' });
  });
  afterAll(() => server?.stop());

  test('finds nothing wrong with a server that is prepared as the generated one', async () => {
    const front = await openFront(server.api, mended);
    const { application: credentials, root } = server;
    const report = await verify({ api: front.url, credentials, root, origin: 'https://app.example.com' });
    await front.close();
    expect(report.findings.filter(({ verdict }) => ['FAIL', 'WARN'].includes(verdict))).toEqual([]);
    expect(exitCodeOf(report)).toBe(0);
    expect(report).toMatchObject({ version: 1, verdict: 'OK', bucket: 'my-storage', signed: true, leftovers: [] });
    expect(report.requests).toBeLessThanOrEqual(150);
  });

  test('leaves nothing in the bucket', async () => {
    const { api, application: credentials } = server;
    await verify({ api, credentials });
    expect(await server.keys()).toEqual([]);
  });

  test('without credentials verifies what strangers may do, and says what is left', async () => {
    const report = await verify({ api: server.api, bucket: 'my-storage' });
    expect(report).toMatchObject({ verdict: 'OK', signed: false });
    const skipped = report.findings.filter(({ group }) => group === 'Signed');
    expect(skipped.every(({ verdict, seen }) => verdict === 'SKIP' && seen.includes('MINIO_APP_ACCESS_KEY'))).toBe(
      true,
    );
    expect(closingLine(report)).toContain('Only what strangers may do was verified.');
  });

  test('has one finding for each check, in the order of the groups, and ids that are unique', async () => {
    const report = await verify({ api: server.api });
    const ids = checks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(report.findings.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  test('contacts no address but those given, follows no redirect, and says what was seen', async () => {
    const elsewhere = await openFront(server.api);
    const portal = await openFront(server.api, {
      instead: () => ({ status: 302, headers: { location: `${elsewhere.url}/sign-in` }, body: Buffer.alloc(0) }),
    });
    const report = await verify({ api: portal.url, credentials: server.application });
    expect(elsewhere.asked).toEqual([]);
    expect(report.findings.find(({ verdict }) => verdict === 'FAIL')).toMatchObject({
      id: 'reach.health',
      seen: '/minio/health/live answers 302',
    });
    expect(exitCodeOf(report)).toBe(4);
    await portal.close();
    await elsewhere.close();
  });

  test('sends no more requests than it may, and deletes what it wrote all the same', async () => {
    const front = await openFront(server.api);
    const limits = { requests: 70, reserved: 20 };
    const report = await verify({ api: front.url, credentials: server.application, limits });
    expect(front.asked.length).toBeLessThanOrEqual(70);
    expect(report.requests).toBe(front.asked.length);
    expect(report.findings.map(({ seen }) => seen)).toContain('not asked: 50 requests were sent');
    expect(await server.keys()).toEqual([]);
    await front.close();
  });

  test.each([
    'media.example.com',
    'ftp://media.example.com',
    'https://media.example.com/bucket',
    'https://user:password@media.example.com',
  ])('refuses the address %s, without repeating it', async (api) => {
    await expect(verify({ api })).rejects.toThrow('The API must be an address');
    await expect(verify({ api })).rejects.not.toThrow('password@');
  });

  test('shows a secret nowhere, even where a server sends back what it was sent', async () => {
    const secret = server.application.secretKey;
    const front = await openFront(server.api, {
      answer: (answered, { path, headers }) => {
        if (answered.status < 400) return;
        const echoed = `${secret} ${encodeURIComponent(secret)} ${Buffer.from(secret).toString('base64')}`;
        answered.body = Buffer.from(
          `<Error><Code>AccessDenied</Code><Message>${echoed} ${path} ${headers.authorization}`,
        );
        answered.headers = {
          location: `/${encodeURIComponent(secret)}`,
          'x-echo': Buffer.from(secret).toString('base64'),
        };
      },
    });
    const report = await verify({ api: front.url, credentials: server.application });
    const shown = JSON.stringify(report) + reportText(report);
    for (const text of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), 'Signature='])
      expect(shown).not.toContain(text);
    // Nor does it send it.
    expect(JSON.stringify(front.asked.map(({ path, headers }) => [path, headers]))).not.toContain(secret);
    await front.close();
  });
});
