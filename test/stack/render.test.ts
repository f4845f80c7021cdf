import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { consoleImage } from '../../src/answers/images.ts';
import { limitsOf } from '../render-simulator/blueprint.ts';
import { type Engine, findEngine } from '../render-simulator/engine.ts';
import { openBlueprint } from '../render-simulator/render.ts';
import { DeployFailed } from '../render-simulator/service.ts';
import { http } from './clients/http.ts';
import { replacements } from './images/images.ts';
import { describeStack, sharedStack } from './layer.ts';
import { startStack } from './stack.ts';

describe('the plan of a service', () => {
  test.each([
    ['free', 512, 0.1],
    ['starter', 512, 0.5],
    ['standard', 2048, 1],
    ['0.5c-512mb', 512, 0.5],
    ['4c-16g', 16384, 4],
  ])('%s has its limits', (plan, megabytes, cpus) => {
    expect(limitsOf(plan)).toEqual({ megabytes, cpus });
  });
});

describeStack('the simulator of Render', () => {
  test('runs any Blueprint, here a page of nginx', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'minio-stack-page-'));
    writeFileSync(join(folder, 'render.yaml'), page);
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${consoleImage}\nCOPY page.conf /etc/nginx/conf.d/default.conf\n`);
    writeFileSync(join(folder, 'page.conf'), 'server { listen 10000; return 200 "any page"; }\n');
    const engine = (await findEngine()) as Engine;
    const { services, certificate, stop } = await openBlueprint(engine, folder, {
      replacements: await replacements(engine),
    });
    try {
      expect(services.map(({ spec }) => spec.name)).toEqual(['page']);
      for (const service of services) {
        await service.build();
        await service.deploy();
        expect(String((await http({ certificate }, service.url)).body)).toBe('any page');
      }
    } finally {
      await stop();
      rmSync(folder, { recursive: true });
    }
  });

  test('refuses a Blueprint that Render would refuse', async () => {
    const change = (folder: string) => {
      const path = join(folder, 'render.yaml');
      writeFileSync(path, readFileSync(path, 'utf8').replace('minio-console', 'minio-server'));
    };
    await expect(startStack({ change })).rejects.toThrow('Render would refuse render.yaml:\ntwo services are called');
  });
});

const page = `services:
  - type: web
    name: page
    runtime: docker
    plan: starter
    dockerfilePath: ./Dockerfile
    dockerContext: "."
    healthCheckPath: /
    envVars:
      - key: PORT
        value: "10000"
`;

describeStack('the simulator of Render, with our two services', () => {
  const shared = sharedStack();

  test('gives each service what Render does, and what render.yaml says', () => {
    const { server, console } = shared.stack;
    expect(console.environment).toMatchObject({
      RENDER: 'true',
      RENDER_SERVICE_NAME: 'minio-console',
      RENDER_EXTERNAL_HOSTNAME: 'minio-console.onrender.com',
      PORT: '10000',
      MINIO_HOST: server.host,
      MINIO_CONSOLE_PORT: '9090',
    });
    expect(server.host).toMatch(/^minio-server-[0-9a-f]{4}$/);
    expect(server.environment.MINIO_APP_SECRET_KEY).toMatch(/^(?=.*\+)(?=.*\/)[A-Za-z0-9+/]{43}=$/);
    expect(server.environment.MINIO_ROOT_PASSWORD).toMatch(/^(?=.* )(?=.*")(?=.*')(?=.*\$)(?=.*%)(?=.*:)(?=.*@)/);
  });

  test('resolves a service by its private name only', async () => {
    const { server, console } = shared.stack;
    const lookUp = async (name: string) => (await console.exec(['getent', 'hosts', name])).status;
    expect(await lookUp(server.host)).toBe(0);
    expect(await lookUp('minio-server')).not.toBe(0);
    expect(await lookUp('minio-server.onrender.com')).not.toBe(0);
  });

  test('limits the memory as the plan does, and leaves the disk to root', async () => {
    const { stdout } = await shared.stack.server.exec([
      'sh',
      '-c',
      'cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes; stat -c %u:%g /data',
    ]);
    expect(stdout).toBe(`${512 << 20}\n0:0\n`);
  });

  test('deploys the console without a gap, at another address', async () => {
    const { console } = shared.stack;
    const before = console.live;
    await console.deploy();
    expect(console.live.address).not.toBe(before.address);
    expect((await before.ended()).status).toBe(0);
  });

  test('takes a service that is not healthy out of routing after 15 s, and restarts it after 60 s', async () => {
    const { server } = shared.stack;
    const before = server.live;
    const request = async () => (await http(shared.stack, `${server.url}/`)).status;
    expect(await request()).toBe(403);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      // It keeps its port, and answers nothing. From outside: nothing in the container can stop its first process.
      await before.signal('STOP');
      await server.watch();
      vi.setSystemTime(Date.now() + 16_000);
      await server.watch();
      expect(await request()).toBe(502);
      expect(server.live).toBe(before);
      vi.setSystemTime(Date.now() + 45_000);
      await expect.poll(request, { timeout: 60_000 }).toBe(403);
      expect(server.live).not.toBe(before);
    } finally {
      vi.useRealTimers();
    }
  });

  test('fails a deploy that ends or is never healthy', async () => {
    const { console } = shared.stack;
    const before = console.live;
    await expect(console.deploy({ PORT: 'none' }, 5)).rejects.toThrow(DeployFailed);
    console.set({ PORT: '10000' });
    expect(console.live).toBe(before);
  });
});
