/**
 * How long an update takes, as a process, beside a first run and `copier update` on the same edits; and what a
 * thousand of them in one process take: `node bench/update.ts [rounds]`. The commands run in turn, round by round,
 * so that a machine whose speed drifts slows all of them; what counts is the median and its ratio.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Workplace } from '../test/support/packed/workplace.ts';
import { writeFrozen } from '../test/update/repository.ts';
import { copierTemplate, findTools, git, start } from './copier/template.ts';

/** A command, and the folder that it finds; a copy of it is made before each run, and not measured. */
interface Subject {
  name: string;
  command: string[];
  repository?: string;
}

const repositories = 1000;
const conf = 'console/minio-console.conf.template';

/** Edits in four files that a newer version has changed as well, so that each of them is merged. */
function edit(folder: string): void {
  const change = (path: string, by: (text: string) => string) =>
    writeFileSync(join(folder, path), by(readFileSync(join(folder, path), 'utf8')));
  change('README.md', (text) => `${text}\n## Who to call\n\nJo, extension 12.\n`);
  change('render.yaml', (text) => text.replace('sizeGB: 10', 'sizeGB: 50'));
  change(conf, (text) => text.replace('client_max_body_size 0;', 'client_max_body_size 5g;'));
  change('minio/Dockerfile', (text) => `${text}\nRUN id\n`);
}

async function subjects(workplace: Workplace): Promise<Subject[]> {
  const work = workplace.emptyFolder();
  const tools = await findTools(workplace);
  const template = await copierTemplate(work, tools);
  const { copier, bin } = tools;
  const [older, newer, copied] = ['v1', 'v2', 'copied'].map((name) => join(work, name, 'my-storage')) as [
    string,
    string,
    string,
  ];
  start([...copier, 'copy', '--defaults', '--quiet', '--vcs-ref', 'v1', template, copied], work);
  for (const folder of [older, copied]) edit(folder);
  git(copied, 'init', '--quiet');
  git(copied, 'add', '--all');
  git(copied, 'commit', '--quiet', '--message', 'Edited');
  const create = [process.execPath, bin, 'out'];
  return [
    { name: 'a first run', command: [...create, '--yes'] },
    { name: 'nothing to do', command: create, repository: newer },
    { name: 'an update with four merges', command: create, repository: older },
    { name: 'a check that finds it', command: [...create, '--check'], repository: older },
    {
      name: 'copier update, the same edits',
      command: [...copier, 'update', '--defaults', '--quiet', '--vcs-ref', 'v2', 'out'],
      repository: copied,
    },
  ];
}

function measure({ name, command: [program = '', ...args], repository }: Subject, folder: string): number {
  rmSync(join(folder, 'out'), { recursive: true, force: true });
  if (repository) cpSync(repository, join(folder, 'out'), { recursive: true });
  const before = performance.now();
  const { status, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  const milliseconds = performance.now() - before;
  if (status !== 0 && !(status === 2 && args.includes('--check'))) throw new Error(`${name} failed:\n${stderr}`);
  return milliseconds;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function processes(rounds: number): Promise<void> {
  const workplace = new Workplace();
  const compared = await subjects(workplace);
  const folder = workplace.emptyFolder();
  const times = new Map(compared.map(({ name }) => [name, [] as number[]]));
  // The first round warms the disk's cache up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const subject of compared) {
      const milliseconds = measure(subject, folder);
      if (round > 0) times.get(subject.name)?.push(milliseconds);
    }
  }
  const [first = 1] = [...times.values()].map(median);
  console.log(`median of ${rounds} interleaved rounds, Node ${process.versions.node}\n`);
  console.log('| run | ms | × a first run |\n| --- | --: | --: |');
  for (const [name, each] of times)
    console.log(`| ${name} | ${median(each).toFixed(0)} | ${(median(each) / first).toFixed(2)} |`);
  workplace.remove();
}

/** Updates a thousand repositories in this process, with the bundle, and prints time and memory for each hundred. */
async function manyAtOnce(): Promise<void> {
  const workplace = new Workplace();
  const work = workplace.emptyFolder();
  const older = join(work, 'older', 'my-storage');
  await writeFrozen(older, '0.0.1');
  edit(older);
  for (let index = 0; index < repositories; index++)
    cpSync(older, join(work, `${index}`, 'my-storage'), { recursive: true });
  const bundle = '../create-minio-stack/dist/main.js';
  const { main } = (await import(bundle)) as { main(argv: string[]): Promise<void> };
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  mute();
  console.log(
    `\n${repositories} repositories updated in one process\n\n| | ms each | heap after, MB |\n| --- | --: | --: |`,
  );
  for (let first = 0; first < repositories; first += 100) {
    const before = performance.now();
    for (let index = first; index < first + 100; index++) await main([join(work, `${index}`, 'my-storage')]);
    const each = (performance.now() - before) / 100;
    if (process.exitCode) throw new Error(`a run ended with ${process.exitCode}`);
    collect();
    console.log(
      `| ${first + 1} to ${first + 100} | ${each.toFixed(1)} | ${(process.memoryUsage().heapUsed / 2 ** 20).toFixed(1)} |`,
    );
  }
  workplace.remove();
}

/** From here on, what a run says goes nowhere. */
function mute(): void {
  closeSync(2);
  openSync(devNull, 'w');
}

await processes(Number(process.argv[2] ?? 15));
await manyAtOnce();
