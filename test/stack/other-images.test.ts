import { describe, expect, test } from 'vitest';
import { allRefused, anonymousStatuses } from './checks.ts';
import { s3 } from './clients/s3.ts';
import { cleaningClient } from './faults.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised } from './stack.ts';

describe.each([
  ['minio and mc with curl, GNU coreutils and dash', 'minio-debian'],
  ['minio and mc with curl, and busybox for everything else', 'minio-busybox'],
] as const)('the entrypoint in an image with %s', (_, serverImage) => {
  describeStack('does the same', () => {
    const shared = sharedStack({ serverImage, only: 'server', limits: { server: { cpus: undefined } } });

    test('has neither silo nor mcli', async () => {
      const { status } = await shared.stack.server.exec(['sh', '-c', 'command -v silo || command -v mcli']);
      expect(status).not.toBe(0);
    });

    test('makes bucket and user, from the first start to a restart', async () => {
      const client = await s3(shared.stack);
      await client.call('put_object', { Bucket: 'my-storage', Key: 'object', Body: Buffer.from('x') });
      expect(await anonymousStatuses(shared.stack, 'object')).toEqual(allRefused);
      await shared.stack.server.deploy();
      await initialised(shared.stack.server);
      expect((await client.call('get_object', { Bucket: 'my-storage', Key: 'object' })).Body.toString()).toBe('x');
      client.close();
    });

    test('refuses a password that ends with a no-break space', async () => {
      const instance = await shared.stack.server.start({ MINIO_ROOT_PASSWORD: 'password-of-mine\u00a0' });
      expect(await instance.ended(20)).toMatchObject({
        status: 1,
        log: expect.stringContaining('MINIO_ROOT_PASSWORD'),
      });
    });

    test('never starts when the initialisation ends by an error of its own', async () => {
      await shared.stack.server.stop();
      await shared.stack.server.replaceDisk();
      const extra = cleaningClient(shared.stack.folder);
      const ended = await (await shared.stack.server.start({}, { extra })).ended(30);
      expect(ended.status).not.toBe(0);
      expect(ended.log).toContain('ERROR: initialisation failed: the server does not start');
      await shared.stack.server.deploy();
    });

    test('stops with status 0 before it is healthy, and when it is ready', async () => {
      const young = await shared.stack.server.start();
      expect(await young.stop(5)).toMatchObject({ status: 0 });
      const { live } = shared.stack.server;
      const ended = await live.stop(5);
      expect([ended.status, ended.seconds < 5]).toEqual([0, true]);
    });
  });
});
