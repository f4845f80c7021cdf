import { randomBytes } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type S3, s3 } from './clients/s3.ts';
import { type Compose, composeProject } from './compose/compose.ts';
import { describeStack } from './layer.ts';
import type { Stack } from './render/stack.ts';

const api = 'http://localhost:9000';
const console_ = 'http://localhost:8080';
const Bucket = 'my-storage';

describeStack('compose.yaml, used as the README says', () => {
  const secrets = { MINIO_ROOT_PASSWORD: secret(), MINIO_APP_SECRET_KEY: secret() };
  let compose: Compose;
  let client: S3;
  beforeAll(async () => {
    compose = await composeProject();
    // What the client reads of a stack on Render.
    const server = { url: api, environment: { MINIO_APP_ACCESS_KEY: 'minio-app', ...secrets } };
    client = await s3({ server, certificate: { caFile: '/dev/null' } } as unknown as Stack);
  }, 180_000);
  afterAll(async () => {
    client?.close();
    await compose?.remove();
  }, 60_000);

  const env = () => join(compose.folder, '.env');
  const fillIn = (values: Record<string, string>) => {
    let text = readFileSync(join(compose.folder, '.env.example'), 'utf8');
    for (const [name, value] of Object.entries(values)) text = text.replace(`\n${name}=\n`, `\n${name}=${value}\n`);
    writeFileSync(env(), text);
  };
  const up = async () => {
    await compose.do('up', '--build', '--detach');
    await until(async () => (await signedGet('not-there')) === 404);
    await until(async () => (await fetch(console_)).status === 200);
  };
  const signedGet = async (Key: string) => (await fetch(await client.presign('get_object', { Bucket, Key }))).status;

  test('refuses an .env.example that was only copied, by the name of what is missing', async () => {
    copyFileSync(join(compose.folder, '.env.example'), env());
    const { status, stderr } = await compose.try('up', '--detach');
    expect([status, stderr]).toEqual([1, expect.stringMatching(/MINIO_ROOT_PASSWORD.*set it in \.env/)]);
    fillIn({ MINIO_ROOT_PASSWORD: secrets.MINIO_ROOT_PASSWORD });
    expect((await compose.try('up', '--detach')).stderr).toMatch(/MINIO_APP_SECRET_KEY.*set it in \.env/);
  });

  test('brings both services up, on this machine only', async () => {
    fillIn(secrets);
    await up();
    const outside = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter((one) => one.family === 'IPv4' && !one.internal),
    );
    for (const { address } of outside) {
      await expect(fetch(`http://${address}:9000/`)).rejects.toThrow('fetch failed');
      await expect(fetch(`http://${address}:8080/`)).rejects.toThrow('fetch failed');
    }
  });

  test('has a private bucket that takes and gives the same bytes with signed URLs', async () => {
    const bytes = randomBytes(6 << 20);
    const put = await client.presign('put_object', { Bucket, Key: 'folder/a b+ü.bin' });
    expect((await fetch(put, { method: 'PUT', body: bytes })).status).toBe(200);
    const url = await client.presign('get_object', { Bucket, Key: 'folder/a b+ü.bin' });
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const refused = [url.replace(/\?.*/, ''), url.replace(/Signature=.{4}/, 'Signature=0000'), `${api}/${Bucket}/`];
    for (const other of refused) expect([other, (await fetch(other)).status]).toEqual([other, 403]);
    const expiring = await client.presign('get_object', { Bucket, Key: 'folder/a b+ü.bin' }, 1);
    await sleep(2100);
    expect((await fetch(expiring)).status).toBe(403);
  });

  test('signs root in to the console, with a cookie that works without HTTPS', async () => {
    const login = await fetch(`${console_}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ accessKey: 'minio-admin', secretKey: secrets.MINIO_ROOT_PASSWORD }),
    });
    const [cookie = ''] = login.headers.getSetCookie();
    expect([login.status, cookie]).toEqual([204, expect.not.stringMatching(/secure/i)]);
    expect(login.headers.get('strict-transport-security')).toBeNull();
    const buckets = await fetch(`${console_}/api/v1/buckets`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
    expect(await buckets.json()).toMatchObject({ buckets: [{ name: Bucket }] });
  });

  test("sends a browser from the API's root to the console", async () => {
    const { status, headers } = await fetch(api, { headers: { 'user-agent': 'Mozilla/5.0' }, redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([307, console_]);
  });

  test('keeps the data when it is down, and until its volumes are deleted', async () => {
    await client.call('put_object', { Bucket, Key: 'kept', Body: Buffer.from('kept') });
    await compose.do('down');
    await expect(fetch(api)).rejects.toThrow('fetch failed');
    await up();
    expect((await client.call('get_object', { Bucket, Key: 'kept' })).Body.toString()).toBe('kept');
    await compose.do('down', '--volumes');
    await up();
    expect(await signedGet('kept')).toBe(404);
  });
});

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
