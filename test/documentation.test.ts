import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withOptionsTable } from '../scripts/readme-options.ts';
import { answerNames, questions } from '../src/answers/questions.ts';
import { helpText } from '../src/cli/help.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

it("README's table of options is what the table of questions says (npm run docs)", () => {
  expect(withOptionsTable(read('README.md'))).toBe(read('README.md'));
});

it('--help names every flag, within 100 columns', () => {
  const help = helpText('create-minio-stack [directory] [flags]');
  for (const name of answerNames) expect(help).toMatch(new RegExp(`--(\\[no-\\])?${questions[name].flag}\\b`));
  expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

it('CONTRIBUTING.md names files that are there', () => {
  for (const [, path = ''] of read('CONTRIBUTING.md').matchAll(
    /`((?:src|test|create-minio-stack|generators|bench)\/[\w./-]+)`/g,
  )) {
    expect(() => readFileSync(new URL(`../${path}`, import.meta.url)), path).not.toThrow(/ENOENT/);
  }
});
