import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readTree } from '../support/generate.ts';
import { create } from './create.ts';
import { current, edit, generated, own, replaced } from './support.ts';

describe('what would lose data is refused', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await generated(current, { 'disk-size': '20' });
  });

  it.each<[string, () => void, string[], RegExp]>([
    [
      'a smaller disk',
      () => {},
      ['--disk-size', '10'],
      /--disk-size 10 would shrink the disk of 20 GB, which Render can't; give 20 or more/,
    ],
    [
      'a smaller disk than one grown by hand',
      () => edit(folder, { 'render.yaml': replaced('sizeGB: 20', 'sizeGB: 100') }),
      ['--disk-size', '50'],
      /shrink the disk of 100 GB/,
    ],
    [
      'another bucket',
      () => {},
      ['--bucket', 'other'],
      /--bucket was "my-storage" and would become "other"\. The objects stay in the old bucket.*mc mirror.*add --allow-rename/,
    ],
    [
      'another bucket, though the file has a third one',
      () => edit(folder, { 'render.yaml': replaced('"my-storage"', 'photos') }),
      ['--bucket', 'other'],
      /--bucket was "my-storage" and would become "other"/,
    ],
    ['another region', () => {}, ['--region', 'ohio'], /--region was "oregon".*Render can't move a service/],
    [
      'two at once',
      () => {},
      ['--server-name', 'a1', '--root-user', 'abc'],
      /--server-name was .*\n.*--root-user was /,
    ],
    [
      'another name, though the answers are lost',
      () => rmSync(join(folder, '.yo-rc.json')),
      ['--yes', '--server-name', 'files'],
      /--server-name was "minio-server"/,
    ],
  ])('%s', (_, prepare, flags, message) => {
    prepare();
    const before = readTree(folder);
    const { status, stderr } = create(folder, ...flags, '--force');
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(message) });
    expect(readTree(folder)).toEqual(before);
  });

  it('unless --allow-rename says that it is meant: edits go with the name', () => {
    edit(folder, {
      'render.yaml': replaced('plan: "starter"\n    dockerfilePath: ./minio', 'plan: pro\n    dockerfilePath: ./minio'),
    });
    expect(create(folder, '--server-name', 'files', '--allow-rename').status).toBe(0);
    expect(own(folder)['render.yaml']).toMatch(/name: "files"\n.*\n.*\n {4}plan: pro\n/);
    expect(create(folder, '--check').status).toBe(0);
  });

  it('even with --allow-rename a disk never shrinks', () => {
    expect(create(folder, '--disk-size', '10', '--allow-rename')).toMatchObject({ status: 1 });
  });

  it('a disk that grows is no loss', () => {
    expect(create(folder, '--disk-size', '40').status).toBe(0);
    expect(own(folder)['render.yaml']).toContain('sizeGB: 40');
  });
});
