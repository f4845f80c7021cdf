import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serverImage } from '../../src/answers/images.ts';
import type { Choice } from '../../src/move-in/choice.ts';
import { concerns } from '../../src/move-in/concerns.ts';
import { look } from '../../src/move-in/look.ts';
import { type Repaired, repair } from '../../src/move-in/repair.ts';
import { steps } from '../../src/move-in/steps.ts';
import { stepsText } from '../../src/move-in/steps-text.ts';
import { fixture, repository } from './facts.ts';
import { stackOutcome } from './report.ts';

const runs = process.env.CI ? 400 : 60;
type Texts = Record<string, string>;
const folders = readdirSync(join(import.meta.dirname, '../data/move-in')).toSorted();
const fixtures: Texts[] = folders.map((folder) => {
  const files = fixture(folder);
  return Object.fromEntries(files.paths.map((path) => [path, files.read(path) ?? '']));
});

/** What people, editors and accidents put between two lines. */
const pieces = [
  '',
  '# minio server /data',
  '  # FROM minio/minio',
  '\t',
  'x: [',
  '"',
  '- ',
  ': ',
  '&a ',
  '*a',
  '|',
  'FROM minio/minio',
  'CMD minio server /x',
  'ENTRYPOINT ["minio"]',
  'exec minio "$@"',
  '    dockerCommand: minio server /data',
  '    image: {url: minio/minio}',
  '    repo: https://github.com/render-examples/minio',
  '  - {type: web, name: other, runtime: python}',
];

/** A fixture, and the same in another style: line ends, BOM, and a line of its own somewhere. */
const texts = fc
  .tuple(fc.constantFrom(...fixtures), fc.boolean(), fc.boolean(), fc.nat(), fc.constantFrom(...pieces))
  .map(([all, crlf, bom, at, piece]) =>
    Object.fromEntries(
      Object.entries(all).map(([path, text], index) => {
        const lines = text.split('\n');
        if (index === at % Object.keys(all).length) lines.splice(at % (lines.length + 1), 0, piece);
        return [path, (bom ? '\uFEFF' : '') + lines.join(crlf ? '\r\n' : '\n')];
      }),
    ),
  );
/** Everything that a repair may write in the place of something else. */
const written = new RegExp(
  `^(?:${[
    serverImage,
    `silo server`,
    `["']?silo["']?`,
    '/usr/bin/silo',
    '/usr/bin/mc',
    '/?minio',
    'dockerfilePath: \\./[\\w-]+/Dockerfile(?:, |\\s+)dockerContext: \\./[\\w-]+',
    '(?:, |\\s+)dockerCommand: silo server \\S+(?: --\\S+ :\\S+)+',
    '\\s*CMD \\["server", "/bitnami/minio/data", "--console-address", ":9001"\\]\\s*',
    '',
  ].join('|')})$`,
);
/** And everything that it may replace. */
const replaced =
  /^(?:|\S*(?:minio|mc|aistor|\$)\S*|["']?(?:\/[\w./-]*\/)?minio["']?|server|repo: \S+|\s*(?:branch|rootDir|dockerfilePath|dockerContext): [\s\S]*)$/;

function checkEdits(before: Texts, { files, edits }: Repaired): void {
  for (const { path, text, before: own = '' } of files.filter((file) => file.before !== undefined)) {
    expect(own).toBe(before[path]);
    // Put together again from what lies between the edits.
    const here = edits.filter(({ at }) => at.file === path).toSorted((a, b) => a.at.range[0] - b.at.range[0]);
    const ends = [0, ...here.map(({ at }) => at.range[1])];
    const starts = [...here.map(({ at }) => at.range[0]), own.length];
    const kept = ends.map((end, index) => own.slice(end, starts[index]));
    expect(text).toBe(kept.flatMap((part, index) => [part, here[index]?.to ?? '']).join(''));
    for (const { at, to } of here) {
      expect(to).toMatch(written);
      expect(own.slice(...at.range)).toMatch(replaced);
    }
  }
}

/** The services of a Blueprint, without the keys that a repair may change in the chosen one. */
function servicesBut(name: string | undefined, text: string): unknown[] {
  const blueprint = parse(text, { merge: true, logLevel: 'silent' }) as {
    services?: (Record<string, unknown> | null)[];
  } | null;
  const changing = ['image', 'dockerCommand', 'repo', 'branch', 'rootDir', 'dockerfilePath', 'dockerContext'];
  return (blueprint?.services ?? []).map((service) =>
    service?.name === name
      ? Object.fromEntries(Object.entries(service ?? {}).filter(([key]) => !changing.includes(key)))
      : service,
  );
}

describe('whatever the files hold', () => {
  it('a repair changes image and command alone, leaves every other service, and is done after one run', {
    timeout: 120_000,
  }, () => {
    let count = 0;
    fc.assert(
      fc.property(texts, fc.nat(), (before, which) => {
        const files = repository(before);
        const found = look(files);
        const server = found.servers[which % Math.max(1, found.servers.length)];
        const service = server?.service.kind === 'blueprint' ? server.service : undefined;
        const name = service?.name?.value;
        const asked: Choice = { intent: 'repair', ...(name === undefined ? {} : { service: name }) };
        const result = repair(found, files, asked);
        if (result.kind === 'refused') return;
        count += 1;
        checkEdits(before, result);
        const after = { ...before, ...Object.fromEntries(result.files.map(({ path, text }) => [path, text])) };
        const path = service?.at.file ?? 'render.yaml';
        expect(servicesBut(name, after[path] ?? '')).toEqual(servicesBut(name, before[path] ?? ''));
        const again = repository(after);
        const second = repair(look(again), again, asked);
        if (second.kind === 'edits') expect(second.edits).toEqual([]);
      }),
      { numRuns: runs * 3 },
    );
    expect(count).toBeGreaterThan(runs / 2);
  });

  it('no password is in anything that a move says', { timeout: 120_000 }, () => {
    const planted =
      'hunter22 minioadmin123 password123 topsecret1 rootsecret99 titan-secret-1 catalog-secret brokensecret7';
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12}$/).map((text) => `zq${text}`);
    fc.assert(
      fc.property(texts, secret, fc.constantFrom('repair', 'stack'), (all, value, intent) => {
        const before = Object.fromEntries(
          Object.entries(all).map(([path, text]) => [
            path,
            planted.split(' ').reduce((known, each) => known.replaceAll(each, value), text),
          ]),
        );
        const files = repository(before);
        const found = look(files);
        const asked: Choice = { intent, bucket: 'media' };
        const repaired = repair(found, files, { ...asked, intent: 'repair' });
        const said = [
          concerns(found, asked),
          repaired.kind === 'refused' ? repaired : [repaired.edits, repaired.warnings],
          ...[stackOutcome(true), { intent: 'nothing-to-move' } as const].map((outcome) => {
            const told = steps(found, asked, outcome);
            return told ? [told, stepsText(told)] : [];
          }),
          ...(repaired.kind === 'edits' ? [steps(found, asked, { intent: 'repair', repair: repaired })] : []),
        ];
        expect(JSON.stringify(said)).not.toContain(value);
      }),
      { numRuns: runs * 3 },
    );
  });
});
