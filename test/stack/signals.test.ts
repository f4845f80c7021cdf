import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Instance } from '../render-simulator/instance.ts';
import { http, open } from './clients/http.ts';
import { s3 } from './clients/s3.ts';
import {
  cleaningClient,
  entrypoint,
  hangingClient,
  hangingServer,
  refusingClient,
  replace,
  signalServer,
} from './faults.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised } from './stack.ts';

/** Long before Render's delay of 30 s is over. */
const inTime = 5;

describeStack('SIGTERM', () => {
  const shared = sharedStack({ only: 'nothing' });
  const stop = async (instance: Instance) => {
    const { status, seconds, log } = await instance.stop(inTime);
    return { status, inTime: seconds < inTime, log };
  };
  const clean = { status: 0, inTime: true };
  test('reaches the entrypoint, which is PID 1', async () => {
    await shared.stack.server.build();
    await shared.stack.server.deploy();
    const { stdout } = await shared.stack.server.exec(['cat', '/proc/1/cmdline']);
    expect(stdout.split('\0')[1]).toBe('/usr/local/bin/minio-entrypoint.sh');
  });

  // Every delay is another stage: before the server runs, before it is healthy, in the middle of the client's calls.
  test.each([0, 50, 100, 200, 400, 600, 800, 1000, 1200, 1500, 2000])(
    '%s ms after the first start stops it in time with status 0, and the next start does what is left',
    async (milliseconds) => {
      const { server } = shared.stack;
      await server.replaceDisk();
      const instance = await server.start();
      await sleep(milliseconds);
      expect(await stop(instance)).toMatchObject(clean);
      await instance.remove();
      await server.deploy();
      await initialised(server);
      const client = await s3(shared.stack);
      await client.call('put_object', { Bucket: 'my-storage', Key: 'object', Body: Buffer.from('text') });
      client.close();
    },
  );

  test('before it is healthy stops it in time, and it never becomes ready', async () => {
    await shared.stack.server.replaceDisk();
    const instance = await shared.stack.server.start();
    const ended = await stop(instance);
    expect(ended).toMatchObject(clean);
    expect(ended.log).not.toContain('ready');
  });

  test('while it initialises stops it in time', async () => {
    await shared.stack.server.replaceDisk();
    const instance = await shared.stack.server.start();
    await instance.logged(/bucket my-storage is private/);
    const ended = await stop(instance);
    expect(ended).toMatchObject(clean);
    expect(ended.log).not.toContain('is set up');
  });

  test('while it serves an upload and a download stops it in time, and leaves no half object', async () => {
    const { server } = shared.stack;
    await server.deploy();
    await initialised(server);
    const client = await s3(shared.stack);
    const body = Buffer.alloc(200 << 20, 'x');
    const whole = { Bucket: 'my-storage', Key: 'whole' };
    await client.call('put_object', { ...whole, Body: body.subarray(0, 64 << 20) });
    const url = await client.presign('put_object', { Bucket: 'my-storage', Key: 'cut' });
    const upload = http(shared.stack, url, { method: 'PUT', body }).catch(() => ({ status: 0 }));
    const download = await open(shared.stack, await client.presign('get_object', whole));
    await sleep(300);
    expect(await stop(server.live)).toMatchObject(clean);
    expect((await upload).status).not.toBe(200);
    expect(download.statusCode).toBe(200);
    await expect(buffer(download)).rejects.toThrow();
    await server.deploy();
    await initialised(server);
    await expect(client.call('head_object', { Bucket: 'my-storage', Key: 'cut' })).rejects.toMatchObject({
      status: 404,
    });
    client.close();
  });

  test('while its client does not come back stops it in time', async () => {
    const instance = await shared.stack.server.start({}, { extra: hangingClient(shared.stack.folder) });
    await sleep(1000);
    expect(await stop(instance)).toMatchObject(clean);
  });

  test('after it is ready stops it in time, with a last line that says so', async () => {
    await initialised(shared.stack.server);
    const ended = await stop(shared.stack.server.live);
    expect(ended).toMatchObject(clean);
    expect(ended.log).toMatch(/minio-entrypoint: stopped\n$/);
  });

  test('twice, or SIGINT, does the same', async () => {
    const instance = await shared.stack.server.start();
    await instance.logged(/ready/);
    await Promise.all([instance.signal('INT'), instance.signal('TERM'), instance.signal('TERM')]);
    expect((await instance.ended(inTime)).status).toBe(0);
  });
});

