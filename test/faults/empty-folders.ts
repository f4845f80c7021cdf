import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folders below a folder that hold nothing. git does not see them, and people wonder where they come from. */
export function emptyFolders(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readdirSync(path).length === 0)
    .map((path) => path.slice(folder.length + 1));
}
