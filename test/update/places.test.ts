import { describe, expect, it } from 'vitest';
import { offers } from '../support/needs.ts';
import { create } from './create.ts';

const onWindows = offers('Windows', process.platform === 'win32');

describe('a folder on a drive or a share that is not there', onWindows, () => {
  it.each([
    ['Q:\\my-storage', 'Q:\\'],
    ['Q:\\a\\b\\my-storage', 'Q:\\'],
    ['q:my-storage', 'q:\\'],
    ['\\\\host.invalid\\share\\my-storage', '\\\\host.invalid\\share\\'],
  ])('is refused, and the drive or share is named: %s', (folder, root) => {
    for (const flags of [['--yes'], ['--dry-run', '--yes'], ['--check']])
      expect(create(folder, ...flags)).toEqual({
        status: 1,
        stdout: '',
        stderr: `create-minio-stack: There is no drive or share ${root}; name another directory\n`,
      });
  });
});