describeStack('the container', () => {
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined } } });

  test.each([
    ['KILL', 137],
    ['ABRT', 2],
  ])('ends with the status of a server that SIG%s ended', async (signal, status) => {
    const instance = await shared.stack.server.deploy();
    await initialised(shared.stack.server);
    const since = Date.now();
    await signalServer(instance, signal);
    const ended = await instance.ended(5, since);
    expect(ended.status).toBe(status);
    expect(ended.log).toContain(`the server ended by itself with status ${status}`);
  });

  test('ends with the status of a server that dies while it is initialised', async () => {
    await shared.stack.server.replaceDisk();
    const instance = await shared.stack.server.start();
    await instance.logged(/bucket my-storage is private/);
    await signalServer(instance, 'KILL');
    expect((await instance.ended(10)).status).toBe(137);
  });

  test('ends when the server cannot start', async () => {
    const instance = await shared.stack.server.start({ MINIO_BROWSER: 'maybe' });
    const ended = await instance.ended(10);
    expect(ended.status).not.toBe(0);
    expect(ended.log).toContain('MINIO_BROWSER');
  });
});

describeStack('an initialisation that fails for ever', () => {
  const change = replace(entrypoint, 'HEALTH_SECONDS=120', 'HEALTH_SECONDS=10');
  const shared = sharedStack({ change, only: 'nothing', limits: { server: { cpus: undefined } } });

  test('because its temporary folder is gone, stops the server', async () => {
    const { server } = shared.stack;
    await server.build();
    const instance = await server.start({}, { extra: cleaningClient(shared.stack.folder) });
    const ended = await instance.ended(60);
    expect(ended.status).not.toBe(0);
    expect(ended.log).toContain('ERROR: initialisation failed, stopping the server');
  });

  test('because the client never comes back, stops the server', async () => {
    const { server, folder } = shared.stack;
    await server.replaceDisk();
    const instance = await server.start({}, { extra: hangingClient(folder) });
    const ended = await instance.ended(40);
    expect(ended.status).not.toBe(0);
    expect(ended.log).toContain('no answer within 20 s: mcli alias set');
    expect(ended.log).toContain('ERROR: initialisation failed, stopping the server');
  });

  test('because the server is never healthy, stops the server', async () => {
    const { server, folder } = shared.stack;
    await server.replaceDisk();
    const instance = await server.start({}, { extra: hangingServer(folder) });
    const ended = await instance.ended(30);
    expect(ended.status).not.toBe(0);
    expect(ended.log).toContain('the server is not healthy after 10 s');
    expect(ended.log).toContain('ERROR: initialisation failed, stopping the server');
  });

  describe.each([
    ['the bucket cannot be made private', 'anonymous', 'old'],
    ['the bucket cannot be made', 'mb', 'new'],
    ['the application user cannot be made', 'admin', 'new'],
    ['the application user cannot be read or made', 'admin', 'old'],
    ['the client cannot be set up', 'alias', 'new'],
  ])('because %s (%s, %s disk)', (_, subcommand, disk) => {
    test('stops the server', async () => {
      const { server } = shared.stack;
      await server.build();
      await server.replaceDisk();
      if (disk === 'old') {
        await server.deploy();
        await initialised(server);
        await server.stop();
      }
      const instance = await server.start({}, { extra: refusingClient(shared.stack.folder, subcommand) });
      const ended = await instance.ended(60);
      expect(ended.status).not.toBe(0);
      expect(ended.log).toContain(`refused: ${subcommand}`);
      expect(ended.log).toContain('ERROR: initialisation failed, stopping the server');
      expect(ended.log).not.toContain('ready');
      // Nothing of the shell's own.
      expect(ended.log).not.toMatch(/minio-entrypoint\.sh: /);
    });
  });
});
