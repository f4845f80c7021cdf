import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What takes minutes to make is kept here, outside the checkout. Deleting it costs those minutes and nothing else. */
export const cacheFolder = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'generator-minio-stack',
  'stack',
);

/** A short name for everything that something is made from: another recipe is another name, never a stale copy. */
export function recipeOf(...ingredients: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 12);
}

/**
 * The path of something in the cache. Where it is missing, `make` makes it at the path that it is given, and it is
 * moved to its place once it is whole, so that an interrupted run leaves nothing that looks finished.
 */
export async function cached(
  name: string,
  recipe: string,
  make: (path: string) => Promise<void>,
  log: (text: string) => void = () => {},
): Promise<string> {
  const path = join(cacheFolder, `${name}-${recipe}`);
  if (existsSync(path)) return path;
  log(`making ${name}, which is not in ${cacheFolder}`);
  const unfinished = join(cacheFolder, `.${name}-${randomUUID()}`);
  mkdirSync(cacheFolder, { recursive: true });
  try {
    await make(unfinished);
    // Another process may have been faster; then its copy is as good.
    if (!existsSync(path)) renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return path;
}
