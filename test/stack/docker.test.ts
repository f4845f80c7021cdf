import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readme } from '../support/documents.ts';
import { type S3, s3 } from './clients/s3.ts';
import { dockerNeeds } from './docker/engine.ts';
import { type LocalRun, localRun, type Terminal } from './docker/local-run.ts';
import { describeStack } from './layer.ts';
import type { Stack } from './stack.ts';

const api = 'http://localhost:9000';
const console_ = 'http://localhost:8080';
const services = ['minio-server', 'minio-console'];
const Bucket = 'my-storage';

const tests = () => {
  let local: LocalRun;
  let client: S3;
  let terminal: Terminal;
  beforeAll(async () => {
    local = await localRun([9000, 8080]);
    // Only for signing: the client itself does not reach the network in which Docker runs.
    const server = { url: api, environment: { MINIO_APP_ACCESS_KEY: 'minio-app', ...local.secrets } };
    client = await s3({ server, certificate: { caFile: '/dev/null' } } as unknown as Stack);
  }, 120_000);
  afterAll(async () => {
    client?.close();
    await local?.remove();
  }, 60_000);

  test('is healthy after the commands of the README, by the health checks that Docker makes', async () => {
    terminal = local.up();
    const failed = terminal.ended.then((output) => Promise.reject(new Error(output)));
    await Promise.race([failed, Promise.all(services.map(healthy))]);
  });

  test('has a private bucket, which takes and gives what is signed', async () => {
    const put = await client.presign('put_object', { Bucket, Key: 'kept.txt' });
    expect((await send(put, { method: 'PUT' }, 'kept')).status).toBe(200);
    expect(await read('kept.txt')).toEqual([200, 'kept']);
    for (const path of ['', '/', '/kept.txt']) expect((await send(`${api}/${Bucket}${path}`)).status).toBe(403);
  });

  test('signs root in to the console', async () => {
    const answer = await send(`${console_}/api/v1/buckets`, { headers: { cookie: await signIn() } });
    expect(JSON.parse(answer.body).buckets).toMatchObject([{ name: Bucket }]);
  });

  test('gives no container more rights than it needs', async () => {
    const limits = { ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges:true'] };
    const [server, proxy] = await Promise.all(services.map(local.inspect));
    expect(server?.HostConfig).toMatchObject({ ...limits, CapAdd: null });
    expect(proxy?.HostConfig).toMatchObject({ ...limits, CapAdd: ['CAP_CHOWN', 'CAP_SETGID', 'CAP_SETUID'] });
  });

  test.each(services)('has a read-only root file system and no new privileges in %s', async (service) => {
    for (const path of ['/', '/etc/', '/usr/bin/']) {
      const { status, stderr } = await local.docker('compose', 'exec', '-T', service, 'touch', `${path}new`);
      expect([path, status, stderr]).toEqual([path, 1, expect.stringContaining('Read-only file system')]);
    }
    const { stdout } = await local.docker('compose', 'exec', '-T', service, 'cat', '/proc/1/status');
    expect(stdout).toMatch(/^NoNewPrivs:\s1$/m);
    expect(stdout).toMatch(service === 'minio-server' ? /^CapEff:\s0+$/m : /^CapEff:\s0+c1$/m);
  });

  test('has nothing to complain about', async () => {
    const { stdout } = await local.docker('compose', 'logs');
    expect(stdout).toContain('minio-entrypoint: ready');
    expect(stdout).not.toMatch(/warn|error|emerg|alert|crit|denied|not permitted|read-only/i);
  });

  test('runs the new image after an update, by the same command', async () => {
    terminal.interrupt();
    await terminal.ended;
    const entrypoint = join(local.folder, 'minio/minio-entrypoint.sh');
    writeFileSync(entrypoint, readFileSync(entrypoint, 'utf8').replace('\n', '\necho "the new image" >&2\n'));
    terminal = local.up();
    await expect.poll(() => read('kept.txt'), { timeout: 60_000 }).toEqual([200, 'kept']);
    expect((await local.docker('compose', 'logs', 'minio-server')).stdout).toContain('the new image');
  });

  test('finds the server soon, where its name was unknown when the console started', async () => {
    await local.docker('stop', 'my-storage-minio-server-1');
    await local.docker('restart', 'my-storage-minio-console-1');
    const log = async () => (await local.docker('compose', 'logs', 'minio-console')).stdout;
    await expect.poll(log, { timeout: 10_000 }).toContain('minio-server could not be resolved');
    await local.docker('start', 'my-storage-minio-server-1');
    // By default nginx would try again after 30 s.
    await expect.poll(async () => (await send(console_)).status, { timeout: 15_000 }).toBe(200);
  });

  test('is down at once, in order, while a browser has the console open', async () => {
    expect(readme(local.folder)).toContain('`docker compose down` keeps the data');
    await expect.poll(async () => (await send(console_)).status, { timeout: 60_000 }).toBe(200);
    const open = await Promise.all([openWebSocket(await signIn()), openConnection()]);
    const begin = Date.now();
    const { status, stderr } = await local.docker('compose', 'down');
    const end = Date.now();
    expect([status, stderr]).toEqual([0, expect.stringContaining('Removed')]);
    // Docker would kill them after 10 s, with 137.
    expect(await exitCodes(begin, end)).toEqual({
      'my-storage-minio-server-1': '0',
      'my-storage-minio-console-1': '0',
    });
    expect(end - begin).toBeLessThan(5000);
    for (const socket of open) await expect.poll(() => socket.destroyed).toBe(true);
    await terminal.ended;
  });

  test('keeps the data when it is down, until its volumes are deleted', async () => {
    expect(readme(local.folder)).toContain('keeps the data, unless you add `--volumes`');
    terminal = local.up();
    await expect.poll(() => read('kept.txt'), { timeout: 60_000 }).toEqual([200, 'kept']);
    expect(await volumes()).toEqual(['my-storage_minio-data']);
    expect((await local.docker('compose', 'down', '--volumes')).status).toBe(0);
    expect(await volumes()).toEqual([]);
    await terminal.ended;
  });

  const healthy = (service: string) =>
    expect
      .poll(async () => (await local.inspect(service)).State.Health.Status, { timeout: 60_000, interval: 200 })
      .toBe('healthy');

  async function send(url: string, options: RequestOptions = {}, body = '') {
    const sent = local.request(url, options);
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  async function read(Key: string) {
    const { status, body } = await send(await client.presign('get_object', { Bucket, Key }));
    return [status, body];
  }

  /** The session's cookie. */
  async function signIn(): Promise<string> {
    const login = JSON.stringify({ accessKey: 'minio-admin', secretKey: local.secrets.MINIO_ROOT_PASSWORD });
    const headers = { 'content-type': 'application/json' };
    const answer = await send(`${console_}/api/v1/login`, { method: 'POST', headers }, login);
    expect(answer.status).toBe(204);
    return answer.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
  }

  async function openWebSocket(cookie: string): Promise<Duplex> {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const headers = { ...upgrade, 'sec-websocket-key': Buffer.alloc(16).toString('base64'), origin: console_, cookie };
    const sent = local.request(`${console_}/ws/objectManager`, { headers });
    sent.end();
    const [, socket] = (await once(sent, 'upgrade')) as [IncomingMessage, Duplex];
    return socket.resume();
  }

  /** A connection that is kept for the next request. */
  async function openConnection(): Promise<Duplex> {
    const sent = local.request(console_, { agent: new Agent({ keepAlive: true }) });
    sent.end();
    const [socket] = (await once(sent, 'socket')) as [Duplex];
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    await text(response);
    return socket;
  }

  /** Of the containers that ended between two times, by name. */
  async function exitCodes(begin: number, end: number): Promise<Record<string, string>> {
    const format = '{{.Actor.Attributes.name}} {{.Actor.Attributes.exitCode}}';
    const times = ['--since', String(begin / 1000), '--until', String(end / 1000)];
    const { stdout } = await local.docker('events', ...times, '--filter', 'event=die', '--format', format);
    return Object.fromEntries(lines(stdout).map((line) => line.split(' ')));
  }

  const volumes = async () => lines((await local.docker('volume', 'ls', '--quiet')).stdout);
};

const lines = (output: string) => output.split('\n').filter((line) => line !== '');

describeStack('compose.yaml on a Docker engine, used as the README says', tests, ...dockerNeeds);
