import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Found, Place } from '../../src/move-in/found.ts';
import { look } from '../../src/move-in/look.ts';
import { fixture, repository } from './facts.ts';

const runs = process.env.CI ? 500 : 60;
const folders = readdirSync(join(import.meta.dirname, '../data/move-in')).toSorted();
const repositories = folders.map((folder) => {
  const files = fixture(folder);
  return Object.fromEntries(files.paths.map((path) => [path, files.read(path) ?? '']));
});

/** What files of this kind are made of, so that random texts reach more than the first line. */
const pieces = [
  ...'\n \n  \n    \n- \n: \n{ \n} \n[ \n] \n, \n# \n& \n* \n"\n\'\n\\\n$ \n${\n$(\n`\n| \n> \n<<: \n<<EOF\nEOF\n\uFEFF\n\r\n\t\n\0'.split(
    '\n',
  ),
  ...'\n \n\n- \nservices:\n  - type: web\nname: minio\nimage:\nurl: \ndisk:\nenvVars:\nkey: \nvalue: \nprojects:\nenvironments:\nungrouped:'.split(
    ' ',
  ),
  ...'FROM ,RUN ,CMD ,ENTRYPOINT ,COPY --from=,COPY ,ENV ,ARG ,minio/minio,minio server /data,--address ,apk add minio'.split(
    ',',
  ),
  ...'mc ,mb ,local/media,anonymous set public ,alias set a b c d,export A=,for a in b; do ,MINIO_ROOT_PASSWORD,MINIO_BUCKET'.split(
    ',',
  ),
  '\n',
];
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((all) => all.join('')),
);
const path = fc.oneof(
  fc.constantFrom('render.yaml', 'Dockerfile', 'minio/Dockerfile', 'a/render.yml', 'start.sh', 'x/Dockerfile.minio'),
  fc.string({ maxLength: 20 }),
);
/** A fixture with a part of one file cut out, doubled or replaced. */
const damaged = fc
  .tuple(fc.constantFrom(...repositories), fc.nat(), fc.nat(), fc.nat(200), anyText)
  .map(([texts, which, from, length, by]) => {
    const paths = Object.keys(texts);
    const file = paths[which % paths.length] ?? '';
    const text = texts[file] ?? '';
    const start = from % (text.length + 1);
    return { ...texts, [file]: text.slice(0, start) + by + text.slice(start + length) };
  });

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('range' in value && 'line' in value) return [value as Place];
  return Object.values(value).flatMap(placesIn);
}

function checkPlaces(texts: Record<string, string>, found: Found): void {
  for (const { file, line, range } of placesIn(found)) {
    const text = texts[file] ?? '';
    expect(line).toBe(text.slice(0, range[0]).split('\n').length);
    expect(range[0]).toBeLessThanOrEqual(range[1]);
    expect(range[1]).toBeLessThanOrEqual(text.length);
  }
}

describe('whatever the files hold', () => {
  it('a look does not fail, and every place is in its file', { timeout: 120_000 }, () => {
    const texts = fc.oneof(fc.dictionary(path, anyText, { maxKeys: 5, noNullPrototype: true }), damaged);
    fc.assert(
      fc.property(texts, (all) => checkPlaces(all, look(repository(all)))),
      { numRuns: runs },
    );
  });

  it.each(['"\\', '$(', '[', '- ', '\\\n', "'", ':', 'apk add ', 'minio server ', 'RUN <<E\n'])(
    'a look at a long text ends: %j, a thousand times',
    (piece) => {
      const text = piece.repeat(1000);
      const dockerfile = `FROM minio/minio\nCOPY start.sh /\nENV A=${text}\nCMD ${text}\nRUN ${text}\n`;
      const found = look(repository({ 'render.yaml': text, Dockerfile: dockerfile, 'start.sh': text }));
      expect(found.images).toHaveLength(1);
    },
  );
});

describe.each(folders.map((folder, index) => [folder, repositories[index] ?? {}] as const))('%s', (_, texts) => {
  const found = look(repository(texts));

  it('a range is what an edit replaces: the text there is the value', () => {
    checkPlaces(texts, found);
    const services = found.servers.flatMap(({ service }) => (service.kind === 'blueprint' ? [service] : []));
    const facts = [
      ...found.servers.flatMap(({ commands }) => commands.flatMap(({ program }) => program ?? [])),
      ...found.images.map(({ reference, at }) => ({ value: reference, at })),
      ...services.flatMap(({ name, type, region, plan, repo }) =>
        [name, type, region, plan, repo].filter((fact) => fact !== undefined),
      ),
    ];
    for (const { value, at } of facts) expect(unquoted(textAt(texts, at))).toBe(value);
  });

  it('no secret is in what was found', () => {
    const secrets =
      'hunter22 minioadmin123 password123 topsecret1 rootsecret99 AKIAROOT titan-secret-1 catalog-secret brokensecret7'.split(
        ' ',
      );
    for (const secret of secrets) expect(JSON.stringify(found)).not.toContain(secret);
    for (const credential of found.servers.flatMap(({ rootUser, rootPassword }) => [...rootUser, ...rootPassword]))
      expect(Object.keys(credential)).toEqual(['variable', 'form', 'in', 'at']);
  });
});

it('a secret is not in what was found, even where a quote is missing or another variable has it', () => {
  const files = fixture('07-password-in-git');
  const texts = Object.fromEntries(files.paths.map((path) => [path, files.read(path) ?? '']));
  const script = texts['minio/entrypoint.sh'] ?? '';
  const damaged = [
    script.replace('/data', '"/data'),
    script.replace('set -e', 'MINIO_ROOT_PASSWORD=hunter22\nP=$MINIO_ROOT_PASSWORD').replace('/data', '/data/$P'),
    script.replace('/data', '/data "$MINIO_ROOT_PASSWORD"'),
  ];
  for (const text of damaged) {
    const found = look(repository({ ...texts, 'minio/entrypoint.sh': text }));
    expect(found.servers[0]?.commands).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('hunter22');
  }
});

const unquoted = (text: string) => text.replaceAll(/^"|"$/g, '');
const textAt = (texts: Record<string, string>, { file, range }: Place) => (texts[file] ?? '').slice(...range);
