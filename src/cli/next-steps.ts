import { isAbsolute, relative } from 'node:path';
import { isSurelyIgnored, secretsFile } from '../merge/gitignore-patterns.ts';
import { plain } from '../merge/text-style.ts';
import { contentsOf } from '../repository/files.ts';
import { isTracked } from '../repository/git-place.ts';
import { placeOf } from '../update/layout.ts';
import type { Update } from '../update/update.ts';
import { isUnixShell, quoted } from './shell.ts';

/**
 * What to do with a repository that was just written, in a few lines. The indented ones are commands to paste: without
 * comments, which zsh takes for arguments, and without &&, which PowerShell 5 does not know. They never commit the file with
 * the secrets.
 * @param from the folder in which the person's shell is
 * @param isBeside whether our services came beside others in a Blueprint
 */
export async function nextSteps(update: Update, from: string, isBeside = false): Promise<string[]> {
  const { folder, gitRoot, prefix, state } = update.repository;
  const { layout } = state;
  const isIgnored = ignoresSecrets(update);
  const path = relative(from, folder);
  return [
    // Only pushd goes to another drive in cmd and in PowerShell.
    ...(path ? [`  ${isAbsolute(path) ? 'pushd' : 'cd'} ${quoted(path)}`] : []),
    ...(placeOf(layout, 'compose.yaml') === undefined
      ? []
      : [
          `  ${isUnixShell ? 'cp' : 'copy'} .env.example .env`,
          'Set its two secrets, and try it here: API on localhost:9000, console on :8080',
          '  docker compose up --build',
        ]),
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
    ...(isBeside ? besideOthers(update) : deploying(placeOf(layout, 'README.md'))),
    ...(prefix === ''
      ? []
      : [
          `This folder is ${prefix} of the repository in ${gitRoot ?? 'Git'}: paths in render.yaml start at its root.`,
          `Render looks for render.yaml at the root. Choose ${prefix}render.yaml as the Blueprint's path there.`,
          'GitHub reads .github only at the root: no file is written there, so run an update yourself now and then.',
        ]),
  ];
}

const deploying = (readme = 'README.md') => [
  `Push it to GitHub or GitLab, then deploy it (${readme} has the steps):`,
  '  https://render.com/deploy?repo=YOUR-REPOSITORY-URL',
];

/** Render asks for a `sync: false` variable when a Blueprint is created, and never later. */
function besideOthers({ answers, repository }: Update): string[] {
  const readme = placeOf(repository.state.layout, 'README.md') ?? 'README.md';
  const asked =
    answers.rootPassword === 'prompt'
      ? [
          'It does not ask for the root password then: make one of 30 random characters, and set MINIO_ROOT_PASSWORD in the',
          `Dashboard under ${answers.serverName} > Environment.`,
        ]
      : [];
  return [
    `Push it: where Render has this Blueprint already, it makes both services (${readme} has the rest).`,
    ...asked,
  ];
}

/** Whether the `.gitignore`, as the run has left it, makes Git ignore the secrets. */
function ignoresSecrets({ plan, seen }: Update): boolean {
  const planned = plan.find(({ path }) => path === '.gitignore');
  const file = seen.get('.gitignore');
  const contents = planned?.kind === 'write' ? planned.contents : file && contentsOf(file);
  return typeof contents === 'string' && isSurelyIgnored(secretsFile, plain(contents));
}
