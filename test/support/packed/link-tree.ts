import { copyFileSync, linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies an installation, by hard links where the file system can: copying 13,000 files takes 10 seconds. Only what npm
 * rewrites in place is copied truly, so that the original stays as it is.
 */
export function linkTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const copy = join(to, entry.name);
    if (entry.isDirectory()) linkTree(source, copy);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), copy);
    else if (entry.name.endsWith('package-lock.json') || !linked(source, copy)) copyFileSync(source, copy);
  }
}

/** Whether it worked: not across file systems, nor for a file of another user. */
function linked(source: string, link: string): boolean {
  try {
    linkSync(source, link);
    return true;
  } catch {
    return false;
  }
}
