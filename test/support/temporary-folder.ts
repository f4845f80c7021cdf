import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One temporary folder for all tests, gone afterwards: they make hundreds. Other users get into it, for `yo`. */
export default function setup(): () => void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'minio-stack-tests-')));
  chmodSync(folder, 0o755);
  process.env.TMPDIR = process.env.TEMP = process.env.TMP = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
