import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLinesDuring, secretsIn, secretsInFiles, secretsInImage } from './checks.ts';
import { http } from './clients/http.ts';
import { root, s3 } from './clients/s3.ts';
import { record, recordingPrograms } from './faults.ts';
import { describeStack } from './layer.ts';
import { initialised, type Stack, startStack } from './stack.ts';

describeStack('the first start', () => {
  let stack: Stack;
  let commandLines: Set<string>;

  beforeAll(async () => {
    commandLines = await commandLinesDuring(async () => {
      stack = await startStack();
    });
  }, 180_000);
  afterAll(() => stack?.stop(), 60_000);

  test('makes both services healthy', async () => {
    expect((await http(stack, `${stack.server.url}/minio/health/live`)).status).toBe(200);
    expect((await http(stack, `${stack.console.url}/healthz`)).status).toBe(200);
  });

  test('makes the bucket, and no other one', async () => {
    const client = await s3(stack, root(stack));
    const { Buckets } = await client.call('list_buckets');
    expect(Buckets.map(({ Name }: { Name: string }) => Name)).toEqual(['my-storage']);
    client.close();
  });

  test('logs in a few lines what was done', async () => {
    const lines = (await stack.server.log())
      .split('\n')
      .filter((line) => /^minio-(entrypoint|check|init): /.test(line));
    expect(lines).toMatchInlineSnapshot(`
      [
        "minio-init: bucket my-storage is private",
        "minio-init: application user minio-app is ready",
        "minio-entrypoint: ready",
      ]
    `);
  });

  test('says that it is ready in its last line before the server starts for everybody', async () => {
    const log = await stack.server.log();
    expect(log.slice(0, log.indexOf('minio-entrypoint: ready'))).not.toMatch(/^(API|WebUI):/m);
    expect(log).toMatch(/minio-entrypoint: ready\n(.*\n)*API: /m);
  });

  test('shows no secret in a log', async () => {
    const logs = (await stack.server.log()) + (await stack.console.log());
    expect(secretsIn(logs, stack.server.secrets)).toEqual([]);
  });

  test('shows no secret in the command line of any process that was seen', () => {
    const all = [...commandLines].join('\n');
    // Otherwise the reader of /proc was too slow to see what it looks for.
    expect(all).toContain('admin user add');
    expect(stack.server.secrets).toHaveLength(2);
    expect(secretsIn(all, stack.server.secrets)).toEqual([]);
  });

  test('hands no secret to any program as an argument, from the first start to a restart', async () => {
    const { server, folder } = stack;
    const extra = recordingPrograms(folder);
    await server.stop();
    await server.replaceDisk();
    for (const steps of [
      ['silo server', 'minio-init.sh', 'alias set', 'admin user add', 'set-user-or-group-policy', '?policy='],
      ['silo server', 'minio-init.sh', 'user-info', 'info-canned-policy', '?policy='],
    ]) {
      const instance = await server.start({}, { extra });
      await instance.logged(/ready/);
      const { stdout } = await instance.exec(['cat', record]);
      for (const step of steps) expect(stdout).toContain(step);
      expect(secretsIn(stdout, server.secrets)).toEqual([]);
      await instance.stop(5);
    }
    await server.deploy();
    await initialised(server);
  });

  test.each(['server', 'console'] as const)('leaves no secret in the %s image', async (role) => {
    const { server, engine } = stack;
    expect(await secretsInImage(engine, stack[role], server.secrets)).toEqual([]);
    // What is looked for would be found: here, a text of a file that the Dockerfile copies.
    const text = role === 'server' ? 'minio-entrypoint: %s' : 'MinIO is away';
    expect(await secretsInImage(engine, stack[role], [text])).toEqual([text]);
  });

  test('gives the console no secret at all', () => {
    expect(secretsIn(JSON.stringify(stack.console.environment), stack.server.secrets)).toEqual([]);
  });

  test('leaves no secret in the container, once it is ready', async () => {
    const { engine, server } = stack;
    const inContainer = (secrets: string[]) => secretsInFiles(engine, ['export', server.live.name], secrets);
    expect(await inContainer(server.secrets)).toEqual([]);
    expect(await inContainer(['minio-entrypoint: %s'])).toHaveLength(1);
  });
});
