import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { emptyFolder, readTree } from '../support/generate.ts';
import { create } from '../update/create.ts';

/** A copy of a folder of test/data/move-in, or of these texts, in which the bundle can run. */
export function copyOf(repository: string | Record<string, string>): string {
  const folder = emptyFolder();
  mkdirSync(folder);
  if (typeof repository === 'string') {
    cpSync(join(import.meta.dirname, '../data/move-in', repository), folder, { recursive: true });
    return folder;
  }
  for (const [path, text] of Object.entries(repository)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Moves into a repository without asking, and says what came of it. */
export function moveIn(repository: string | Record<string, string>, ...flags: string[]) {
  const folder = copyOf(repository);
  const before = readTree(folder).files;
  const run = create(folder, '--yes', ...flags);
  const after = readTree(folder).files;
  const changed = Object.keys(after).filter((path) => path in before && after[path] !== before[path]);
  const created = Object.keys(after).filter((path) => !(path in before));
  return { ...run, folder, before, after, changed, created };
}

/** The lines that are in one text and not in the other, each side in its order. */
export function lineDifference(before = '', after = ''): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
}

/** What `.yo-rc.json` remembers. */
export const remembered = (files: Record<string, string>) =>
  JSON.parse(files['.yo-rc.json'] ?? '{}')['generator-minio-stack'];
