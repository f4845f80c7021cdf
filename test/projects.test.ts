import { globSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vitestArguments } from '../scripts/test.ts';
import { needs, program } from './support/needs.ts';
import { npm } from './support/packed/program.ts';
import { projects } from './support/projects.ts';

describe('npm test', () => {
  it('runs the fast project alone, in CI as well', () => {
    expect(vitestArguments({ npm_command: 'test' })).toEqual(['run', '--project', 'fast']);
    expect(vitestArguments({ npm_command: 'test', CI: 'true' })).toEqual(['run', '--project', 'fast']);
  });

  it('runs every project as a part of npm cit, and there CI measures the coverage', () => {
    expect(vitestArguments({ npm_command: 'install-ci-test' })).toEqual(['run']);
    expect(vitestArguments({ npm_command: 'install-ci-test', CI: 'true' })).toEqual(['run', '--coverage']);
  });

  it('learns from npm itself that it is a part of npm cit', needs(program('npm')), async () => {
    const folder = mkdtempSync(join(tmpdir(), 'minio-stack-cit-'));
    const packageJson = { name: 'a', version: '1.0.0', scripts: { test: 'node -p process.env.npm_command' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(packageJson));
    await npm(['install', '--package-lock-only', '--offline'], folder);
    expect(await npm(['cit', '--offline'], folder)).toMatch(/^install-ci-test$/m);
  });
});

it('the simulator of Render knows nothing of MinIO', () => {
  const folder = join(import.meta.dirname, 'render-simulator');
  const files = readdirSync(folder);
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  const imported = texts.flatMap((text) => [...text.matchAll(/from '(\.\.\/[^']+)'/g)].map(([, path]) => path));
  expect(files).toContain('render.ts');
  expect(files.filter((_, index) => /minio|bucket|console\b/i.test(texts[index] ?? ''))).toEqual([]);
  // It refuses what Render's published schema refuses.
  expect(imported).toEqual(['../support/blueprint.ts']);
});

it('every test file belongs to one project', () => {
  const root = join(import.meta.dirname, '..');
  const files = globSync('test/**/*.test.ts', { cwd: root }).map((path) => path.replaceAll('\\', '/'));
  const matches = (path: string, globs: string[]) => globs.some((glob) => matchesGlob(path, glob));
  const homes = files.map((path) => [
    path,
    projects.filter(({ test }) => matches(path, test.include) && !matches(path, test.exclude)).length,
  ]);
  expect(projects).toHaveLength(8);
  expect(files).toContain('test/projects.test.ts');
  expect(homes.filter(([, count]) => count !== 1)).toEqual([]);
});
