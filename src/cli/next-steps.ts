import { isAbsolute, relative } from 'node:path';
import { isSurelyIgnored, secretsFile } from '../merge/gitignore-patterns.ts';
import { plain } from '../merge/text-style.ts';
import { contentsOf } from '../repository/files.ts';
import { isTracked } from '../repository/git-place.ts';
import type { Update } from '../update/update.ts';
import { isUnixShell, quoted } from './shell.ts';

/**
 * What to do with a repository that was just written, in a few lines. The indented ones are commands to paste: without
 * comments, which zsh takes for arguments, and without &&, which PowerShell 5 does not know. They never commit the file with
 * the secrets.
 * @param from the folder in which the person's shell is
 */
export async function nextSteps(update: Update, from: string): Promise<string[]> {
  const { folder, gitRoot, prefix } = update.repository;
  const isIgnored = ignoresSecrets(update);
  const path = relative(from, folder);
  return [
    // Only pushd goes to another drive in cmd and in PowerShell.
    ...(path ? [`  ${isAbsolute(path) ? 'pushd' : 'cd'} ${quoted(path)}`] : []),
    `  ${isUnixShell ? 'cp' : 'copy'} .env.example .env`,
    'Set its two secrets, and try it here: API on localhost:9000, console on :8080',
    '  docker compose up --build',
    ...(isIgnored
      ? []
      : [`.gitignore does not ignore ${secretsFile}, which holds your secrets: add ${secretsFile} to it.`]),
    ...(gitRoot !== undefined && (await isTracked(folder, secretsFile))
      ? [`Git tracks ${secretsFile}, which holds your secrets. Take it out:`, `  git rm --cached ${secretsFile}`]
      : []),
    'Commit it:',
    ...(gitRoot === undefined ? ['  git init'] : []),
    // In double quotes, which cmd needs; bash would take an exclamation mark in them for its history.
    isIgnored ? '  git add -A .' : `  git add -A . ":^${secretsFile}"`,
    '  git commit -m "Add MinIO stack"',
    'Push it to GitHub or GitLab, then deploy it (README.md has the steps):',
    '  https://render.com/deploy?repo=YOUR-REPOSITORY-URL',
    ...(prefix === ''
      ? []
      : [
          `This folder is ${prefix} of the repository in ${gitRoot ?? 'Git'}: paths in render.yaml start at its root.`,
          `Render looks for render.yaml at the root. Choose ${prefix}render.yaml as the Blueprint's path there.`,
          'GitHub reads .github only at the root: no file is written there, so run an update yourself now and then.',
        ]),
  ];
}

/** Whether the `.gitignore`, as the run has left it, makes Git ignore the secrets. */
function ignoresSecrets({ plan, seen }: Update): boolean {
  const planned = plan.find(({ path }) => path === '.gitignore');
  const file = seen.get('.gitignore');
  const contents = planned?.kind === 'write' ? planned.contents : file && contentsOf(file);
  return typeof contents === 'string' && isSurelyIgnored(secretsFile, plain(contents));
}
