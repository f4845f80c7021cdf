import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/verify/report.ts';
import { verify } from '../../src/verify/verify.ts';
import { needs } from '../support/needs.ts';
import { wrong } from './found.ts';
import { openFront } from './front.ts';
import { minio, type Server, startServer } from './server.ts';

describe('an interrupted verify', needs(minio), () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.stop());

  /** A run that is interrupted when its n-th request has reached the edge, or when its answer is on the way back. */
  const interrupted = async (request: number, when: 'ask' | 'answer') => {
    const abort = new AbortController();
    let count = 0;
    const count1 = () => {
      count += 1;
      if (count === request) abort.abort();
    };
    const front = await openFront(server.api, { [when]: count1 });
    const { application: credentials } = server;
    const report = await verify({ api: front.url, credentials, uploadMegabytes: 1, signal: abort.signal });
    await front.close();
    return report;
  };

  // Those that write, and some between them. With EVERY_REQUEST=1 all, which takes two minutes.
  const requests = process.env.EVERY_REQUEST
    ? Array.from({ length: 115 }, (_, index) => index + 1)
    : [1, 9, 20, 22, 23, 25, 65, 72, 78, 82, 84, 86, 87, 100, 106, 107, 109, 114];

  test.each(requests)('at request %i leaves nothing of its own in the bucket', async (request) => {
    for (const when of ['ask', 'answer'] as const) {
      const report = await interrupted(request, when);
      expect(await server.keys()).toEqual([]);
      expect(report).toMatchObject({ interrupted: true, leftovers: [] });
      expect(exitCodeOf(report)).toBe(130);
      expect(wrong(report)).toEqual([]);
    }
  });

  test('that was interrupted before it began asks nothing', async () => {
    const front = await openFront(server.api);
    const report = await verify({ api: front.url, credentials: server.application, signal: AbortSignal.abort() });
    await front.close();
    expect([front.asked, report.interrupted]).toEqual([[], true]);
  });

  test('ends by itself when its time is over, and deletes what it wrote', async () => {
    const front = await openFront(server.api, {
      // From the middle on, nobody answers but to the cleanup.
      instead: ({ path }) => (path.includes('X-Amz-Signature') ? 'answered' : undefined),
    });
    const limits = { run: 1500, answer: 60_000 };
    const report = await verify({ api: front.url, credentials: server.application, limits });
    await front.close();
    expect(report.findings.map(({ seen }) => seen)).toContain('not asked any more');
    expect([report.interrupted, report.leftovers, await server.keys()]).toEqual([false, [], []]);
  });
});
