import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { serverImage } from '../../src/answers/images.ts';
import { emptyFolder, readTree } from '../support/generate.ts';
import { create } from './create.ts';
import { current, edit, generated, own, replaced, version, versionFolder } from './support.ts';

const matchesSchema = new Ajv.default().compile(
  JSON.parse(readFileSync(new URL('../../docs/plan.schema.json', import.meta.url), 'utf8')),
);

const conf = 'console/minio-console.conf.template';
/** What the present version changes as well, in a repository of 0.0.2. */
const clash = { [conf]: replaced('proxy_read_timeout 300s;', 'proxy_read_timeout 900s;') };

type Situation = 'new' | 'in sync' | 'edited' | 'outdated' | 'in conflict' | 'marked';
/** Repositories in every relation to what is generated now. */
const situations: Record<Situation, () => Promise<string>> = {
  new: async () => emptyFolder(),
  'in sync': () => generated(current),
  edited: async () => {
    const folder = await generated(current);
    edit(folder, { 'README.md': (text) => `${text}Ours.\n`, 'compose.yaml': undefined });
    return folder;
  },
  outdated: async () => {
    const folder = await generated(versionFolder('0.0.2'));
    edit(folder, { 'README.md': (text) => `${text}Ours.\n` });
    return folder;
  },
  'in conflict': async () => {
    const folder = await generated(versionFolder('0.0.2'));
    edit(folder, clash);
    return folder;
  },
  marked: async () => {
    const folder = await situations['in conflict']();
    create(folder, '--on-conflict', 'markers');
    return folder;
  },
};

describe('exit codes', () => {
  it.each<[Situation, string[], number]>([
    ['new', ['--check', '--yes'], 2],
    ['in sync', ['--check'], 0],
    ['edited', ['--check'], 0],
    ['outdated', ['--check'], 2],
    ['in conflict', ['--check'], 3],
    ['marked', ['--check'], 3],
    ['in sync', ['--check', '--console-port', '9191'], 2],
    ['in sync', ['--check', '--region', 'mars'], 1],
    ['new', ['--dry-run', '--yes'], 0],
    ['outdated', ['--dry-run'], 0],
    ['in conflict', ['--dry-run'], 0],
    ['outdated', ['--dry-run', '--json'], 0],
    ['in conflict', [], 3],
    ['in conflict', ['--on-conflict', 'fail'], 3],
    ['in conflict', ['--on-conflict', 'fail', '--yes'], 3],
    ['in conflict', ['--on-conflict', 'never'], 1],
    ['in conflict', ['--on-conflict'], 1],
    ['in conflict', ['--on-conflict', 'mine', '--force'], 1],
    ['in sync', ['--disk-size', '5'], 1],
    ['in sync', ['--server-name', 'files'], 1],
  ])('%s, %j: %d, and nothing is written', async (situation, flags, status) => {
    const folder = await situations[situation]();
    const before = situation === 'new' ? undefined : readTree(folder);
    const run = create(folder, ...flags);
    expect(run.status, run.stderr).toBe(status);
    if (before) expect(readTree(folder)).toEqual(before);
    else expect(() => readTree(folder)).toThrow('ENOENT');
  });

  it.each<[Situation, string[], number]>([
    ['new', ['--yes'], 0],
    ['edited', [], 0],
    ['outdated', [], 0],
    ['in conflict', ['--on-conflict', 'mine'], 0],
    ['in conflict', ['--on-conflict', 'theirs'], 0],
    ['in conflict', ['--force'], 0],
    ['in conflict', ['--on-conflict', 'markers'], 3],
  ])('%s, %j: %d, and a check agrees', async (situation, flags, status) => {
    const folder = await situations[situation]();
    const run = create(folder, ...flags);
    expect(run.status, run.stderr).toBe(status);
    expect(create(folder, '--check').status).toBe(status);
  });
});

