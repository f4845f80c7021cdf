import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { YeomanTest } from 'yeoman-test';
import Generator from '../../generators/app/index.ts';

const resolved = fileURLToPath(new URL('../../generators/app/index.ts', import.meta.url));

/** A repository on the disk: text by path, and which files are executable. */
export interface Tree {
  files: Record<string, string>;
  executable: string[];
}

export interface Run {
  /** Generator options as `yo` would hand them over. */
  options?: Record<string, unknown>;
  /** Answers typed at the prompts; giving any means that there is a terminal. */
  answers?: Record<string, unknown>;
  /** Called with each question that is asked. */
  onPrompt?: (name: string) => void;
}

/** Runs the generator as `yo minio-stack FOLDER` would in the folder above it. */
export async function generate(folder: string, { options = {}, answers, onPrompt }: Run): Promise<void> {
  await onTerminal(answers !== undefined, async () => {
    const context = new YeomanTest()
      .create(Generator, {
        resolved,
        namespace: 'minio-stack:app',
        cwd: dirname(folder),
        tmpdir: false,
        autoCleanup: false,
      })
      .withArguments([basename(folder)])
      // yeoman-test would force every file.
      .withOptions({ ...options, force: options.force === true } as object)
      .withAnswers(answers ?? {}, {
        throwOnMissingAnswer: true,
        callback: (answer, { question }) => {
          onPrompt?.(question.name as string);
          return answer;
        },
      });
    await context.run();
  });
}

/** Does something with a person at a terminal, or without. In CI there would be nobody. */
export async function onTerminal(isThere: boolean, work: () => Promise<void>): Promise<void> {
  const { isTTY } = process.stdin;
  const { CI } = process.env;
  process.stdin.isTTY = isThere;
  if (isThere) delete process.env.CI;
  try {
    await work();
  } finally {
    process.stdin.isTTY = isTTY;
    if (CI !== undefined) process.env.CI = CI;
  }
}

/** An empty folder of a fixed name, from which the default bucket is made, somewhere in the system's temporary folder. */
export function emptyFolder(name = 'my-storage'): string {
  return join(mkdtempSync(join(tmpdir(), 'minio-stack-')), name);
}

/** What a repository remembers of its last run: the base of the next merge. */
export const isMemory = (path: string): boolean => path.startsWith('.minio-stack/');

/** What is on the disk below the folder. */
export function readTree(folder: string): Tree {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .sort();
  return {
    files: Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
    executable: paths.filter((path) => statSync(join(folder, path)).mode & 0o100),
  };
}
