import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quoted } from '../../src/cli/shell.ts';
import { needs, program } from '../support/needs.ts';
import { create } from './create.ts';

const onWindows = process.platform === 'win32';

/** A folder with a `docker` and a `git` that write down how they were called, and where. */
function standIns(): { folder: string; calls: () => string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-stand-ins-'));
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  for (const name of ['docker', 'git']) {
    const script = onWindows ? `@echo ${name} %*>>"${log}"\r\n` : `#!/bin/sh\necho ${name} "$@" >>"${log}"\n`;
    const path = join(folder, onWindows ? `${name}.cmd` : name);
    writeFileSync(path, script);
    chmodSync(path, 0o755);
  }
  return {
    folder,
    calls: () =>
      readFileSync(log, 'utf8')
        .trim()
        .split(/ ?\r?\n/),
  };
}

/** Interactive shells, as a terminal starts them, without a person's settings. */
const shells: [string, string[]][] = onWindows
  ? [['cmd', ['/d', '/q']]]
  : [
      ['sh', ['-i']],
      ['bash', ['--norc', '--noprofile', '-i']],
      ['zsh', ['-f', '-i']],
    ];

const names = ['my-storage', 'My Files', ...(onWindows ? [] : ["it's $HOME `x` \\ & more"])];

for (const [shell, args] of shells) {
  describe(`the printed steps, pasted into ${shell}`, needs(program(shell)), () => {
    it.each(names)('do what they say, for a folder called %s', (name) => {
      const parent = mkdtempSync(join(tmpdir(), 'minio-stack-steps-'));
      const { stderr } = create(join(parent, name), '--yes', '--bucket', 'media');
      const commands = stderr.split('\n').filter((line) => /^ {2}(?!https:)\S/.test(line));
      const { folder, calls } = standIns();
      const pasted = join(folder, 'pasted');
      writeFileSync(pasted, [...commands, 'exit', ''].join(EOL));
      const { status, stderr: complaints } = spawnSync(shell, args, {
        // The steps start where the run did.
        cwd: tmpdir(),
        // Not a pipe, out of which wine's cmd reads nothing.
        stdio: [openSync(pasted, 'r'), 'pipe', 'pipe'],
        encoding: 'utf8',
        env: { ...process.env, HOME: parent, PATH: [folder, process.env.PATH].join(delimiter) },
      });
      expect(status, complaints).toBe(0);
      expect(readFileSync(join(parent, name, '.env'), 'utf8')).toContain('MINIO_ROOT_PASSWORD=');
      expect(calls().map((call) => call.replaceAll('"', ''))).toEqual([
        'docker compose up --build',
        'git init',
        'git add -A .',
        'git commit -m Add MinIO stack',
      ]);
    });
  });
}

describe('a path in a command', () => {
  it.each([
    ['C:\\Users\\Jo Doe\\my-storage', '"C:\\Users\\Jo Doe\\my-storage"'],
    ['my\\storage', '"my\\storage"'],
    ["Jo's files", '"Jo\'s files"'],
    ['my-storage', 'my-storage'],
  ])('keeps its backslashes in cmd and PowerShell: %s', (path, word) => {
    expect(quoted(path, false)).toBe(word);
  });
});
