import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { http } from './clients/http.ts';
import { signIn } from './console/session.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised, reachable, type Stack } from './stack.ts';

const page = (stack: Stack) => http(stack, `${stack.console.url}/`);
const healthy = (stack: Stack) => stack.console.isHealthy(stack.console.live);

/** What visitors and Render see of the console, again and again, until the server's login page is there. */
async function watchUntilBack(stack: Stack, since: () => number | undefined): Promise<Set<string>> {
  const seen = new Set<string>();
  for (;;) {
    const { status, body } = await page(stack);
    seen.add(`page ${status}`).add(`healthy ${await healthy(stack)}`);
    if (status === 200 && since() !== undefined && body.includes('MinIO Console')) return seen;
    const waited = (Date.now() - (since() ?? Date.now())) / 1000;
    if (waited > 30) throw new Error(`not back after ${waited} s: ${[...seen]}`);
    await sleep(200);
  }
}

describeStack('the console without its server', () => {
  const shared = sharedStack({ only: 'console' });

  test('starts and is healthy, though the name of the server does not resolve yet', async () => {
    expect(await healthy(shared.stack)).toBe(true);
    expect((await page(shared.stack)).status).toBe(503);
    const log = await shared.stack.console.live.logged(/could not be resolved/);
    expect(log).toContain(`${shared.stack.server.host} could not be resolved`);
  });

  test.each(['/', '/login', '/api/v1/buckets'])('answers %s with a page that people can read', async (path) => {
    const { status, headers, body } = await http(shared.stack, shared.stack.console.url + path);
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '5', 'content-type': 'text/html', 'x-frame-options': 'DENY' });
    expect(body.toString()).toContain('<h1>MinIO is away</h1>');
    expect(body.toString()).not.toContain('nginx');
  });

  test('works within 30 s of the moment when the server is there', async () => {
    await shared.stack.server.build();
    await shared.stack.server.deploy();
    const ready = Date.now();
    const seen = await watchUntilBack(shared.stack, () => ready);
    expect(seen).not.toContain('healthy false');
    await initialised(shared.stack.server);
    await reachable(shared.stack.console);
    await signIn(shared.stack);
  });

  test('says so when it has nothing to show at all, and is healthy', async () => {
    await shared.stack.console.deploy({ MINIO_HOST: undefined });
    expect(await shared.stack.console.log()).toContain('ERROR: MINIO_HOST is not set');
    expect((await page(shared.stack)).status).toBe(503);
  });
});

describeStack('the console', () => {
  const shared = sharedStack();

  test('shows a server that was deployed at another address within 30 s, and is readable and healthy throughout', async () => {
    const { server } = shared.stack;
    const before = server.live.address;
    let deployed: number | undefined;
    const watched = watchUntilBack(shared.stack, () => deployed);
    await server.deploy();
    deployed = Date.now();
    const seen = await watched;
    expect(server.live.address).not.toBe(before);
    // Nothing but the login page, and the page that says that the server is away.
    expect([...seen].sort()).toEqual(['healthy true', 'page 200', 'page 503']);
  });

  test('keeps showing a server whose name does not resolve for a while', async () => {
    const { console: service } = shared.stack;
    const shell = (script: string) => service.exec(['sh', '-c', script]);
    // Written in place: the file is mounted.
    await shell('cat /etc/resolv.conf >/tmp/resolv.conf; echo nameserver 127.0.0.1 >/etc/resolv.conf');
    try {
      expect((await shell(`timeout 1 getent hosts ${shared.stack.server.host}`)).stdout).toBe('');
      // The name is looked up every two seconds.
      for (let second = 0; second < 8; second++) {
        expect((await page(shared.stack)).status).toBe(200);
        await sleep(1000);
      }
    } finally {
      await shell('cat /tmp/resolv.conf >/etc/resolv.conf');
    }
  });

  test('shows a server that was killed and deployed again', async () => {
    const { server, console } = shared.stack;
    await server.live.signal('KILL');
    await server.live.exited;
    expect((await page(shared.stack)).status).toBe(503);
    // Links for sharing hold a signed URL, which no log must.
    const { status } = await http(shared.stack, `${console.url}/api/v1/download-shared-object/signed-url`);
    expect(status).toBe(503);
    const log = await console.log();
    expect(log).toContain('while connecting to upstream');
    expect(log).not.toContain('signed-url');
    await server.deploy();
    const deployed = Date.now();
    expect(await watchUntilBack(shared.stack, () => deployed)).not.toContain('healthy false');
  });

  test("does not care for environment variables that are named like nginx's or its own", async () => {
    const { console: service, folder } = shared.stack;
    const template = readFileSync(join(folder, 'console', 'minio-console.conf.template'), 'utf8');
    const names = [...template.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
    expect(names).toContain('http_host');
    const configuration = async () => (await service.exec(['cat', '/etc/nginx/conf.d/default.conf'])).stdout;
    const before = await configuration();
    const hostile = [...names, 'host', 'uri', 'port', 'MINIO_HOST_', 'XPORT', 'PORT_'];
    await service.deploy(Object.fromEntries(hostile.map((name) => [name, 'destroyed;'])));
    expect(await configuration()).toBe(before);
    expect((await page(shared.stack)).body.toString()).toContain('MinIO Console');
  });

  test('ends with status 0 when Render stops it', async () => {
    const { status, seconds } = await shared.stack.console.live.stop(30);
    expect([status, seconds < 30]).toEqual([0, true]);
  });
});
