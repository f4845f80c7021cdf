import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import schema from '../../docs/verify-report.schema.json' with { type: 'json' };
import { closingLine, reportText } from '../../src/cli/verify/report-text.ts';
import { exitCodeOf, type Report } from '../../src/verify/report.ts';
import { verify } from '../../src/verify/verify.ts';
import { openFront } from './front.ts';

const isReport = new Ajv({ allowUnionTypes: true }).compile(schema);

const report = (more: Partial<Report> = {}): Report => ({
  version: 1,
  verdict: 'FAIL',
  api: 'https://media.example.com',
  console: null,
  origin: null,
  bucket: 'media',
  signed: true,
  interrupted: false,
  findings: [
    { id: 'reach.health', group: 'Reach', what: 'MinIO is live and ready', verdict: 'OK', seen: 'live and ready' },
    {
      id: 'private.read',
      group: 'Private',
      what: 'Nobody reads an object without a signature',
      verdict: 'FAIL',
      seen: 'GET of a known object answers 200',
      remedy: 'deploy the server again',
    },
    { id: 'private.list', group: 'Private', what: 'Nobody lists', verdict: 'OK', seen: '6 requests refused' },
    { id: 'cors.own', group: 'CORS', what: 'Scripts may', verdict: 'SKIP', seen: 'needs --origin' },
  ],
  leftovers: [],
  requests: 12,
  seconds: 1.25,
  ...more,
});

describe('the report of verify', () => {
  test('has a line for a group in which all is well, and what was seen and a remedy where not', () => {
    expect(reportText(report())).toBe(`https://media.example.com
✔ Reach     1 check
✘ Private   Nobody reads an object without a signature
            GET of a known object answers 200
            → deploy the server again
✔ Private   1 other check
- CORS      1 skipped: needs --origin`);
    expect(closingLine(report())).toBe('1 of 4 checks FAILED. 12 requests, 1.3 s.');
  });

  test.each<[Partial<Report>, number]>([
    [{ verdict: 'OK' }, 0],
    [{ verdict: 'WARN' }, 0],
    [{ verdict: 'FAIL' }, 4],
    [{ verdict: 'OK', interrupted: true }, 130],
  ])('of %j ends with %i', (more, code) => {
    expect(exitCodeOf(report(more))).toBe(code);
  });

  test('follows its schema, and the schema notices a remedy that is missing', async () => {
    const front = await openFront('http://127.0.0.1:1', {
      instead: () => ({ status: 500, headers: {}, body: Buffer.from('x') }),
    });
    const found = await verify({ api: front.url });
    await front.close();
    expect(isReport(found), JSON.stringify(isReport.errors)).toBe(true);
    const { remedy: _, ...without } = found.findings.find(({ verdict }) => verdict === 'FAIL') ?? {};
    expect(isReport({ ...found, findings: [without] })).toBe(false);
  });
});