describe('--on-conflict', () => {
  it.each([
    [['--on-conflict', 'mine'], /read_timeout 900s;\n {4}proxy_send_timeout 300s;/],
    [['--on-conflict', 'theirs'], /read_timeout 3600s;\n {4}proxy_send_timeout 3600s;/],
    [['--force'], /read_timeout 3600s;/],
    [
      ['--on-conflict', 'markers'],
      /^<{7} mine \(your file\)\n.*900s;\n.*300s;\n={7}\n.*3600s;\n.*3600s;\n>{7} theirs \(generator-minio-stack \d/m,
    ],
  ])('%j', async (flags, expected) => {
    const folder = await situations['in conflict']();
    create(folder, ...flags);
    expect(own(folder)[conf]).toMatch(expected);
    expect(own(folder)).toHaveProperty(['render.yaml'], own(await generated(current))['render.yaml']);
  });
});

describe('--json', () => {
  it.each<[Situation, string[], object]>([
    ['new', ['--dry-run', '--yes'], { previousVersion: null, written: false, outdated: true, conflicts: 0 }],
    ['new', ['--yes'], { previousVersion: null, written: true, outdated: true, conflicts: 0 }],
    ['in sync', ['--check'], { previousVersion: version, written: false, outdated: false, conflicts: 0 }],
    ['in sync', [], { written: true, outdated: false }],
    ['edited', ['--check'], { written: false, outdated: false }],
    ['outdated', ['--check'], { previousVersion: '0.0.2', written: false, outdated: true, conflicts: 0 }],
    ['outdated', [], { previousVersion: '0.0.2', written: true, outdated: true, conflicts: 0 }],
    ['in conflict', [], { written: false, outdated: true, conflicts: 1 }],
    ['in conflict', ['--on-conflict', 'mine'], { written: true, conflicts: 0 }],
    ['in conflict', ['--on-conflict', 'markers'], { written: true, conflicts: 1 }],
    ['marked', ['--check'], { written: false, conflicts: 1 }],
  ])(
    '%s, %j: one document that keeps its schema, and nothing else on standard output',
    async (situation, flags, expected) => {
      const folder = await situations[situation]();
      const { stdout } = create(folder, '--json', ...flags);
      const document = JSON.parse(stdout);
      expect(matchesSchema(document), JSON.stringify(matchesSchema.errors)).toBe(true);
      expect(document).toMatchObject({ schemaVersion: 1, version, directory: folder, ...expected });
    },
  );

  it('names an action and a reason for each file', async () => {
    const folder = await situations['in conflict']();
    edit(folder, { 'README.md': (text) => `${text}Ours.\n`, '.env.example': undefined });
    const { files } = JSON.parse(create(folder, '--json', '--check').stdout);
    const actions = Object.fromEntries(
      files.map(({ path, action }: { path: string; action: string }) => [path, action]),
    );
    expect(actions).toEqual({
      '.env.example': 'stay deleted',
      '.gitattributes': 'update',
      '.github/dependabot.yml': 'delete',
      '.github/workflows/minio-stack.yml': 'create',
      '.gitignore': 'update',
      'README.md': 'merge',
      'compose.yaml': 'update',
      'console/Dockerfile': 'update',
      [conf]: 'conflict',
      'console/away.html': 'create',
      'console/minio-upstream.envsh': 'create',
      'console/minio-upstream.sh': 'delete',
      'docs/django.md': 'delete',
      'docs/operations.md': 'create',
      'minio/Dockerfile': 'update',
      'minio/minio-check.sh': 'create',
      'minio/minio-entrypoint.sh': 'update',
      'minio/minio-init.sh': 'create',
      'render.yaml': 'update',
    });
  });

  it('prints no document for an error: the message is on standard error', async () => {
    const folder = await situations['in sync']();
    expect(create(folder, '--json', '--region', 'mars')).toMatchObject({ status: 1, stdout: '' });
  });
});

describe('what is said', () => {
  it('--dry-run: the difference of each file that would change, and the plan', async () => {
    const { stdout, stderr } = create(await situations.outdated(), '--dry-run');
    expect(stderr).toContain('-FROM docker.io/pgsty/silo:RELEASE.2026-07-22T00-00-00Z@sha256:2222');
    expect(stderr).toContain(`+FROM ${serverImage}`);
    expect(stderr).toMatch(/ merge README\.md {2}\(a newer version, with your changes\)\n/);
    expect(stderr).toMatch(/3 deleted, 6 created, 1 merged/);
    expect(stdout).toBe('');
  });

  it('--dry-run in a conflict: the merge with its markers, and no edit that would stay as if it went', async () => {
    const folder = await situations['in conflict']();
    edit(folder, { [conf]: (text) => text.replace('listen', '# my own comment\n  listen') });
    const { status, stderr } = create(folder, '--dry-run');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^\+<{7} mine \(your file\)$/m);
    expect(stderr).toMatch(/^\+>{7} theirs \(generator-minio-stack \d+\.\d+\.\d+\)$/m);
    expect(stderr).not.toMatch(/^-.*my own comment$/m);
  });

  it('with nothing to do: one line, with the version', async () => {
    const { stderr } = create(await situations['in sync']());
    expect(stderr).toMatch(/^Up to date with generator-minio-stack \d+\.\d+\.\d+: \d+ unchanged\.\n$/);
  });

  it('every problem in one message, before anything is written: of the command line, the answers, the stored file', async () => {
    const folder = await situations['in sync']();
    edit(folder, { '.yo-rc.json': (text) => text.replace('"minio-admin"', '"minioadmin"') });
    const { status, stderr } = create(folder, '--region', 'mars', '--bucket', 'My Bucket', '--foo', '--force=no');
    expect(status).toBe(1);
    for (const part of ['--region "mars"', '--bucket "My Bucket"', '--foo', '--force takes no value', '"rootUser"'])
      expect(stderr).toContain(part);
  });

  it('--check: what to do about it', async () => {
    expect(create(await situations.outdated(), '--check').stderr).toContain(
      'run npm init minio-stack@latest in this folder',
    );
    expect(create(await situations['in conflict'](), '--check').stderr).toContain(`would conflict:\n    ${conf}: `);
  });

  it('markers: which files have to be edited', async () => {
    const { stderr } = create(await situations['in conflict'](), '--on-conflict', 'markers');
    expect(stderr).toContain(`have conflict markers. Edit them, then run the command again:\n    ${conf}: `);
  });
});
