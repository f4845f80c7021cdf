import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { workflowFile } from '../../src/templates/generate-files.ts';
import { defaultRepository } from '../support/documents.ts';
import { needs } from '../support/needs.ts';
import { actionlint, linters, zizmor } from '../support/workflow-linters.ts';
import { type Job, readWorkflow } from '../support/workflow-steps.ts';

// The first run makes the linters: half a minute, or four on a busy machine.
vi.setConfig({ testTimeout: 900_000 });

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const names = readdirSync(folder);
const workflows = names.map((name) => ({ ...readWorkflow(join(folder, name)), file: name }));
const jobs = workflows.flatMap(({ file, jobs }) =>
  Object.entries(jobs).map(([name, job]): Job & { name: string } => ({ ...job, name: `${file} ${name}` })),
);

describe('the linters of workflows', needs(...linters), () => {
  it('find nothing in the workflows of this project', async () => {
    expect(await zizmor(root)).toEqual([]);
    expect(await actionlint(names.map((name) => join(folder, name)))).toEqual([]);
  });

  it('find nothing in the workflow of a generated repository', async () => {
    expect(await zizmor(defaultRepository)).toEqual([]);
    expect(await actionlint([join(defaultRepository, workflowFile)])).toEqual([]);
  });

  it('find a tag instead of a commit, too many rights and a mistake in a script', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'minio-stack-workflows-'));
    cpSync(join(root, '.github'), join(copy, '.github'), { recursive: true });
    const release = join(copy, '.github/workflows/release.yml');
    const faulty = readFileSync(release, 'utf8')
      .replace(/checkout@\w+ # v[\d.]+/, 'checkout@v7')
      .replace('permissions: {}', 'permissions: write-all')
      .replace('"refs/tags/v$version"', 'refs/tags/v$version');
    writeFileSync(release, faulty);
    const found = (await zizmor(copy)).join('\n');
    expect(found).toContain('[unpinned-uses]');
    expect(found).toContain('[excessive-permissions]');
    expect((await actionlint([release])).join('\n')).toContain('SC2086');
  });
});

it('every workflow has no rights but those of its jobs', () => {
  expect(workflows.filter(({ permissions }) => JSON.stringify(permissions) !== '{}').map(({ file }) => file)).toEqual(
    [],
  );
  expect(jobs.filter(({ permissions }) => !permissions).map(({ name }) => name)).toEqual([]);
});

it('every action is pinned by its commit, with its version as a comment', () => {
  const uses = names.flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/uses: .*/g) ?? []);
  const actions = uses.filter((line) => !line.startsWith('uses: ./'));
  expect(actions.length).toBeGreaterThan(20);
  expect(actions.filter((line) => !/^uses: [\w-]+\/[\w/-]+@[a-f0-9]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

it('an action has the same commit wherever it is used', () => {
  const text = names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const pins = new Set(
    Array.from(text.matchAll(/uses: ([^./]\S+)@(\w{40})/g), ([, name, commit]) => `${name} ${commit}`),
  );
  const actions = [...pins].map((pin) => pin.split(' ')[0]);
  expect(actions).toEqual([...new Set(actions)]);
});

it('a job that may write or publish runs no npm package and no file of the repository', () => {
  const mayWrite = jobs.filter(({ permissions, steps }) => steps && Object.values(permissions).includes('write'));
  const scripts = mayWrite.flatMap(({ name, steps = [] }) => steps.map((step) => `${name}: ${step.run ?? ''}`));
  expect(mayWrite.map(({ name }) => name)).toContain('release.yml publish');
  expect(mayWrite.map(({ name }) => name)).toContain('pull-request.yml pull-request');
  expect(scripts.filter((line) => /\b(npm (ci|install|run|exec|pack|test)|npx|node|\.ci\/)/.test(line))).toEqual([]);
});

it('nothing is published before the whole suite has passed on the same commit', () => {
  const { jobs } = readWorkflow(join(folder, 'release.yml'));
  expect(jobs.suite?.uses).toBe('./.github/workflows/ci.yml');
  expect(jobs.tag?.needs).toContain('suite');
  expect(jobs.publish?.needs).toContain('tag');
  // A condition would be asked even though a job before has failed.
  for (const job of [jobs.tag, jobs.publish, jobs['github-release']]) expect(job?.if).toBeUndefined();
});
