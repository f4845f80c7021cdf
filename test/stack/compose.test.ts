import { randomBytes } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readme } from '../support/documents.ts';
import { type S3, s3 } from './clients/s3.ts';
import { type Compose, composeProject, fillInSecrets } from './compose/compose.ts';
import { describeStack } from './layer.ts';
import type { Stack } from './stack.ts';
import { expectedWrong, verified } from './verify/verified.ts';

const api = 'http://localhost:9000';
const console_ = 'http://localhost:8080';

describeStack('compose.yaml, used as the README says', () => {
  const Bucket = 'my-storage';
  const run = sharedRun(Bucket);

  test('listens where the README says', () => {
    const text = readme(run.compose.folder);
    expect(text).toContain(`API: <${api}>, console: <${console_}>`);
    expect(text).toContain(`(local run: \`${api}\`)`);
  });

  test('refuses an .env.example that was only copied, by the name of what is missing', async () => {
    copyFileSync(join(run.compose.folder, '.env.example'), join(run.compose.folder, '.env'));
    const { status, stderr } = await run.compose.try('up', '--detach');
    expect([status, stderr]).toEqual([1, expect.stringMatching(/MINIO_ROOT_PASSWORD.*set it in \.env/)]);
    run.fillIn({ MINIO_ROOT_PASSWORD: run.secrets.MINIO_ROOT_PASSWORD });
    expect((await run.compose.try('up', '--detach')).stderr).toMatch(/MINIO_APP_SECRET_KEY.*set it in \.env/);
  });

  test('brings both services up, on this machine only', async () => {
    run.fillIn(run.secrets);
    await run.up();
    const outside = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter((one) => one.family === 'IPv4' && !one.internal),
    );
    expect(outside).not.toEqual([]);
    for (const { address } of outside) {
      await expect(fetch(`http://${address}:9000/`)).rejects.toThrow('fetch failed');
      await expect(fetch(`http://${address}:8080/`)).rejects.toThrow('fetch failed');
    }
  });

  test('finds both services healthy', async () => {
    const { compose } = run;
    // Run by hand: Podman leaves it to systemd to do it again and again.
    for (const [name, { healthcheck }] of Object.entries(compose.services)) {
      const [kind, command = ''] = healthcheck?.test ?? [];
      expect([name, kind]).toEqual([name, 'CMD-SHELL']);
      await compose.do('exec', '-T', name, 'sh', '-c', command);
    }
  });

  test('has a private bucket that takes and gives the same bytes with signed URLs', async () => {
    const bytes = randomBytes(6 << 20);
    const put = await run.client.presign('put_object', { Bucket, Key: 'folder/a b+ü.bin' });
    expect((await fetch(put, { method: 'PUT', body: bytes })).status).toBe(200);
    const url = await run.client.presign('get_object', { Bucket, Key: 'folder/a b+ü.bin' });
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const refused = [url.replace(/\?.*/, ''), url.replace(/Signature=.{4}/, 'Signature=0000'), `${api}/${Bucket}/`];
    for (const other of refused) expect([other, (await fetch(other)).status]).toEqual([other, 403]);
    const expiring = await run.client.presign('get_object', { Bucket, Key: 'folder/a b+ü.bin' }, 1);
    await sleep(2100);
    expect((await fetch(expiring)).status).toBe(403);
  });

  test('signs root in to the console, with a cookie that works without HTTPS', async () => {
    const { headers, buckets, cookie } = await signIn('minio-admin', run.secrets.MINIO_ROOT_PASSWORD);
    expect(cookie).not.toMatch(/secure/i);
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(buckets).toMatchObject([{ name: Bucket }]);
  });

  test('is verified without addresses and keys: all is well', async () => {
    const { report, wrong } = await verified(run.compose.folder, []);
    expect(report).toMatchObject({ api, console: console_, bucket: Bucket, signed: true, leftovers: [] });
    expect(wrong).toEqual(await expectedWrong(run.compose.engine));
    expect(report.findings.find(({ id }) => id === 'console.cookie')?.seen).toBe('HttpOnly, SameSite');
  });

  test("sends a browser from the API's root to the console", async () => {
    const { status, headers } = await fetch(api, { headers: { 'user-agent': 'Mozilla/5.0' }, redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([307, console_]);
  });

  test('keeps the data when it is down, and until its volumes are deleted', async () => {
    await run.client.call('put_object', { Bucket, Key: 'kept', Body: Buffer.from('kept') });
    await run.compose.do('down');
    await expect(fetch(api)).rejects.toThrow('fetch failed');
    await run.up();
    expect((await run.client.call('get_object', { Bucket, Key: 'kept' })).Body.toString()).toBe('kept');
    await run.compose.do('down', '--volumes');
    await run.up();
    expect(await run.signedGet('kept')).toBe(404);
  });
});

describeStack('compose.yaml with other answers', () => {
  const Bucket = 'media';
  const origin = 'https://app.example.com';
  const run = sharedRun(Bucket, {
    ...{ bucket: Bucket, 'server-name': 'storage', 'console-name': 'storage-ui', 'console-port': '9191' },
    ...{ 'root-user': 'somebody', 'cors-origins': origin },
  });

  test('brings up what they say', async () => {
    run.fillIn(run.secrets);
    await run.up();
    const { buckets } = await signIn('somebody', run.secrets.MINIO_ROOT_PASSWORD);
    expect(buckets).toMatchObject([{ name: Bucket }]);
    const url = await run.client.presign('get_object', { Bucket, Key: 'not-there' });
    const allowed = async (from: string) =>
      (await fetch(url, { headers: { origin: from } })).headers.get('access-control-allow-origin');
    expect([await allowed(origin), await allowed('https://evil.example.com')]).toEqual([origin, null]);
  });
});

/** A generated repository on a developer's machine for all tests of a group, removed after them. */
function sharedRun(Bucket: string, answers: Record<string, unknown> = {}) {
  const secrets = { MINIO_ROOT_PASSWORD: secret(), MINIO_APP_SECRET_KEY: secret() };
  let compose: Compose | undefined;
  let client: S3 | undefined;
  beforeAll(async () => {
    compose = await composeProject(answers);
    // What the client reads of a stack on Render.
    const server = { url: api, environment: { MINIO_APP_ACCESS_KEY: 'minio-app', ...secrets } };
    client = await s3({ server, certificate: { caFile: '/dev/null' } } as unknown as Stack);
  }, 180_000);
  afterAll(async () => {
    client?.close();
    await compose?.remove();
  }, 60_000);
  const run = {
    secrets,
    get compose() {
      if (!compose) throw new Error('nothing is generated yet');
      return compose;
    },
    /** The application user's. */
    get client() {
      if (!client) throw new Error('the client has not started');
      return client;
    },
    fillIn: (values: Record<string, string>) => fillInSecrets(run.compose.folder, values),
    up: async () => {
      await run.compose.do('up', '--build', '--detach');
      await until(async () => (await run.signedGet('not-there')) === 404);
      await until(async () => (await fetch(console_)).status === 200);
      // Where nginx has just reloaded, its workers from before answer for another 100 ms.
      await sleep(250);
    },
    signedGet: async (Key: string) => (await fetch(await run.client.presign('get_object', { Bucket, Key }))).status,
  };
  return run;
}

/** Signs in to the console, and lists the buckets as it does. */
async function signIn(accessKey: string, secretKey: string) {
  const { status, headers } = await fetch(`${console_}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accessKey, secretKey }),
  });
  expect(status).toBe(204);
  const [cookie = ''] = headers.getSetCookie();
  const answer = await fetch(`${console_}/api/v1/buckets`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
  const { buckets } = (await answer.json()) as { buckets: unknown };
  return { headers, cookie, buckets };
}

function secret(): string {
  return randomBytes(24).toString('hex');
}

/** Waits until something is so; what fails in between is not so yet. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await isSo().catch(() => false)) return;
    await sleep(200);
  }
  throw new Error(`not within a minute: ${isSo}`);
}
