import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBlueprint } from '../support/blueprint.ts';
import { emptyFolder, readTree } from '../support/generate.ts';
import { type Edits, edit, frozen, generated, own, replaced, run, stored, versionFolder } from './support.ts';

const conf = 'console/minio-console.conf.template';

/** An edit that users make, and how it is recognised afterwards. */
interface UserEdit {
  edits: Edits;
  /** What the file holds when the edit is there: text by path; undefined for a file that is gone. */
  expected: Record<string, string | RegExp | undefined>;
}

const userEdits: Record<string, UserEdit> = {
  'the plan raised': {
    edits: { 'render.yaml': (text) => text.replace('plan: "starter"', 'plan: standard # since March') },
    expected: { 'render.yaml': /name: "minio-server"\n(.*\n)*? {4}plan: standard # since March\n/ },
  },
  'a second domain': {
    edits: {
      'render.yaml': replaced(
        '      - "files.example.com"\n',
        '      - "files.example.com"\n      - cdn.example.com\n',
      ),
    },
    expected: { 'render.yaml': '      - "files.example.com"\n      - cdn.example.com\n' },
  },
  'another variable': {
    edits: {
      'render.yaml': replaced(
        '        value: "photos"\n',
        '        value: "photos"\n      - key: MINIO_REGION_NAME\n        value: "eu"\n',
      ),
    },
    expected: { 'render.yaml': '        value: "photos"\n      - key: MINIO_REGION_NAME\n        value: "eu"\n' },
  },
  'a cron job, commented out': {
    edits: { 'render.yaml': (text) => `${text}\n  # - type: cron\n  #   name: backup\n  #   schedule: "0 3 * * *"\n` },
    expected: { 'render.yaml': /\n {2}# - type: cron\n {2}# {3}name: backup\n {2}# {3}schedule: "0 3 \* \* \*"\n$/ },
  },
  'a header of nginx': {
    edits: {
      [conf]: replaced('add_header X-Content-Type-Options nosniff always;', 'add_header X-Content-Type-Options none;'),
    },
    expected: { [conf]: 'add_header X-Content-Type-Options none;' },
  },
  'a second RUN': {
    edits: { 'minio/Dockerfile': replaced('CMD []\n', 'CMD []\n\nRUN id\nRUN update-ca-certificates\n') },
    expected: { 'minio/Dockerfile': 'CMD []\n\nRUN id\nRUN update-ca-certificates\n' },
  },
  'a pin that Renovate raised': {
    edits: {
      'console/Dockerfile': (text) =>
        text.replace(/nginx:1\.\d+\.\d+-alpine-slim@sha256:\w+/, `nginx:1.30.99-alpine-slim@sha256:${'d'.repeat(64)}`),
    },
    expected: { 'console/Dockerfile': `FROM docker.io/library/nginx:1.30.99-alpine-slim@sha256:${'d'.repeat(64)}\n` },
  },
  'a section in the README': {
    edits: { 'README.md': (text) => `${text}\n## Who to call\n\nJo, extension 12.\n` },
    expected: { 'README.md': /\n\n## Who to call\n\nJo, extension 12\.\n$/ },
  },
  'a mount and a longer pause in compose.yaml': {
    edits: {
      'compose.yaml': (text) =>
        text
          .replace('      - minio-data:/data\n', '      - minio-data:/data\n      - ./certs:/certs:ro\n')
          .replace('timeout: 5s', 'timeout: 9s'),
    },
    expected: { 'compose.yaml': /- minio-data:\/data\n {6}- \.\/certs:\/certs:ro\n(.*\n)*? {6}timeout: 9s\n/ },
  },
  'the example of secrets deleted': {
    edits: { '.env.example': undefined },
    expected: { '.env.example': undefined },
  },
  'lines in .gitignore': {
    edits: { '.gitignore': (text) => `certs/\n${text}backup/\n` },
    expected: { '.gitignore': /^certs\/\n(.*\n)*backup\/\n$/ },
  },
  'a file of their own': {
    edits: { 'backup/run.sh': '#!/bin/sh\nmc mirror a b\n' },
    expected: { 'backup/run.sh': '#!/bin/sh\nmc mirror a b\n' },
  },
};
const names = Object.keys(userEdits);

function expectKept(folder: string, made: string[]): void {
  const files = own(folder);
  for (const name of made) {
    for (const [path, expected] of Object.entries(userEdits[name]?.expected ?? {})) {
      if (expected === undefined) expect(existsSync(join(folder, path)), name).toBe(false);
      else if (typeof expected === 'string') expect(files[path], name).toContain(expected);
      else expect(files[path], name).toMatch(expected);
    }
  }
  expect(
    readBlueprint(files['render.yaml'] ?? '').problems.filter((problem) => !problem.includes('not quoted')),
  ).toEqual([]);
}

/** Every way from a version to the present one: over all, some or none of those between. */
const routes = frozen.flatMap((first, index) => {
  const between = frozen.slice(index + 1);
  return Array.from({ length: 2 ** between.length }, (_, chosen) => [
    first,
    ...between.filter((_, place) => chosen & (1 << place)),
    'current',
  ]);
});
const answers = { bucket: 'photos', 'server-domain': 'files.example.com' };

describe.each(frozen)('version %s', (version) => {
  it('is a Blueprint that Render takes, and remembers itself', async () => {
    const folder = await generated(versionFolder(version), answers);
    expect(readBlueprint(own(folder)['render.yaml'] ?? '').problems).toEqual([]);
    expect(stored(folder).version).toBe(version);
  });

  it('without an edit becomes exactly the present version', async () => {
    const folder = await generated(versionFolder(version), answers);
    await run(versionFolder('current'), folder);
    expect(readTree(folder)).toEqual(readTree(await generated(versionFolder('current'), answers)));
  });

  it('is refused by an older one: it would turn images and fixes back', async () => {
    const folder = await generated(versionFolder('current'), answers);
    await expect(run(versionFolder(version), folder)).rejects.toThrow(`this is ${version}`);
  });
});

describe.each(routes)('from %s', (...route) => {
  const [first, ...rest] = route.map(versionFolder) as [string, ...string[]];

  it.each(names)(`over ${rest.length} updates keeps %s`, async (name) => {
    const folder = await generated(first, answers);
    edit(folder, userEdits[name]?.edits ?? {});
    for (const version of rest) {
      await run(version, folder);
      expectKept(folder, [name]);
    }
  });

  it('keeps all of them, made at the start, and ends where the direct way ends', async () => {
    const folder = await generated(first, answers);
    for (const name of names) edit(folder, userEdits[name]?.edits ?? {});
    const direct = emptyFolder();
    cpSync(folder, direct, { recursive: true });
    for (const version of rest) await run(version, folder);
    await run(versionFolder('current'), direct);
    expectKept(folder, names);
    expect(readTree(folder)).toEqual(readTree(direct));
  });

  it.each([0, 1, 2])('keeps all of them, made at one version or the next (%d)', async (shift) => {
    const folder = await generated(first, answers);
    const made: string[] = [];
    for (const [step, version] of [first, ...rest].entries()) {
      if (step > 0) await run(version, folder);
      expectKept(folder, made);
      const isLast = step === rest.length;
      for (const [index, name] of names.entries()) {
        if (made.includes(name) || (!isLast && (index + shift) % (rest.length + 1) !== step)) continue;
        edit(folder, userEdits[name]?.edits ?? {});
        made.push(name);
      }
    }
    await run(versionFolder('current'), folder);
    expectKept(folder, names);
  });
});
