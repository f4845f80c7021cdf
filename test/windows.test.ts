import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onWindows } from './support/packed/program.ts';

describe('Windows starts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-windows-'));
  const put = (path: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), '');
  };
  for (const path of ['node22/node.exe', 'system/node.exe', 'system/npm.cmd']) put(path);
  const PATH = ['node22', 'system'].map((name) => join(folder, name)).join(delimiter);

  it('npm as a script of the first Node on the PATH', () => {
    expect(onWindows('npm', ['init', 'a b'], { PATH })).toEqual({
      command: join(folder, 'node22/node.exe'),
      args: [join(folder, 'system/node_modules/npm/bin/npm-cli.js'), 'init', 'a b'],
      shell: false,
    });
  });

  it('what npm has installed in a shell, with quotes', () => {
    expect(onWindows('yo', ['minio-stack', 'a "b" c'], { PATH })).toEqual({
      command: 'yo',
      args: ['"minio-stack"', '"a ""b"" c"'],
      shell: true,
    });
  });

  it('a program that is named by its path without a shell', () => {
    const node = join(folder, 'node22/node.exe');
    expect(onWindows(node, ['a b'], { PATH })).toEqual({ command: node, args: ['a b'], shell: false });
  });
});
