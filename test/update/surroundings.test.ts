import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../support/generate.ts';
import { needs, program } from '../support/needs.ts';
import { edit, generated, laterVersion, own, replaced, run, settled } from './support.ts';

const conf = 'console/minio-console.conf.template';
const ourSection = (text: string) => `${text}\n## Who to call\n\nJo, extension 12.\n`;
const later = () => laterVersion({ [conf]: replaced('proxy_read_timeout 3600s', 'proxy_read_timeout 7200s') });

/** git without the settings of whoever runs the tests. */
const git = (folder: string, ...args: string[]) =>
  execFileSync(
    'git',
    ['-c', 'user.name=Jo', '-c', 'user.email=jo@example.com', '-c', 'commit.gpgsign=false', ...args],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CEILING_DIRECTORIES: tmpdir(),
      },
    },
  );

function committed(folder: string): void {
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'Add MinIO stack');
}

describe('without git', () => {
  it('an update merges as it does with it: git is never started', async () => {
    const folder = await generated(settled);
    edit(folder, { 'README.md': ourSection });
    const { PATH } = process.env;
    process.env.PATH = mkdtempSync(join(tmpdir(), 'minio-stack-no-programs-'));
    try {
      await run(later(), folder);
    } finally {
      process.env.PATH = PATH;
    }
    expect(own(folder)[conf]).toContain('7200s');
    expect(own(folder)['README.md']).toContain('Jo, extension 12.');
  });
});

