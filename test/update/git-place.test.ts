import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readBlueprint } from '../support/blueprint.ts';
import { emptyFolder } from '../support/generate.ts';
import { needs, program } from '../support/needs.ts';
import { create } from './create.ts';
import { edit, own } from './support.ts';

/** Runs a shell command, as a person copies it. */
function shell(command: string, cwd: string) {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const identity = ['GIT_AUTHOR_NAME', 'GIT_COMMITTER_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_EMAIL'];
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], {
    cwd,
    encoding: 'utf8',
    env: { ...env, ...Object.fromEntries(identity.map((name) => [name, 'a@example.com'])) },
  });
  if (status !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
  return stdout;
}

describe('in a folder of a Git repository', needs(program('git')), () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = emptyFolder('shop');
    folder = join(root, 'ops/storage');
    mkdirSync(root);
    shell('git init --quiet', root);
  });
  const paths = () =>
    own(folder)['render.yaml']?.match(/(?<=dockerfilePath: |dockerContext: |- )\S*(minio|console)\b\S*/g);

  it('paths in the Blueprint start at the root, and the place of the Blueprint is said', () => {
    const { stderr } = create(folder, '--yes');
    expect(paths()).toEqual([
      './ops/storage/minio/Dockerfile',
      './ops/storage/minio',
      'ops/storage/minio/**',
      './ops/storage/console/Dockerfile',
      './ops/storage/console',
      'ops/storage/console/**',
    ]);
    expect(readBlueprint(own(folder)['render.yaml'] ?? '').problems).toEqual([]);
    expect(stderr).toContain("Choose ops/storage/render.yaml as the Blueprint's path");
    expect(stderr).not.toContain('git init');
    expect(create(folder, '--check').status).toBe(0);
  });

  it('nothing is written that GitHub reads at the root only', () => {
    for (const updates of ['workflow', 'renovate']) {
      expect(create(folder, '--yes', `--updates=${updates}`).status).toBe(0);
      expect(Object.keys(own(folder)).filter((path) => /^(\.github|renovate)/.test(path))).toEqual([]);
    }
  });

  it('without the .git, as in an export, the paths stay', () => {
    create(folder, '--yes');
    renameSync(join(root, '.git'), join(root, 'elsewhere'));
    expect(create(folder, '--check').status).toBe(0);
  });

  it('that is moved, the paths follow, and edits stay', () => {
    create(folder, '--yes');
    edit(folder, {
      'render.yaml': (text) => text.replace('maxShutdownDelaySeconds: 30', 'maxShutdownDelaySeconds: 60'),
    });
    renameSync(folder, join(root, 'files'));
    folder = join(root, 'files');
    expect(create(folder, '--check').status).toBe(2);
    expect(create(folder).status).toBe(0);
    expect(paths()?.[0]).toBe('./files/minio/Dockerfile');
    expect(own(folder)['render.yaml']).toContain('maxShutdownDelaySeconds: 60');
  });

  it('that Git ignores, it is a repository of its own', () => {
    writeFileSync(join(root, '.gitignore'), 'ops/\n');
    const { stderr } = create(folder, '--yes');
    expect(paths()?.[0]).toBe('./minio/Dockerfile');
    expect(stderr).toContain('git init');
  });

  it('that is a worktree or a submodule, it is a root', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.git'), 'gitdir: /elsewhere\n');
    const { stderr } = create(folder, '--yes');
    expect(paths()?.[0]).toBe('./minio/Dockerfile');
    expect(stderr).not.toContain('git init');
  });

  it.each(['a "b"', '[x]', '-x', '#1', 'a: b'])("whose name can't stand in a Blueprint, it is refused: %s", (name) => {
    const { status, stderr } = create(join(root, name), '--yes');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining(`rename ${JSON.stringify(name)}`),
    });
    expect(shell('git status --porcelain', root)).toBe('');
  });
});

describe('the printed steps never commit .env', needs(program('git')), () => {
  /** Runs the printed line that commits. */
  function commitAsPrinted(folder: string, stderr: string): string {
    const printed = stderr.split('\n').filter((line) => /^ {2}git/.test(line));
    expect(printed.join()).toContain('git commit');
    shell(['cp .env.example .env', ...printed].join('\n'), folder);
    return shell('git ls-files', folder);
  }
  const utf16 = Buffer.from(`\uFEFF.env\n`, 'utf16le');

  describe.each([
    ['in a new folder', false],
    ['in a repository', true],
  ])('%s', (_, isRepository) => {
    it.each<[string, string | Buffer | undefined]>([
      ['none', undefined],
      ['without .env', 'node_modules/\n*.log\n'],
      ['empty', ''],
      ['that shows .env again', '.env\n!.env\n'],
      ['that shows every .env', '.env*\n!.env*\n'],
      ['with CRLF', '.venv\r\n!.env\r\n'],
      ['in UTF-16', utf16],
    ])('with a .gitignore: %s', (_, gitignore) => {
      for (const policy of ['mine', 'theirs']) {
        const folder = emptyFolder();
        mkdirSync(folder);
        if (isRepository) shell('git init --quiet', folder);
        if (gitignore !== undefined) writeFileSync(join(folder, '.gitignore'), gitignore);
        const { stderr } = create(folder, '--yes', '--on-conflict', policy);
        const tracked = commitAsPrinted(folder, stderr);
        expect(tracked).toContain('render.yaml\n');
        expect(tracked.split('\n')).not.toContain('.env');
      }
    });
  });

  it('even if it was tracked before', () => {
    const folder = emptyFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, '.env'), 'SECRET=1\n');
    shell('git init --quiet && git add .env && git commit --quiet -m "Oops"', folder);
    const tracked = commitAsPrinted(folder, create(folder, '--yes').stderr);
    expect(tracked.split('\n')).not.toContain('.env');
    expect(readFileSync(join(folder, '.env'), 'utf8')).not.toBe('');
  });

  it('and are not printed beside conflict markers', () => {
    const folder = emptyFolder();
    mkdirSync(folder);
    mkdirSync(join(folder, 'console'), { recursive: true });
    writeFileSync(join(folder, 'console/away.html'), 'Away.\n');
    const { status, stderr } = create(folder, '--yes', '--on-conflict', 'markers');
    expect(status).toBe(3);
    expect(stderr).not.toContain('Next:');
  });
});
