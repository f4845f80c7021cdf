/**
 * How long a whole run takes, as a process, beside other tools: `npm run bench [rounds]`. The commands run in turn,
 * round by round, so that a machine whose speed drifts slows all of them; what counts is the median and its ratio.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { environment } from '../test/support/packed/program.ts';
import { Workplace } from '../test/support/packed/workplace.ts';
import { type Subject, subjects } from './subjects.ts';

const rounds = Number(process.argv[2] ?? 15);
const workplace = new Workplace();
const folder = workplace.emptyFolder();
const env = environment({ env: workplace.env });
const compared = await subjects(workplace);
const times = new Map(compared.map(({ name }) => [name, [] as number[]]));

// The first round warms the disk's cache up and is not counted.
for (let round = 0; round <= rounds; round++) {
  for (const subject of compared) {
    const milliseconds = run(subject);
    if (round > 0) times.get(subject.name)?.push(milliseconds);
  }
}
workplace.remove();

const [bare = 1] = [...times.values()].map(median);
console.log(`\nmedian of ${rounds} interleaved rounds, Node ${process.versions.node}\n`);
console.log('| command | ms | × bare node |\n| --- | --: | --: |');
for (const [name, each] of times)
  console.log(`| ${name} | ${median(each).toFixed(0)} | ${(median(each) / bare).toFixed(1)} |`);

function run({ name, command: [program = '', ...args] }: Subject): number {
  rmSync(join(folder, 'out'), { recursive: true, force: true });
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', env });
  const milliseconds = performance.now() - start;
  if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
  return milliseconds;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