describe('in a git repository', needs(program('git')), () => {
  it('a fresh clone is in sync, whatever the umask, and nothing of the memory is ignored', async () => {
    const folder = await generated(settled);
    committed(folder);
    const clone = `${folder}-clone`;
    const umask = process.umask(0o077);
    try {
      git(folder, 'clone', '--quiet', folder, clone);
    } finally {
      process.umask(umask);
    }
    expect(own(clone)).toEqual(own(folder));
    await run(settled, clone, { options: { 'server-name': 'minio-server' } });
    expect(git(clone, 'status', '--porcelain')).toBe('');
  });

  it('a checkout of Windows (core.autocrlf) is in sync, and takes an update', async () => {
    const folder = await generated(settled);
    committed(folder);
    const clone = `${folder}-clone`;
    git(folder, 'clone', '--quiet', '--config', 'core.autocrlf=true', folder, clone);
    expect(readFileSync(join(clone, 'README.md'), 'utf8')).toContain('\r\n');
    expect(readFileSync(join(clone, 'minio/minio-entrypoint.sh'), 'utf8')).not.toContain('\r');
    await run(settled, clone);
    expect(git(clone, 'status', '--porcelain')).toBe('');
    await run(later(), clone);
    expect(git(clone, 'diff', '--name-only')).toContain(conf);
  });

  it('a dirty working tree is no obstacle: what is staged and what is not stay as they are', async () => {
    const folder = await generated(settled);
    committed(folder);
    edit(folder, { 'README.md': ourSection, 'notes.txt': 'Ours.\n' });
    git(folder, 'add', 'README.md');
    const staged = git(folder, 'diff', '--cached');
    edit(folder, { '.env.example': (text) => `${text}OURS=1\n` });
    await run(later(), folder);
    expect(git(folder, 'diff', '--cached')).toBe(staged);
    expect(git(folder, 'status', '--porcelain').trimEnd().split('\n')).toEqual(
      expect.arrayContaining(['M  README.md', ' M .env.example', ` M ${conf}`, '?? notes.txt']),
    );
  });

  it('a file that is ignored is updated as any other', async () => {
    const folder = await generated(settled);
    edit(folder, { '.gitignore': (text) => `${text}compose.yaml\nconsole/\n.minio-stack/\n` });
    committed(folder);
    await run(later(), folder);
    expect(own(folder)[conf]).toContain('7200s');
  });

  it('a clone without the ignored memory: an edited file with a newer version is asked about, never overwritten', async () => {
    const folder = await generated(settled);
    edit(folder, { '.gitignore': (text) => `${text}.minio-stack/\n`, [conf]: (text) => `# Ours.\n${text}` });
    committed(folder);
    const clone = `${folder}-clone`;
    git(folder, 'clone', '--quiet', folder, clone);
    await expect(run(later(), clone)).rejects.toMatchObject({ code: 3 });
    expect(git(clone, 'status', '--porcelain')).toBe('');
  });

  it('nested in another repository, it touches that one nowhere else', async () => {
    const folder = await generated(settled);
    const outer = join(folder, '..');
    mkdirSync(join(outer, 'app'));
    edit(outer, { 'app/main.py': 'print()\n', '.yo-rc.json': '{"generator-other": {}}' });
    committed(outer);
    await run(later(), folder);
    const changed = git(outer, 'status', '--porcelain').trimEnd().split('\n');
    expect(changed.every((line) => line.includes('my-storage/'))).toBe(true);
    expect(changed).toContain(` M my-storage/${conf}`);
  });

  it('a merge of two branches that were both updated is itself in sync', async () => {
    const folder = await generated(settled);
    committed(folder);
    const version = later();
    git(folder, 'switch', '--quiet', '--create', 'edit');
    edit(folder, { 'README.md': ourSection });
    git(folder, 'commit', '--quiet', '--all', '--message', 'Edit');
    git(folder, 'switch', '--quiet', '-');
    await run(version, folder);
    git(folder, 'commit', '--quiet', '--all', '--message', 'Update');
    git(folder, 'merge', '--quiet', '--no-edit', 'edit');
    await run(version, folder);
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  /** Two branches with an update each, merged: git leaves conflict markers in our files and in what is remembered. */
  async function mergedUpdates() {
    const folder = await generated(settled);
    committed(folder);
    const timeout = (value: string, version: string) =>
      laterVersion({ [conf]: replaced('proxy_read_timeout 3600s', `proxy_read_timeout ${value}`) }, version);
    const newer = timeout('9000s', '0.0.5');
    git(folder, 'switch', '--quiet', '--create', 'older');
    await run(timeout('7200s', '0.0.4'), folder);
    git(folder, 'commit', '--quiet', '--all', '--message', 'Update to 0.0.4');
    git(folder, 'switch', '--quiet', '-');
    await run(newer, folder);
    git(folder, 'commit', '--quiet', '--all', '--message', 'Update to 0.0.5');
    const updated = readTree(folder).files;
    expect(() => git(folder, 'merge', 'older')).toThrow();
    return { folder, newer, updated };
  }

  it('two updates that git merged with conflicts: the run names the way on, which works', async () => {
    const { folder, newer, updated } = await mergedUpdates();
    await expect(run(newer, folder)).rejects.toThrow(
      /^\.yo-rc\.json has git's conflict markers.*git checkout --theirs -- \.yo-rc\.json \.minio-stack\n.*--ours/s,
    );
    git(folder, 'checkout', '--quiet', '--ours', '--', '.yo-rc.json', '.minio-stack', conf);
    await run(newer, folder);
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'Merge');
    expect(git(folder, 'ls-files', '--', conf)).toContain(conf);
    for (const path of [conf, '.yo-rc.json', `.minio-stack/base/${conf}`, '.minio-stack/rendering.json'])
      expect(readFileSync(join(folder, path), 'utf8')).toBe(updated[path]);
  });

  it('a merge that was committed with the markers in it is repaired from one of its branches', async () => {
    const { folder, newer, updated } = await mergedUpdates();
    git(folder, 'commit', '--quiet', '--all', '--message', 'Merge');
    await expect(run(newer, folder)).rejects.toThrow('git checkout BRANCH -- .yo-rc.json .minio-stack');
    git(folder, 'checkout', 'HEAD^1', '--', '.yo-rc.json', '.minio-stack');
    // Our own file still has markers, and stays a conflict.
    await expect(run(newer, folder)).rejects.toMatchObject({ code: 3 });
    await run(newer, folder, { options: { 'on-conflict': 'theirs' } });
    expect(readFileSync(join(folder, conf), 'utf8')).toBe(updated[conf]);
  });
});
