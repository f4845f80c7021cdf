import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, readTree } from '../support/generate.ts';
import { offers } from '../support/needs.ts';
import { create } from '../update/create.ts';
import { edit, generated, replaced, versionFolder } from '../update/support.ts';
import { emptyFolders } from './empty-folders.ts';
import { casefoldingExt4, describeOn, exfat, memoryDisk, ntfs, vfat } from './file-systems.ts';

/** A repository of an earlier version with an edit, in a folder. */
async function earlier(folder: string): Promise<string> {
  const source = await generated(versionFolder('0.0.1'));
  edit(source, { 'render.yaml': replaced('sizeGB: 10', 'sizeGB: 50') });
  // Not cpSync(), which sets permissions: some of the file systems have none.
  edit(folder, readTree(source).files);
  return folder;
}

/** Gives a file another name that differs in letter case only. */
function respell(folder: string, path: string, name: string): void {
  renameSync(join(folder, path), join(folder, 'renamed'));
  renameSync(join(folder, 'renamed'), join(folder, dirname(path), name));
}

const ordinaryDisk = {
  created: emptyFolder(),
  updated: await earlier(emptyFolder()),
};
for (const folder of Object.values(ordinaryDisk)) create(folder, '--yes');

for (const fileSystem of [memoryDisk('size=16m'), memoryDisk('size=16m,noexec'), vfat, exfat, ntfs, casefoldingExt4]) {
  describeOn(fileSystem, (disk) => {
    const folder = join(disk, 'my-storage');

    it.each([
      ['a first run', ordinaryDisk.created, async () => undefined],
      ['an update', ordinaryDisk.updated, () => earlier(folder)],
    ])('%s writes what it writes on any disk, and a check agrees', async (_, expected, prepare) => {
      await prepare();
      expect(create(folder, '--yes')).toMatchObject({ status: 0 });
      expect(readTree(folder).files).toEqual(readTree(expected).files);
      expect(emptyFolders(folder)).toEqual([]);
      expect(create(folder, '--check')).toMatchObject({ status: 0 });
      renameSync(folder, `${folder}-${readdirSync(disk).length}`);
    });
  });
}

for (const fileSystem of [exfat, casefoldingExt4]) {
  describeOn(fileSystem, (disk) => {
    it('a file under another spelling is that file: an update goes there, and the name stays', async () => {
      const folder = await earlier(join(disk, 'my-storage'));
      respell(folder, 'README.md', 'readme.md');
      const { status, stderr } = create(folder, '--yes');
      expect({ status, stderr }).toMatchObject({
        status: 0,
        stderr: expect.stringContaining('readme.md is taken for README.md, and keeps its name.'),
      });
      expect(readdirSync(folder)).toContain('readme.md');
      expect(readFileSync(join(folder, 'readme.md'), 'utf8')).toBe(readTree(ordinaryDisk.updated).files['README.md']);
      expect(create(folder, '--check')).toMatchObject({ status: 0 });
    });

    it('a Blueprint under another spelling is not moved, and the run says that Render does not read it', () => {
      const folder = join(disk, 'a-blueprint');
      mkdirSync(folder);
      writeFileSync(join(folder, 'Render.yaml'), 'services:\n  - {type: web, name: shop}\n');
      const { stderr } = create(folder, '--yes', '--on-conflict', 'theirs');
      expect(stderr).toContain(
        'Render.yaml is taken for render.yaml, and keeps its name. Render reads only render.yaml.',
      );
      expect(readdirSync(folder)).toContain('Render.yaml');
      expect(readFileSync(join(folder, 'Render.yaml'), 'utf8')).toMatch(/name: shop\}\n[\s\S]*minio-server/);
    });

    it('a folder under another spelling is that folder, and the run says that Linux needs the other name', () => {
      const folder = join(disk, 'a-folder');
      mkdirSync(join(folder, 'Console'), { recursive: true });
      expect(create(folder, '--yes').stderr).toContain(
        'Console/Dockerfile is taken for console/Dockerfile, and keeps its name.',
      );
      expect(readdirSync(join(folder, 'Console'))).toContain('Dockerfile');
    });
  });
}

const isCaseSensitive = !existsSync(dirname(emptyFolder()).toUpperCase());

describe(
  'where letter case makes two files',
  offers('a file system that respects letter case', isCaseSensitive),
  () => {
    it.each([
      ['Render.yaml', 'render.yaml', 'Render reads only render.yaml.'],
      ['console/dockerfile', 'console/Dockerfile', 'only console/Dockerfile is found.'],
      ['Console/Dockerfile', 'console/Dockerfile', 'only console/Dockerfile is found.'],
    ])('%s that is there: %s is not written beside it', (mine, ours, reason) => {
      const folder = emptyFolder();
      edit(folder, { [mine]: 'Mine.\n' });
      for (const flags of [[], ['--force'], ['--dry-run'], ['--json'], ['--check']]) {
        const { status, stderr } = create(folder, '--yes', ...flags);
        expect(status, flags.join(' ')).toBe(1);
        expect(stderr).toContain(`${mine} is there, and ${ours} would be written beside it.`);
        expect(stderr).toContain(reason);
        expect(stderr).toContain(`git mv ${mine} ${ours}`);
      }
      expect(readTree(folder).files).toEqual({ [mine]: 'Mine.\n' });
    });

    it('a readme.md is the project’s: ours goes to another folder', () => {
      const folder = emptyFolder();
      edit(folder, { 'readme.md': 'Mine.\n' });
      expect(create(folder, '--yes')).toMatchObject({ status: 0 });
      expect(readdirSync(folder)).not.toContain('README.md');
      expect(readTree(folder).files).toMatchObject({ 'readme.md': 'Mine.\n', 'minio/README.md': expect.any(String) });
    });

    it('a README that the user gave another spelling stays deleted under the old one', async () => {
      const folder = await earlier(emptyFolder());
      respell(folder, 'README.md', 'readme.md');
      expect(create(folder, '--yes')).toMatchObject({ status: 0 });
      expect(readdirSync(folder)).not.toContain('README.md');
    });

    it('a folder of another spelling with files of its own is none of ours', () => {
      const folder = emptyFolder();
      edit(folder, { 'Console/main.py': 'print()\n' });
      expect(create(folder, '--yes')).toMatchObject({ status: 0, stderr: expect.not.stringContaining('Console') });
    });
  },
);

describe('a folder whose name is given in another Unicode form', () => {
  it.each(['NFC', 'NFD'])('is the one that is there (in %s), and the run says so', (form) => {
    const folder = emptyFolder('médias'.normalize(form));
    const given = join(dirname(folder), basename(folder).normalize(form === 'NFC' ? 'NFD' : 'NFC'));
    expect(create(folder, '--yes')).toMatchObject({ status: 0, stderr: expect.not.stringContaining('Unicode') });
    const before = readTree(folder);
    const { status, stderr } = create(given, '--yes');
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(`The folder is there, in another Unicode form of its name: ${folder} is used.`),
    });
    expect(readdirSync(dirname(folder))).toEqual([basename(folder)]);
    expect(readTree(folder)).toEqual(before);
  });
});
