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

  test('at any request leaves nothing of its own in the bucket', async () => {
    let requests = 0;
    for (let isOver = false; !isOver; requests++) {
      const reports = await Promise.all([interrupted(requests + 1, 'ask'), interrupted(requests + 1, 'answer')]);
      expect(await server.keys(), `at request ${requests + 1}`).toEqual([]);
      isOver = reports.every((report) => !report.interrupted);
      for (const report of reports) {
        expect(report.leftovers, `at request ${requests + 1}`).toEqual([]);
        expect(wrong(report), `at request ${requests + 1}`).toEqual([]);
        if (report.interrupted) expect(exitCodeOf(report)).toBe(130);
      }
    }
    console.log(`requests interrupted: ${requests - 1}`);
    expect(requests).toBeGreaterThan(100);
  }, 600_000);

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
