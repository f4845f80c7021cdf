import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { notesOf, released } from '../scripts/set-version.ts';
import { changesBetween } from '../src/update/changelog.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const paths = ['package.json', 'create-minio-stack/package.json', 'package-lock.json'];
const files = {
  ...Object.fromEntries(paths.map((path) => [path, read(path)])),
  'CHANGELOG.md':
    '# Changelog\n\n## [Unreleased]\n\n### Generated repository\n\n- This.\n\n## [0.0.9] - 2026-09-20\n\n- That.\n',
};
const date = '2026-11-30';

describe('a release', () => {
  const changed: Record<string, string> = released(files, '7.8.9', date);

  it('has one version in both packages and twice in the lock file', () => {
    for (const path of paths) expect(JSON.parse(changed[path] ?? '').version).toBe('7.8.9');
    expect(JSON.parse(changed['package-lock.json'] ?? '').packages[''].version).toBe('7.8.9');
  });

  it('changes nothing else in those files', () => {
    const differing = paths.flatMap((path) => {
      const before = read(path).split('\n');
      return (changed[path] ?? '').split('\n').filter((line, index) => line !== before[index]);
    });
    expect(differing.map((line) => line.trim())).toEqual(Array(4).fill('"version": "7.8.9",'));
  });

  it("gives the changelog's section a date, under a new one for what comes next", () => {
    expect(changed['CHANGELOG.md']).toContain(
      `## [Unreleased]\n\n## [7.8.9] - ${date}\n\n### Generated repository\n\n- This.\n`,
    );
    expect(notesOf(changed['CHANGELOG.md'] ?? '', '7.8.9')).toBe('### Generated repository\n\n- This.');
    expect(changesBetween(changed['CHANGELOG.md'] ?? '', '0.0.9', '7.8.9')).toEqual(['- This.']);
  });

  it.each([
    ['v7.8.9', 'is no version like 0.2.0'],
    ['7.8', 'is no version like 0.2.0'],
    ['', 'is no version like 0.2.0'],
    ['7.8.9-beta.1', 'is no version like 0.2.0'],
    ['0.0.9', 'which is newer than 0.0.9'],
  ])('is refused as %j', (version, message) => {
    expect(() => released(files, version, date)).toThrow(message);
  });

  it('is refused when the changelog has that version already, or nothing new', () => {
    const changelog = '# Changelog\n\n## [Unreleased]\n\n- New.\n\n## [7.8.9] - 2026-09-20\n\n- This.\n';
    expect(() => released({ 'CHANGELOG.md': changelog }, '7.8.9', date)).toThrow('has a section 7.8.9 already');
    expect(() => released({ 'CHANGELOG.md': changelog.replace('- New.', '') }, '7.9.0', date)).toThrow('nothing under');
  });
});
