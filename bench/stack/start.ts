import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverImage } from '../../src/answers/images.ts';
import type { Engine } from '../../test/render-simulator/engine.ts';
import type { Instance } from '../../test/render-simulator/instance.ts';
import { type Stack, startStack } from '../../test/stack/stack.ts';
import { Figures, printTable } from './figures.ts';

const limits = [
  { name: 'no CPU limit', cpus: undefined },
  { name: '0.5 CPU (starter)', cpus: 0.5 },
];

/** How long bucket and application user take after the start of a container, beside the bare server in the same image. */
export async function benchStart(rounds = 7): Promise<void> {
  console.log(`\nFrom container start, median of ${rounds} interleaved rounds, in seconds`);
  const rows = [];
  for (const { name, cpus } of limits) {
    const options = { only: 'nothing' as const, limits: { server: { cpus } } };
    const bare = await startStack({ ...options, change: bareServer });
    const ours = await startStack(options);
    const figures = new Figures();
    for (let round = 0; round < rounds; round++) {
      for (const kind of ['first start', 'restart']) {
        for (const { server } of kind === 'first start' ? [bare, ours] : []) await server.replaceDisk();
        figures.add(`bare ${kind}`, await timed(bare, untilHealthy));
        figures.add(`ours ${kind}`, await timed(ours, untilReady));
      }
    }
    for (const kind of ['restart', 'first start']) {
      const over = figures.paired(`ours ${kind}`, `bare ${kind}`, (a, b) => a - b);
      const [healthy, ready] = ['bare', 'ours'].map((who) => figures.median(`${who} ${kind}`).toFixed(2));
      rows.push([`${kind}, ${name}`, healthy ?? '', ready ?? '', over.toFixed(2)]);
    }
    await bare.stop();
    await ours.stop();
  }
  printTable(['', 'bare server healthy', 'bucket private, user ready', 'difference'], rows);
}

/** The same image with the server alone in it. */
function bareServer(folder: string): void {
  const command = ['server', '/data', '--address', ':9000', '--console-address', ':9090'];
  writeFileSync(join(folder, 'minio/Dockerfile'), `FROM ${serverImage}\nCMD ${JSON.stringify(command)}\n`);
}

/** Seconds from the container's start, as the engine has noted it, until the moment that `until` finds. */
async function timed({ server, engine }: Stack, until: (instance: Instance, engine: Engine) => Promise<number>) {
  const instance = await server.start();
  const moment = await until(instance, engine);
  const [{ State }] = JSON.parse(await engine.do(['inspect', instance.name]));
  await instance.stop(10);
  await instance.remove();
  return (moment - Date.parse(State.StartedAt)) / 1000;
}

async function untilHealthy(instance: Instance): Promise<number> {
  while ((await instance.health(9000, '/minio/health/live')) !== 200) await sleep(5);
  return Date.now();
}

async function untilReady(instance: Instance, engine: Engine): Promise<number> {
  await instance.logged(/^minio-entrypoint: ready$/m);
  const { stdout, stderr } = await engine.try(['logs', '--timestamps', instance.name]);
  const [, moment = ''] = /^(\S+) .*minio-entrypoint: ready$/m.exec(stdout + stderr) ?? [];
  return Date.parse(moment);
}
