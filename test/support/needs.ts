import { existsSync, lstatSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestOptions } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What is missing, where a test is skipped. */
    missing?: string;
  }
}

/** Something that tests need, and that this machine may not have. */
export interface Need {
  what: string;
  isThere: boolean;
}

const onWindows = process.platform === 'win32';
const endings = onWindows ? ['.exe', '.cmd'] : [''];

/** A program on the PATH. */
export const program = (name: string): Need => ({
  what: name,
  isThere: (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => endings.some((ending) => existsSync(join(folder, name + ending)))),
});

export const root: Need = { what: 'root', isThere: process.getuid?.() === 0 };

/** What Unix has and Windows does not: "permissions". */
export const unix = (what: string): Need => ({ what: `Unix ${what}`, isThere: !onWindows });

/** Symbolic links: Windows lets only some users make them, and wine makes none without saying so. */
export function symbolicLinks(): Need {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-link-'));
  return { what: 'the right to make symbolic links', isThere: canLink(join(folder, 'link')) };
}

function canLink(path: string): boolean {
  try {
    symlinkSync('target', path);
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/**
 * Options for `describe` and `it` that skip tests where something is missing. Nothing else skips a test: skips.ts prints
 * the reasons from here.
 * @throws with STACK_TESTS=required, as in `.ci/run`: there every test has to run
 */
export function needs(...all: Need[]): TestOptions {
  const missing = all
    .filter(({ isThere }) => !isThere)
    .map(({ what }) => what)
    .join(' and ');
  if (missing === '') return {};
  if (process.env.STACK_TESTS === 'required')
    throw new Error(`with STACK_TESTS=required every test runs: needs ${missing}`);
  return { skip: true, meta: { missing } };
}

/**
 * The same for what nobody can install, a feature of the kernel for example: without it, the tests are skipped even with
 * STACK_TESTS=required.
 */
export const offers = (what: string, isThere: boolean): TestOptions =>
  isThere ? {} : { skip: true, meta: { missing: what } };
