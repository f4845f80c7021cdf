import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { existingFiles } from '../../src/repository/existing-files.ts';
import { emptyFolder } from '../support/generate.ts';
import { needs, symbolicLinks } from '../support/needs.ts';

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = emptyFolder();
  mkdirSync(folder);
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  return folder;
}

describe('the files of a repository', () => {
  it('are listed without what is not its own', () => {
    const folder = folderWith({
      'render.yaml': '',
      'deploy/minio/Dockerfile': '',
      'node_modules/a/Dockerfile': '',
      'deploy/.git/config': '',
      '.venv/lib/render.yaml': '',
    });
    expect(existingFiles(folder)).toMatchObject({
      paths: ['deploy/minio/Dockerfile', 'render.yaml'],
      isComplete: true,
    });
  });

  it('are read as text, or not at all', () => {
    const files = existingFiles(
      folderWith({
        text: 'a\n',
        empty: '',
        binary: Buffer.from([0, 1]),
        latin: Buffer.from([0xff]),
        large: 'a'.repeat(2 ** 20 + 1),
      }),
    );
    expect(['text', 'empty', 'binary', 'latin', 'large', 'none', 'text/below'].map(files.read)).toEqual([
      'a\n',
      '',
      ...Array(5).fill(undefined),
    ]);
  });

  it('are none where there is no folder', () => {
    expect(existingFiles(join(emptyFolder(), 'none'))).toMatchObject({ paths: [], isComplete: true });
  });

  it('are never behind a symbolic link', needs(symbolicLinks()), () => {
    const folder = folderWith({ 'a/b': '' });
    symlinkSync(join(folder, 'a'), join(folder, 'c'));
    symlinkSync(join(folder, 'a/b'), join(folder, 'd'));
    expect(existingFiles(folder).paths).toEqual(['a/b']);
    expect(existingFiles(folder).read('d')).toBeUndefined();
  });
});
