import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverImage } from '../../src/answers/images.ts';
import { type Stack, startStack } from '../../test/stack/stack.ts';
import { Figures, printTable } from './figures.ts';

const limits = [
  { name: 'no CPU limit', cpus: undefined },
  { name: '0.5 CPU (starter)', cpus: 0.5 },
];

/** What is measured, by name: a change of the generated repository. The first one is what the others are compared with. */
const subjects = (revision?: string): Record<string, ((folder: string) => void) | undefined> => ({
  'bare server': bareServer,
  'two starts': twoStarts,
  ...(revision ? { [revision]: (folder) => entrypointOf(revision, folder) } : {}),
  ours: undefined,
});

/**
 * How long a container takes from its start until its health check passes, with bucket and application user ready, beside
 * the bare server in the same image.
 * @param revision a Git revision whose entrypoint is measured as well
 */
export async function benchStart(rounds = 7, revision?: string): Promise<void> {
  console.log(`\nFrom container start to health, median of ${rounds} interleaved rounds, in seconds`);
  const names = Object.keys(subjects(revision));
  const rows = [];
  for (const { name, cpus } of limits) {
    const stacks: [string, Stack][] = [];
    for (const [subject, change] of Object.entries(subjects(revision))) {
      const stack = await startStack({ ...(change ? { change } : {}), only: 'nothing', limits: { server: { cpus } } });
      stacks.push([subject, stack]);
    }
    const figures = new Figures();
    for (let round = 0; round < rounds; round++) {
      for (const kind of ['first start', 'restart']) {
        for (const [subject, stack] of stacks) {
          if (kind === 'first start') await stack.server.replaceDisk();
          figures.add(`${subject} ${kind}`, await timed(stack, subject));
        }
      }
    }
    for (const kind of ['restart', 'first start']) {
      const seconds = names.map((subject) => figures.median(`${subject} ${kind}`).toFixed(2));
      const ratios = names
        .slice(1)
        .map((subject) => figures.paired(`${subject} ${kind}`, `bare server ${kind}`, (a, b) => a / b).toFixed(2));
      rows.push([`${kind}, ${name}`, ...seconds, ...ratios]);
    }
    for (const [, stack] of stacks) await stack.stop();
  }
  printTable(['', ...names, ...names.slice(1).map((subject) => `${subject}, ratio`)], rows);
}

/** The same image with the server alone in it. */
function bareServer(folder: string): void {
  const command = ['server', '/data', '--address', ':9000', '--console-address', ':9090'];
  writeFileSync(join(folder, 'minio/Dockerfile'), `FROM ${serverImage}\nCMD ${JSON.stringify(command)}\n`);
}

/** Our entrypoint without its checks and proofs: what it takes to start the server twice, the first time on 127.0.0.1. */
function twoStarts(folder: string): void {
  for (const script of ['minio-check.sh', 'minio-init.sh']) writeFileSync(join(folder, 'minio', script), '#!/bin/sh\n');
}

/** The Dockerfile and the scripts of an older revision. */
function entrypointOf(revision: string, folder: string): void {
  const templates = 'generators/app/templates/minio';
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname });
  for (const path of git('ls-tree', '--full-tree', '--name-only', revision, `${templates}/`).trim().split('\n')) {
    const text = git('show', `${revision}:${path}`).replace('<%- serverImage %>', serverImage);
    writeFileSync(join(folder, 'minio', basename(path)), text);
  }
}

/** Seconds from the container's start, as the engine has noted it, until it is healthy and what it is for is ready. */
async function timed({ server, engine }: Stack, subject: string): Promise<number> {
  const instance = await server.start();
  while ((await instance.health(9000, '/minio/health/live')) !== 200) await sleep(5);
  let moment = Date.now();
  if (subject !== 'bare server') {
    await instance.logged(/^minio-entrypoint: ready$/m);
    const { stdout, stderr } = await engine.try(['logs', '--timestamps', instance.name]);
    const [, ready = ''] = /^(\S+) .*minio-entrypoint: ready$/m.exec(stdout + stderr) ?? [];
    moment = Math.max(moment, Date.parse(ready));
  }
  const [{ State }] = JSON.parse(await engine.do(['inspect', instance.name]));
  await instance.stop(10);
  await instance.remove();
  return (moment - Date.parse(State.StartedAt)) / 1000;
}
