import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../create-minio-stack/bin.js', import.meta.url));

/** A run of the bundle, without a terminal. */
export function create(folder: string, ...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, folder, ...flags], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}
