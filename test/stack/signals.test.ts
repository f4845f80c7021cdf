import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Instance } from '../render-simulator/instance.ts';
import { http, open } from './clients/http.ts';
import { s3 } from './clients/s3.ts';
import {
  cleaningClient,
  endingServer,
  entrypoint,
  hangingClient,
  hangingServer,
  oldCurl,
  refusingClient,
  refusingCurl,
  replace,
  reportingServer,
  signalServer,
  slowClient,
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
  test('reaches the server, which is PID 1', async () => {
    await shared.stack.server.build();
    await shared.stack.server.deploy();
    const { stdout } = await shared.stack.server.exec(['cat', '/proc/1/cmdline']);
    expect(stdout.split('\0').slice(0, 2)).toEqual(['/usr/bin/silo', 'server']);
  });

  // Every delay is another stage: before the server runs, before it is healthy, while it is prepared, after `exec`. Go ends
  // with status 2 by a signal that comes before the server has asked for it.
  test.each([0, 100, 300, 600, 1000, 1500, 2500])(
    '%s ms after the first start stops it in time, and the next start does what is left',
    async (milliseconds) => {
      const { server } = shared.stack;
      await server.replaceDisk();
      const instance = await server.start();
      await sleep(milliseconds);
      const ended = await stop(instance);
      expect([0, ...(ended.log.includes('ready') ? [2] : [])], ended.log).toContain(ended.status);
      expect(ended.inTime).toBe(true);
      await instance.remove();
      await server.deploy();
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

  test.each(['TERM', 'INT'] as const)(
    '(here SIG%s) while it is prepared, by a client that hangs, stops it at once',
    async (signal) => {
      await shared.stack.server.replaceDisk();
      const { folder } = shared.stack;
      const extra = [...hangingClient(folder), ...reportingServer(folder)];
      const instance = await shared.stack.server.start({}, { extra });
      await instance.logged(/bucket my-storage is private/);
      const since = Date.now();
      await instance.signal(signal);
      const { status, seconds, log } = await instance.ended(inTime, since);
      expect([status, seconds < inTime]).toEqual([0, true]);
      expect(log).toContain('the server ended with 0');
      expect(log).not.toContain('ready');
    },
  );

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

  test('when it serves stops it in time, twice or as SIGINT, too', async () => {
    for (const signals of [['TERM'], ['INT'], ['INT', 'TERM', 'TERM']] as const) {
      const instance = await shared.stack.server.deploy();
      const since = Date.now();
      await Promise.all(signals.map((signal) => instance.signal(signal)));
      const { status, seconds } = await instance.ended(inTime, since);
      expect([status, seconds < inTime]).toEqual([0, true]);
    }
  });
});

describeStack('the container', () => {
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined } } });

  test('ends with the status of the server', async () => {
    const instance = await shared.stack.server.deploy();
    const since = Date.now();
    await signalServer(instance, 'ABRT');
    expect((await instance.ended(5, since)).status).toBe(2);
  });

  test('ends when the server dies while it is prepared', async () => {
    await shared.stack.server.stop();
    await shared.stack.server.replaceDisk();
    const instance = await shared.stack.server.start({}, { extra: slowClient(shared.stack.folder) });
    await instance.logged(/bucket my-storage is private/);
    await signalServer(instance, 'KILL');
    const { status, log } = await instance.ended(30);
    expect(status).toBe(1);
    expect(log).toContain('ERROR: initialisation failed: the server does not start');
  });

  test('ends when the server cannot start', async () => {
    const instance = await shared.stack.server.start({}, { extra: endingServer(shared.stack.folder) });
    const ended = await instance.ended(10);
    expect(ended.status).toBe(1);
    expect(ended.log).toContain('ERROR: the server ended while it started');
  });
});

describeStack('an initialisation that fails', () => {
  const change = replace(entrypoint, 'start_seconds=120', 'start_seconds=10');
  const shared = sharedStack({ change, only: 'nothing', limits: { server: { cpus: undefined } } });
  const failed = 'minio-entrypoint: ERROR: initialisation failed: the server does not start';

  test.each([
    ['its temporary folder is gone', cleaningClient, 'The specified user does not exist'],
    ['the client never comes back', hangingClient, 'mcli alias set failed, or took more than 20 s'],
    ['curl cannot sign', oldCurl, 'curl: option --variable: is unknown'],
  ])('because %s, ends before the server is public', async (_, fault, reason) => {
    const { server, folder } = shared.stack;
    await server.build();
    await server.replaceDisk();
    const { status, log } = await (await server.start({}, { extra: fault(folder) })).ended(60);
    expect(status).toBe(1);
    expect(log).toContain(reason);
    expect(log).toContain(failed);
    expect(log).not.toMatch(/: ready|^API: /m);
  });

  test('because the server is never healthy, ends', async () => {
    const { server, folder } = shared.stack;
    await server.replaceDisk();
    const { status, log } = await (await server.start({}, { extra: hangingServer(folder) })).ended(30);
    expect(status).toBe(1);
    expect(log).toContain('ERROR: the server is not healthy after 10 s');
  });

  /** Starts the server on its disk, where it fails. */
  const expectFailure = async (fault: (folder: string) => string[], reason: string) => {
    const { server, folder } = shared.stack;
    const { status, log } = await (await server.start({}, { extra: fault(folder) })).ended(60);
    expect(status).toBe(1);
    expect(log).toContain(reason);
    expect(log).toContain(failed);
    expect(log).not.toMatch(/: ready|^API: /m);
    // Nothing of the shell's own.
    expect(log).not.toMatch(/minio-(entrypoint|check|init)\.sh: /);
  };

  test.each<[string, (folder: string) => string[], string]>([
    ['the bucket cannot be made', (folder) => refusingCurl(folder, '--request PUT'), 'PUT /my-storage'],
    ['the policy cannot be made', (folder) => refusingCurl(folder, 'add-canned-policy'), 'add-canned-policy'],
    [
      'the policy cannot be attached',
      (folder) => refusingCurl(folder, 'set-user-or-group-policy'),
      'set-user-or-group-policy',
    ],
    ['the application user cannot be made', (folder) => refusingClient(folder, 'admin'), 'refused: admin'],
    ['the client cannot be set up', (folder) => refusingClient(folder, 'alias'), 'refused: alias'],
  ])('because %s, ends before the server is public', async (_, fault, reason) => {
    await shared.stack.server.replaceDisk();
    await expectFailure(fault, reason);
  });

  describe('on a disk that an earlier start has prepared', () => {
    beforeAll(async () => {
      const { server } = shared.stack;
      await server.replaceDisk();
      await server.deploy();
      await server.stop();
    }, 120_000);

    const root = '--expand-user {{MINIO_ROOT_USER}}:{{MINIO_ROOT_PASSWORD}}';
    const list = `${root} --request GET --write-out  %{http_code} http://127.0.0.1:9000/`;
    test.each<[string, (folder: string) => string[], string]>([
      ['the bucket cannot be read', (folder) => refusingCurl(folder, 'my-storage?policy='), 'GET /my-storage?policy='],
      ['the buckets cannot be listed', (folder) => refusingCurl(folder, list), 'GET /'],
      [
        'the application cannot sign in',
        (folder) => refusingCurl(folder, 'MINIO_APP_SECRET_KEY'),
        'the application user is not ready',
      ],
    ])('because %s, ends before the server is public', (_, fault, reason) => expectFailure(fault, reason));
  });
});
