import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Puts a text into a temporary file for as long as `use` takes. */
export function withTemporaryFile<Result>(
  name: string,
  text: string,
  use: (file: string, read: () => string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-'));
  const file = join(folder, name);
  try {
    writeFileSync(file, text);
    return use(file, () => readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
