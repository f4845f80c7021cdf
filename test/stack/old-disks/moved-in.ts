import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { emptyFolder, generate } from '../../support/generate.ts';

/** Writes a repository into a new folder. */
export function writeRepository(files: Record<string, string>): string {
  const folder = emptyFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The repository after our stack has moved into it, or after its image was repaired. */
export async function movedIn(files: Record<string, string>, moveIn: 'stack' | 'repair' = 'stack'): Promise<string> {
  const folder = writeRepository(files);
  await generate(folder, { options: { yes: true, moveIn, ...(moveIn === 'stack' ? { bucket: 'media' } : {}) } });
  return folder;
}
