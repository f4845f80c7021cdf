import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { withOptionsTable } from '../scripts/readme-options.ts';
import { answerNames, questions } from '../src/answers/questions.ts';
import { helpText } from '../src/cli/help.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

it("README's table of options is what the table of questions says (npm run docs)", () => {
  expect(withOptionsTable(read('README.md'))).toBe(read('README.md'));
});

it('--help names every flag, within 100 columns', () => {
  const help = helpText('create-minio-stack');
  for (const name of answerNames) expect(help).toMatch(new RegExp(`--(\\[no-\\])?${questions[name].flag}\\b`));
  expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

it('CONTRIBUTING.md names files that are there', () => {
  const named = [
    ...read('CONTRIBUTING.md').matchAll(/`((?:src|test|create-minio-stack|generators|bench)\/[\w./-]+)`/g),
  ].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([]);
});

it('a command that a person copies names @latest: npm takes the version in its cache otherwise', () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const copied = [
    'README.md',
    'create-minio-stack/README.md',
    'CONTRIBUTING.md',
    'scripts/picture',
    ...filesBelow(root, 'generators'),
    ...filesBelow(root, 'src'),
  ];
  const bare = copied.flatMap((path) =>
    read(path)
      .split('\n')
      .filter(
        (line) =>
          /(npm (init|create) minio-stack|npx (--yes )?create-minio-stack)(?!@latest)\b/.test(line) &&
          !/^\s*(\/\/|\/?\*)/.test(line),
      )
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(bare.filter((line) => !line.startsWith('CONTRIBUTING.md: |'))).toEqual([]);
});

const filesBelow = (root: string, folder: string) =>
  readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
