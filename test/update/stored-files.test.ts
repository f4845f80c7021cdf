import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFiles } from '../../src/repository/files.ts';
import { commit } from '../../src/repository/transaction.ts';
import { emptyFolder, readTree } from '../support/generate.ts';
import { needs, symbolicLinks, unix } from '../support/needs.ts';
import { type Edits, edit, generated, laterVersion, own, replaced, run, settled } from './support.ts';

const script = 'minio/minio-entrypoint.sh';

const otherTitle = (text: string) => text.replace(/^# .*/m, '# MinIO, privately');
const ourSection = (text: string) => `${text}\n## Who to call\n\nJo, extension 12.\n`;
const attemptsMore = replaced('ATTEMPTS=3', 'ATTEMPTS=5');

/** A repository with edits, and a later version of the generator. */
async function repository(mine: Edits, theirs: Edits): Promise<{ folder: string; later: string }> {
  const folder = await generated(settled);
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
    const fresh = await generated(later);
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
    expect(own(folder)['README.md']).toBe(own(await generated(later))['README.md']?.trimEnd());
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

describe('a file is text or binary', () => {
  const written = (bytes: Uint8Array | string) => {
    const folder = emptyFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'a'), bytes);
    return folder;
  };

  it.each([
    ['UTF-8', 'é\u{1F600}\n'],
    ['UTF-8 with a byte order mark, which is kept', '\uFEFFa\n'],
    ['U+FFFD itself', '\uFFFD'],
    ['nothing', ''],
  ])('text: %s', (_, text) => {
    expect(readFiles(written(text), ['a']).get('a')).toEqual({ kind: 'text', text });
  });

  it.each([
    ['Latin-1', [0xe9, 0x0a]],
    ['UTF-16', [0xff, 0xfe, 0x41, 0x00]],
    ['a NUL', [0x61, 0x00]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a slash in two bytes', [0xc0, 0xaf]],
    ['a letter that is cut off', [0x61, 0xc3]],
  ])('binary: %s', (_, bytes) => {
    const file = readFiles(written(Buffer.from(bytes)), ['a']).get('a');
    expect(file).toEqual({ kind: 'binary', bytes: Buffer.from(bytes) });
  });

  it('bytes are written as they are', async () => {
    const folder = written('before');
    const bytes = Buffer.from([0xff, 0x00, 0xc3]);
    await commit(folder, [{ path: 'a', contents: bytes, executable: false }], readFiles(folder, ['a']));
    expect(readFileSync(join(folder, 'a'))).toEqual(bytes);
  });

  it.each([
    ['one is no text', [0xff], [0xfe]],
    ['one is text that looks the same', [0xff], [0xef, 0xbf, 0xbd]],
  ])('a change that text would not show, where %s, is noticed: nothing is written', async (_, before, after) => {
    const folder = written(Buffer.from(before));
    const seen = readFiles(folder, ['a']);
    writeFileSync(join(folder, 'a'), Buffer.from(after));
    await expect(commit(folder, [{ path: 'a', contents: 'ours', executable: false }], seen)).rejects.toThrow(
      'a changed while this ran',
    );
    expect(readFileSync(join(folder, 'a'))).toEqual(Buffer.from(after));
  });

  it.each<[string, Edits, Record<string, unknown>]>([
    ['where the template has not changed it', { [script]: attemptsMore }, {}],
    ['where the template has dropped it', { 'README.md': undefined }, {}],
    ['where mine is chosen', { 'README.md': otherTitle }, { 'on-conflict': 'mine' }],
  ])('a binary file in the place of a text stays to the byte, %s', async (_, theirs, options) => {
    const { folder, later } = await repository({}, theirs);
    const bytes = Buffer.concat([readFileSync(join(folder, 'README.md')), Buffer.from([0xe9, 0x00])]);
    writeFileSync(join(folder, 'README.md'), bytes);
    await run(later, folder, { options });
    expect(readFileSync(join(folder, 'README.md'))).toEqual(bytes);
  });

  it('a binary file that the template has changed is a conflict, and markers write nothing into it', async () => {
    const { folder, later } = await repository({}, { 'README.md': otherTitle });
    const bytes = Buffer.from([0xff, 0xfe, 0x41, 0x00]);
    writeFileSync(join(folder, 'README.md'), bytes);
    for (const options of [{}, { 'on-conflict': 'markers' }])
      await expect(run(later, folder, { options })).rejects.toMatchObject({ code: 3 });
    expect(readFileSync(join(folder, 'README.md'))).toEqual(bytes);
  });
});
