import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { withOptionsTables } from '../scripts/readme-options.ts';
import { answerNames, questions } from '../src/answers/questions.ts';
import { helpText } from '../src/cli/help.ts';
import { type CodeBlock, codeBlocks, defaultRepository } from './support/documents.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

it("README's tables of options are what the tables of questions and flags say (npm run docs)", () => {
  expect(withOptionsTables(read('README.md'))).toBe(read('README.md'));
});

it('--help names every flag, within 100 columns', () => {
  const help = helpText('create-minio-stack');
  for (const name of answerNames) expect(help).toMatch(new RegExp(`--(\\[no-\\])?${questions[name].flag}\\b`));
  expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

it.each(['CONTRIBUTING.md', 'ARCHITECTURE.md', 'AGENTS.md'])('%s names files that are there', (path) => {
  const named = [
    ...read(path).matchAll(/`((?:src|test|create-minio-stack|generators|bench|scripts|\.ci|\.github)\/[\w./-]*)`/g),
  ].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !existsSync(new URL(`../${name}`, import.meta.url)))).toEqual([]);
});

it('a link between the documents of this project leads somewhere', () => {
  const documents = readdirSync(new URL('../', import.meta.url)).filter((name) => name.endsWith('.md'));
  const targets = documents.flatMap((name) =>
    Array.from(read(name).matchAll(/\]\((?!https:)([^)#]+)/g), ([, target = '']) => `${name}: ${target}`),
  );
  expect(documents).toContain('SECURITY.md');
  expect(targets.length).toBeGreaterThan(4);
  expect(targets.filter((line) => !existsSync(new URL(`../${line.split(': ')[1]}`, import.meta.url)))).toEqual([]);
});

it('a command that a person copies names @latest: npm takes the version in its cache otherwise', () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const copied = [
    'README.md',
    'create-minio-stack/README.md',
    'CONTRIBUTING.md',
    'ARCHITECTURE.md',
    'AGENTS.md',
    'SECURITY.md',
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
  expect(bare.filter((line) => !line.startsWith('ARCHITECTURE.md: |'))).toEqual([]);
});

it('a command that a person copies works in every shell: zsh knows no comments, and PowerShell 5 no &&', () => {
  const documents = [
    ...['README.md', 'create-minio-stack/README.md', 'CONTRIBUTING.md', 'bench/README.md'],
    ...['README.md', 'docs/operations.md'].map((path) => `test/generated/defaults/${path}`),
  ];
  const lines = documents.flatMap((path) =>
    [...read(path).matchAll(/^```(?:sh|bash)\n(.*?)^```$/gms)].flatMap(([, code = '']) =>
      code.split('\n').map((line) => `${path}: ${line}`),
    ),
  );
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter((line) => / #|&&/.test(line))).toEqual([]);
});

it('a test runs every code block of the generated documents', () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const sources = filesBelow(root, 'test').filter((path) => path.endsWith('.ts'));
  const called = sources.flatMap((path) => [
    ...read(path).matchAll(/\b(?:codeBlock\([\w.]+(?:\(\))?, |block\()'(\w+)', (['"])(.+?)\2\)/g),
  ]);
  const isRun = ({ language, code }: CodeBlock) =>
    called.some(([, name, , text = '']) => name === language && code.includes(text.replaceAll('\\n', '\n')));
  // GitHub draws the picture.
  const blocks = codeBlocks(defaultRepository).filter(({ language }) => language !== 'mermaid');
  expect(blocks.length).toBeGreaterThan(15);
  expect(blocks.filter((block) => !isRun(block))).toEqual([]);
});

it('the generated README can be read in minutes: at most 160 lines', () => {
  for (const name of readdirSync(join(defaultRepository, '..')))
    expect(read(`test/generated/${name}/README.md`).split('\n').length - 1, name).toBeLessThanOrEqual(160);
});

it('the links of the generated documents lead somewhere', () => {
  const targets = ['README.md', 'docs/operations.md'].flatMap((path) => {
    const text = readFileSync(join(defaultRepository, path), 'utf8');
    return [...text.matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g)].map(([link, file = '', anchor = '']) => {
      const target = file ? join(defaultRepository, path, '..', file) : join(defaultRepository, path);
      const headings = readFileSync(target, 'utf8').match(/^#+ .*$/gm) ?? [];
      const anchors = headings.map((line) =>
        line
          .replace(/^#+ /, '')
          .toLowerCase()
          .replace(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
      return [link, anchor === '' || anchors.includes(anchor)];
    });
  });
  expect(targets.length).toBeGreaterThan(3);
  expect(targets.filter(([, there]) => !there)).toEqual([]);
});

const filesBelow = (root: string, folder: string) =>
  readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
