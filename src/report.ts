import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { Action, PlannedFile } from './plan.ts';

const look: Record<Action, { word: string; style: Parameters<typeof styleText>[0] }> = {
  create: { word: 'create', style: 'green' },
  overwrite: { word: 'overwrite', style: 'yellow' },
  identical: { word: 'identical', style: 'dim' },
  conflict: { word: 'keep', style: 'cyan' },
};

/** What happened to each file, one a line. */
export function report(files: PlannedFile[]): string {
  return files
    .map(({ path, action }) => `${coloured(look[action].style, look[action].word.padStart(9))} ${path}`)
    .join('\n');
}

/**
 * What to do with a repository that was just written, in a few lines.
 * @param folder where it is
 * @param from the folder in which the person's shell is
 */
export function nextSteps(folder: string, from: string): string {
  const path = relative(from, folder);
  return [
    '',
    coloured('bold', 'Next:'),
    ...(path ? [`  cd ${/^[\w./\\-]+$/.test(path) ? path : JSON.stringify(path)}`] : []),
    '  cp .env.example .env    # set its two secrets, then try it here:',
    '  docker compose up       # API on localhost:9000, console on localhost:8080',
    '  git init && git add -A && git commit -m "Add MinIO stack"',
    'Push it to GitHub or GitLab, then deploy it (README.md has the four steps):',
    '  https://render.com/deploy?repo=YOUR-REPOSITORY-URL',
  ].join('\n');
}

/** Colours only on a terminal and not under NO_COLOR; everything that is logged goes to standard error, as Yeoman does. */
const coloured = (style: Parameters<typeof styleText>[0], text: string) =>
  styleText(style, text, { stream: process.stderr });
