import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { YeomanTest } from 'yeoman-test';
import Generator from '../../generators/app/index.ts';
import type { Answers } from '../../src/answers/questions.ts';
import { resolveAnswers } from '../../src/answers/resolve-answers.ts';
import { type MergedFile, mergeFile } from '../../src/merge/merge-file.ts';
import { generateFiles } from '../../src/templates/generate-files.ts';
import { emptyFolder, isMemory, onTerminal, type Run, readTree } from '../support/generate.ts';
import { templatesIn } from '../support/templates.ts';

/** Earlier states of the generator, oldest first, and the one in this checkout. Each is a folder with `templates`. */
export const frozen = ['0.0.1', '0.0.2', '0.0.3'] as const;
export const current = fileURLToPath(new URL('../../generators/app', import.meta.url));
/** What the present version calls itself. */
export const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
export const versionFolder = (version: string): string =>
  version === 'current' ? current : fileURLToPath(new URL(`../data/versions/${version}`, import.meta.url));

/** Where an update starts whose words do not matter: a frozen version, so that no test changes with the templates. */
export const settled = versionFolder('0.0.3');

/** Edits by path: a new text, what to make of the old one, or undefined to remove the file. */
export type Edits = Record<string, string | ((text: string) => string) | undefined>;

/** A version later than the settled one: its templates with edits. Returns its folder. */
export function laterVersion(edits: Edits, version = '0.0.4', from = settled): string {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-version-'));
  cpSync(join(from, 'templates'), join(folder, 'templates'), { recursive: true });
  edit(join(folder, 'templates'), edits);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'generator-minio-stack', version }));
  return folder;
}

/** Makes edits below a folder, as a person would: the whole file is written again. */
export function edit(folder: string, edits: Edits): void {
  for (const [path, change] of Object.entries(edits)) {
    const place = join(folder, path);
    if (change === undefined) {
      rmSync(place, { recursive: true });
      continue;
    }
    const text = typeof change === 'string' ? change : change(readFileSync(place, 'utf8'));
    if (typeof change !== 'string' && text === readFileSync(place, 'utf8')) throw new Error(`no edit of ${path}`);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
}

/** Replaces the one place where a text stands. */
export const replaced =
  (before: string, after: string) =>
  (text: string): string => {
    if (text.split(before).length !== 2) throw new Error(`${JSON.stringify(before)} must stand there once`);
    return text.replace(before, () => after);
  };

/** Runs a version of the generator as `yo minio-stack FOLDER` would in the folder above it. */
export async function run(version: string, folder: string, { options = {}, answers, onPrompt }: Run = {}) {
  await onTerminal(answers !== undefined, async () => {
    await new YeomanTest()
      .create(Generator, {
        resolved: join(version, 'index.ts'),
        namespace: 'minio-stack:app',
        cwd: dirname(folder),
        tmpdir: false,
        autoCleanup: false,
      })
      .withArguments([basename(folder)])
      .withOptions({ yes: answers === undefined, ...options, force: options.force === true } as object)
      .withAnswers(answers ?? {}, {
        throwOnMissingAnswer: true,
        callback: (answer, { question }) => {
          onPrompt?.(question.name as string);
          return answer;
        },
      })
      .run();
  });
}

/** A new repository of a version; returns its folder. */
export async function generated(version: string, options: Record<string, unknown> = {}): Promise<string> {
  const folder = emptyFolder();
  await run(version, folder, { options });
  return folder;
}

/** What the repository holds apart from git's and the generator's own files: text by path. */
export const own = (folder: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(readTree(folder).files).filter(
      ([path]) => !isMemory(path) && path !== '.yo-rc.json' && !path.startsWith('.git/'),
    ),
  );

/** What is remembered of the answers. */
export const stored = (folder: string) =>
  JSON.parse(readFileSync(join(folder, '.yo-rc.json'), 'utf8'))['generator-minio-stack'];

/** The texts of a version's files. */
export function texts(version: string, flags: Partial<Record<keyof Answers, unknown>> = {}): Record<string, string> {
  const answers = resolveAnswers({ prompted: {}, flags, edited: {}, stored: {}, folder: '/srv/my-storage' });
  const files = generateFiles(answers, templatesIn(join(versionFolder(version), 'templates')));
  return Object.fromEntries([...files].map(([path, { contents }]) => [path, contents]));
}

export const labels = { mine: 'mine (your file)', theirs: 'theirs (generator-minio-stack 0.0.4)' };

/** Merges one file as the generator does. */
export const merge = (
  path: string,
  sides: { base: string | undefined; mine: string; theirs: string },
  newName = (name: string) => name,
): MergedFile => mergeFile(path, sides, { labels, newName });
