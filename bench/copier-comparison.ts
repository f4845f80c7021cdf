/**
 * What becomes of a user's edits in an update, here and with copier: `node bench/copier-comparison.ts` prints a table.
 * Both tools go from the frozen version 0.0.1 to the present one, in a git repository with the edit committed; copier's
 * templates are the same files.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Workplace } from '../test/support/packed/workplace.ts';
import { judge } from './copier/judge.ts';
import { type Scenario, scenarios } from './copier/scenarios.ts';
import { copierTemplate, findTools, git, start } from './copier/template.ts';

function edited(folder: string, { edits = {} }: Scenario): void {
  for (const [path, change] of Object.entries(edits)) {
    const place = join(folder, path);
    if (!change) rmSync(place);
    else {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, change(existsSync(place) ? readFileSync(place, 'utf8') : ''));
    }
  }
}

function prepared(from: string, scenario: Scenario, folder: string): string {
  cpSync(from, folder, { recursive: true });
  if (scenario.surroundings !== 'no git') {
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'Generated');
  }
  edited(folder, scenario);
  if (!scenario.surroundings) {
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'Edit', '--allow-empty');
  }
  return folder;
}

async function compare(): Promise<void> {
  const workplace = new Workplace();
  const work = workplace.emptyFolder();
  const tools = await findTools(workplace);
  const template = await copierTemplate(work, tools);
  const copied = join(work, 'copied', 'my-storage');
  start([...tools.copier, 'copy', '--defaults', '--quiet', '--vcs-ref', 'v1', template, copied], work);
  const counts = new Map<string, number>();
  console.log('| edit | create-minio-stack | copier update |\n| --- | --- | --- |');
  for (const [index, [name, scenario]] of Object.entries(scenarios).entries()) {
    const ours = prepared(join(work, 'v1', 'my-storage'), scenario, join(work, `ours-${index}`, 'my-storage'));
    const rename = scenario.rename ? ['--server-name', 'files', '--allow-rename'] : [];
    const outcome = start([process.execPath, tools.bin, ours, '--on-conflict', 'markers', ...rename], work);
    const theirs = prepared(copied, scenario, join(work, `copier-${index}`, 'my-storage'));
    const data = scenario.rename ? ['--data', 'server_name=files'] : [];
    const flags = ['update', '--defaults', '--quiet', '--conflict', 'inline', '--vcs-ref', 'v2', ...data];
    const results = [
      judge(ours, scenario, outcome),
      judge(theirs, scenario, start([...tools.copier, ...flags], theirs)),
    ];
    console.log(`| ${name} | ${results.join(' | ')} |`);
    for (const [tool, result] of results.entries()) {
      const key = `${tool === 0 ? 'create-minio-stack' : 'copier'}: ${result.replaceAll('*', '')}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const summary = [...counts].sort().map(([result, count]) => `${result} ${count}`);
  console.log(`\n${summary.join(', ')}`);
  workplace.remove();
}

await compare();
