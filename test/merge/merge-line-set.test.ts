import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder } from '../support/generate.ts';
import { needs, program } from '../support/needs.ts';
import { texts } from '../update/support.ts';
import { mergeTexts, settled } from './merge-texts.ts';

const theirs = texts('current')['.gitignore'] ?? '';
const attributes = texts('current')['.gitattributes'] ?? '';
const merge = (mine: string, base?: string) => mergeTexts('.gitignore', { base, mine, theirs });

describe('a .gitignore that was there before', () => {
  it('gets the lines that are missing, below their comments, and keeps what it has', () => {
    const mine = '# Python\n__pycache__/\n.DS_Store\n';
    const merged = merge(mine);
    expect(merged.conflicts).toBe(0);
    expect(merged.text.startsWith(`${mine}\n`)).toBe(true);
    expect(merged.text).toContain('\n# Secrets of the local run\n.env\n');
    expect(merged.text.match(/^\.DS_Store$/gm)).toHaveLength(1);
  });

  it('is left as it is when nothing is missing', () => {
    const mine = `node_modules/\n${theirs.replace(/^#.*\n/gm, '')}`;
    expect(merge(mine)).toEqual(settled(mine));
  });

  it('is not changed by a second run', () => {
    const first = merge('!.env\n').text;
    expect(merge(first)).toEqual(settled(first));
  });

  it('keeps what a team shares of its editor settings', () => {
    const mine = '.vscode/*\n!.vscode/settings.json\n';
    expect(merge(mine).text.split('\n')).not.toContain('.vscode/');
  });

  it('that is empty is ours', () => {
    expect(merge('')).toEqual(settled(theirs));
  });
});

describe('a .gitattributes that was there before', () => {
  it('gets the lines that are missing; the line for every file stands above the own lines', () => {
    const mine = '*.bin -text\n';
    const { text, conflicts } = mergeTexts('.gitattributes', { base: undefined, mine, theirs: attributes });
    expect(conflicts).toBe(0);
    expect(text).toMatch(/^\* text=auto\n\n\*\.bin -text\n\n/);
    expect(text.split('\n')).toEqual(expect.arrayContaining(attributes.split('\n')));
  });
});

describe('git ignores .env', needs(program('git')), () => {
  let folder = '';
  beforeAll(() => {
    folder = emptyFolder();
    execFileSync('git', ['init', '--quiet', folder]);
  });
  const isIgnored = (gitignore: string) => {
    writeFileSync(join(folder, '.gitignore'), gitignore);
    const { status } = spawnSync('git', ['-C', folder, 'check-ignore', '--quiet', '.env']);
    return status === 0;
  };

  const lines = [
    '.env',
    '!.env',
    '!.env*',
    '!*.env',
    '!**/.env',
    '!/.env',
    '!.e[mn]v',
    '![.]env',
    '!.en?',
    '!\\.env',
    '!*',
    '!**',
    '!/**',
    '!/*',
    '!.env ',
    '!.ENV',
    '.env/',
    ' .env',
    '.env # secrets',
    '\\.env',
    '#.env',
    '[.]env',
    '*',
    '!*/',
    '!a/.env',
    '.env\t',
    '!.env\t',
    '*.env',
    '**',
    '/.env',
    '',
  ];

  it.each(lines)('with the line %j below ours', (line) => {
    expect(isIgnored(merge(`.env\n${line}\n`).text)).toBe(true);
  });

  it.each(lines)('with the line %j that the user added since the last update', (line) => {
    const { text, mine } = merge(`${theirs}${line}\n`, theirs.replace('*.swp\n', ''));
    expect([isIgnored(text), isIgnored(mine)]).toEqual([true, true]);
  });

  it('where the user removed our line', () => {
    expect(isIgnored(merge('other\n', theirs).text)).toBe(true);
  });

  it('for any file that was there before, and nothing of the file is lost', { timeout: 120_000 }, () => {
    const anyLine = fc.oneof(fc.constantFrom(...lines), fc.stringMatching(/^[!#/]?[.env*?[\]\\/ -]{0,7}$/));
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 6 }), (random) => {
        const mine = random.map((line) => `${line}\n`).join('');
        const { text } = merge(mine);
        expect(text).toContain(mine);
        expect(isIgnored(text), JSON.stringify(text)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
