import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { styleText } from 'node:util';
import { renderedChanges } from '../update/changelog.ts';
import type { Action, PlannedFile } from '../update/plan.ts';
import type { Update } from '../update/update.ts';
import { planDocument } from './plan-document.ts';

/** How a run was: what it was asked for, and what it did. */
export interface Run {
  dryRun: boolean;
  json: boolean;
  written: boolean;
  /** The folder in which the person's shell is. */
  from: string;
}

/**
 * Says what a run did, or would do: to a person, or with `--json` to a program on standard output.
 * @param changelog the path of this generator's changelog
 * @param log prints for a person
 */
export async function conclude(
  update: Update,
  run: Run,
  changelog: string,
  log: (text: string) => void,
): Promise<void> {
  const { plan, repository, distrusted } = update;
  const { folder, version, state } = repository;
  if (repository.completed) log('An earlier run was interrupted, and has been completed first.');
  if (run.json) {
    const document = planDocument(plan, {
      version,
      previousVersion: state.version,
      directory: folder,
      written: run.written,
    });
    console.log(JSON.stringify(document, null, 2));
    return;
  }
  if (distrusted.length > 0) log(`Changed in .minio-stack, and not believed: ${distrusted.join(', ')}`);
  if (run.dryRun) await showDifferences(update, log);
  log(report(plan));
  if (!run.written) return;
  if (state.version === undefined) log(nextSteps(folder, run.from));
  else if (state.version !== version && existsSync(changelog)) {
    const changes = renderedChanges(readFileSync(changelog, 'utf8'), state.version, version);
    if (changes.length > 0) log(whatIsNew(state.version, version, changes));
  }
}

async function showDifferences({ plan, seen }: Update, log: (text: string) => void): Promise<void> {
  const { difference } = await import('./difference.ts');
  for (const { path, action, result, conflict } of plan) {
    const mine = seen.get(path)?.text ?? '';
    if (result !== undefined || action === 'delete') log(difference(path, mine, result ?? ''));
    else if (conflict) log(difference(path, conflict.mine, conflict.theirs));
  }
}

/** How an action looks in a list, and what it is called in the closing line. */
const look: Record<Action, { style: Parameters<typeof styleText>[0]; counted: string }> = {
  create: { style: 'green', counted: 'created' },
  update: { style: 'green', counted: 'updated' },
  merge: { style: 'cyan', counted: 'merged' },
  overwrite: { style: 'yellow', counted: 'overwritten' },
  delete: { style: 'yellow', counted: 'deleted' },
  move: { style: 'cyan', counted: 'moved' },
  keep: { style: 'cyan', counted: 'kept' },
  adopt: { style: 'dim', counted: 'unchanged' },
  identical: { style: 'dim', counted: 'unchanged' },
  'stay deleted': { style: 'dim', counted: 'left deleted' },
  mark: { style: 'red', counted: 'with conflict markers' },
  conflict: { style: 'red', counted: 'in conflict' },
};

/** What happens to each file, one a line, and a closing line that counts them. */
function report(files: PlannedFile[]): string {
  const width = Math.max(...files.map(({ action }) => action.length));
  const said = (reason: string) => (['new', 'as rendered'].includes(reason) ? '' : coloured('dim', `  (${reason})`));
  const lines = files.map(
    ({ path, action, reason }) => `${coloured(look[action].style, action.padStart(width))} ${path}${said(reason)}`,
  );
  const counts = new Map<string, number>();
  for (const { action } of files) counts.set(look[action].counted, (counts.get(look[action].counted) ?? 0) + 1);
  const closing = [...counts].map(([counted, count]) => `${count} ${counted}`).join(', ');
  return [...lines, coloured('bold', closing)].join('\n');
}

/**
 * What to do with a repository that was just written, in a few lines.
 * @param folder where it is
 * @param from the folder in which the person's shell is
 */
function nextSteps(folder: string, from: string): string {
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

/** What a person reads after an update: what is new in the repository since the version that wrote it. */
function whatIsNew(from: string, to: string, changes: string[]): string {
  return ['', coloured('bold', `New in the rendered repository, from ${from} to ${to}:`), ...changes].join('\n');
}

/** Colours only on a terminal and not under NO_COLOR; everything that is logged goes to standard error, as Yeoman does. */
const coloured = (style: Parameters<typeof styleText>[0], text: string) =>
  styleText(style, text, { stream: process.stderr });
