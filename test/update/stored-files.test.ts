import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../support/generate.ts';
import { needs, symbolicLinks, unix } from '../support/needs.ts';
import { type Edits, edit, laterVersion, own, rendered, replaced, run, settled } from './support.ts';

const script = 'minio/minio-entrypoint.sh';

const otherTitle = (text: string) => text.replace(/^# .*/m, '# MinIO, privately');
const ourSection = (text: string) => `${text}\n## Who to call\n\nJo, extension 12.\n`;
const attemptsMore = replaced('ATTEMPTS=3', 'ATTEMPTS=5');

/** A repository with edits, and a later version of the generator. */
async function repository(mine: Edits, theirs: Edits): Promise<{ folder: string; later: string }> {
  const folder = await rendered(settled);
  edit(folder, mine);
  return { folder, later: laterVersion(theirs) };
}

describe('how files are stored', () => {
  const mode = (folder: string, path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8);
  const change: Edits = { 'README.md': otherTitle, [script]: attemptsMore };

  it.each([
    ['other rights than at the first time are kept', 0o640, 0o750, '640', '750'],
    ['of a group with umask 002 as well', 0o664, 0o775, '664', '775'],
    ['a script that has lost its bit gets it back', 0o644, 0o644, '644', '755'],
    ['a file that was made executable stays so', 0o755, 0o755, '755', '755'],
  ])('rights: %s', needs(unix('permissions')), async (_, readme, sh, readmeAfter, shAfter) => {
    const { folder, later } = await repository({}, change);
    chmodSync(join(folder, 'README.md'), readme);
    chmodSync(join(folder, script), sh);
    await run(later, folder);
    expect([mode(folder, 'README.md'), mode(folder, script)]).toEqual([readmeAfter, shAfter]);
  });

  it('a new file gets the rights of the umask', needs(unix('permissions')), async () => {
    const { folder, later } = await repository({}, { 'docs/a.md': 'a\n', 'docs/a.sh': '#!/bin/sh\n' });
    const before = process.umask(0o027);
    try {
      await run(later, folder);
    } finally {
      process.umask(before);
    }
    expect([mode(folder, 'docs/a.md'), mode(folder, 'docs/a.sh')]).toEqual(['640', '750']);
  });

  it('a checkout with CRLF everywhere is updated as any other, and stays CRLF', async () => {
    const { folder, later } = await repository({ 'README.md': ourSection }, change);
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    for (const path of Object.keys(readTree(folder).files)) edit(folder, { [path]: crlf });
    await run(later, folder);
    const fresh = await rendered(later);
    edit(fresh, { 'README.md': ourSection });
    for (const path of Object.keys(own(fresh))) edit(fresh, { [path]: crlf });
    expect(own(folder)).toEqual(own(fresh));
  });

  it('a checkout with CRLF everywhere, the memory too, is not touched when there is nothing to do', async () => {
    const { folder } = await repository({}, {});
    for (const path of Object.keys(readTree(folder).files))
      edit(folder, { [path]: (text) => text.replaceAll('\n', '\r\n') });
    const before = readTree(folder);
    await run(settled, folder);
    expect(readTree(folder)).toEqual(before);
  });

  it('a missing line break at the end stays missing', async () => {
    const { folder, later } = await repository({ 'README.md': (text) => text.trimEnd() }, change);
    await run(later, folder);
    expect(own(folder)['README.md']).toBe(own(await rendered(later))['README.md']?.trimEnd());
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'a file has become a folder',
      (folder) => mkdirSync(join(folder, 'README.md')),
      'README.md must be a file, but a folder is there',
    ],
  ])('%s: named, and nothing is written', (_, prepare, message) => refused(prepare, message));

  it.each<[string, (folder: string) => void, string]>([
    [
      'a file has become a link',
      (folder) => symlinkSync('/etc/hostname', join(folder, 'README.md')),
      'README.md must be a file, but a symbolic link is there',
    ],
    [
      'the memory is a link',
      (folder) => {
        rmSync(join(folder, '.minio-stack'), { recursive: true });
        symlinkSync('/tmp', join(folder, '.minio-stack'));
      },
      '.minio-stack must be a folder, but a symbolic link is there',
    ],
  ])('%s: named, and nothing is written', needs(symbolicLinks()), (_, prepare, message) => refused(prepare, message));

  async function refused(prepare: (folder: string) => void, message: string): Promise<void> {
    const { folder, later } = await repository({ 'README.md': undefined }, change);
    prepare(folder);
    const before = readFileSync(join(folder, script), 'utf8');
    await expect(run(later, folder, { options: { force: true } })).rejects.toThrow(message);
    expect(readFileSync(join(folder, script), 'utf8')).toBe(before);
    expect(existsSync('/tmp/base')).toBe(false);
  }
});
