import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverImage } from '../../src/images.ts';
import { application } from '../../test/stack/clients/s3.ts';
import type { Engine } from '../../test/stack/render/engine.ts';
import type { Instance } from '../../test/stack/render/instance.ts';
import { type Stack, startStack } from '../../test/stack/render/stack.ts';
import { Figures, printTable } from './figures.ts';

const limits = [
  { name: 'no CPU limit', cpus: undefined },
  { name: '0.5 CPU (starter)', cpus: 0.5 },
];

/**
 * How long bucket and application user take after the start of a container, beside the bare server in the same image: until
 * the user has its policy, which is the server's last step, and until the entrypoint, whose client then has the server's
 * answer to decrypt, says that all is ready. On a restart there is nothing to do but to look.
 */
export async function benchStart(rounds = 7): Promise<void> {
  console.log(
    `\nFrom container start, median of ${rounds} interleaved rounds, in seconds; in brackets: more than the bare server`,
  );
  const rows = [];
  for (const { name, cpus } of limits) {
    const options = { only: 'nothing' as const, limits: { server: { cpus } } };
    const bare = await startStack({ ...options, change: bareServer });
    const ours = await startStack(options);
    const figures = new Figures();
    for (let round = 0; round < rounds; round++) {
      for (const kind of ['first start', 'restart']) {
        for (const { server } of kind === 'first start' ? [bare, ours] : []) await server.replaceDisk();
        const [healthy = 0] = await timed(bare, async (instance) => [await untilHealthy(instance)]);
        const [ready = 0, attached = 0] = await timed(ours, async (instance, engine) => [
          await untilReady(instance, engine),
          await policyAttached(instance, ours),
        ]);
        figures.add(`healthy ${kind}`, healthy);
        figures.add(`attached ${kind}`, attached);
        figures.add(`ready ${kind}`, ready);
      }
    }
    for (const kind of ['restart', 'first start']) {
      const [attached, ready] = ['attached', 'ready'].map((what) => {
        const over = figures.paired(`${what} ${kind}`, `healthy ${kind}`, (a, b) => a - b);
        return `${figures.median(`${what} ${kind}`).toFixed(2)} (${over.toFixed(2)})`;
      });
      const healthy = figures.median(`healthy ${kind}`).toFixed(2);
      rows.push([`${kind}, ${name}`, healthy, kind === 'first start' ? (attached ?? '') : '', ready ?? '']);
    }
    await bare.stop();
    await ours.stop();
  }
  printTable(['', 'bare server healthy', 'bucket private, policy attached', 'entrypoint says ready'], rows);
}

/** The same image with the server alone in it. */
function bareServer(folder: string): void {
  const command = ['server', '/data', '--address', ':9000', '--console-address', ':9090'];
  writeFileSync(join(folder, 'minio/Dockerfile'), `FROM ${serverImage}\nCMD ${JSON.stringify(command)}\n`);
}

/** Seconds from the container's start, as the engine has noted it, until the moments that `until` finds. */
async function timed(
  { server, engine }: Stack,
  until: (instance: Instance, engine: Engine) => Promise<number[]>,
): Promise<number[]> {
  const instance = await server.start();
  const moments = await until(instance, engine);
  const [{ State }] = JSON.parse(await engine.do(['inspect', instance.name]));
  await instance.stop(10);
  await instance.remove();
  return moments.map((moment) => (moment - Date.parse(State.StartedAt)) / 1000);
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

/** When the server stored the policy of the application user; asking it by requests would slow it down. */
async function policyAttached(instance: Instance, stack: Stack): Promise<number> {
  const file = `/data/.minio.sys/config/iam/policydb/users/${application(stack).accessKey}.json/xl.meta`;
  const { status, stdout } = await instance.exec(['stat', '--format=%.Y', file]);
  if (status !== 0) throw new Error(`the server has no ${file}`);
  return Number(stdout) * 1000;
}
