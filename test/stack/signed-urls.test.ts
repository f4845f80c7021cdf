import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRefused, anonymousStatuses } from './checks.ts';
import { http } from './clients/http.ts';
import { application, root, type S3, s3 } from './clients/s3.ts';
import { describeStack, sharedStack } from './layer.ts';

const Bucket = 'my-storage';
const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));

describeStack('the private bucket', () => {
  const shared = sharedStack({ only: 'server' });
  let client: S3;
  beforeAll(async () => {
    client = await s3(shared.stack);
    await client.call('put_object', { Bucket, Key: 'folder/object.bin', Body: bytes });
  });
  afterAll(() => client?.close());

  test('refuses every anonymous request', async () => {
    expect(await anonymousStatuses(shared.stack, 'folder/object.bin')).toEqual(allRefused);
  });

  test('answers a signed GET with the same bytes', async () => {
    const url = await client.presign('get_object', { Bucket, Key: 'folder/object.bin' });
    const { status, body } = await http(shared.stack, url);
    expect(status).toBe(200);
    expect(body.equals(bytes)).toBe(true);
  });

  test('takes the bytes of a signed PUT', async () => {
    const url = await client.presign('put_object', { Bucket, Key: 'put.bin' });
    expect((await http(shared.stack, url, { method: 'PUT', body: bytes })).status).toBe(200);
    expect((await client.call('get_object', { Bucket, Key: 'put.bin' })).Body.equals(bytes)).toBe(true);
  });

  test('keeps to a signed Content-Type', async () => {
    const url = await client.presign('put_object', { Bucket, Key: 'typed', ContentType: 'image/png' });
    const put = (type: string) =>
      http(shared.stack, url, { method: 'PUT', body: 'x', headers: { 'content-type': type } });
    expect((await put('text/html')).status).toBe(403);
    expect((await put('image/png')).status).toBe(200);
  });

  test('takes a browser form with a signed policy, and nothing larger than it allows', async () => {
    const { url, fields } = await client.call('generate_presigned_post', {
      Bucket,
      Key: 'form.txt',
      Conditions: [['content-length-range', 1, 100]],
    });
    const post = async (text: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields as Record<string, string>)) form.append(name, value);
      form.append('file', new Blob([text]), 'form.txt');
      const encoded = new Response(form);
      const body = Buffer.from(await encoded.arrayBuffer());
      const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
      return (await http(shared.stack, url, { method: 'POST', headers, body })).status;
    };
    expect(await post('small')).toBe(204);
    expect(await post('x'.repeat(101))).toBe(400);
  });

  test('passes response-content-disposition on, as it is signed', async () => {
    const disposition = 'attachment; filename="Übersicht 1+1.pdf"; filename*=UTF-8\'\'%C3%9Cbersicht.pdf';
    const parameters = { Bucket, Key: 'folder/object.bin', ResponseContentDisposition: disposition };
    const { status, headers } = await http(shared.stack, await client.presign('get_object', parameters));
    expect(status).toBe(200);
    expect(Buffer.from(headers['content-disposition'] ?? '', 'latin1').toString()).toBe(disposition);
  });

  test('answers a range of a signed GET', async () => {
    const url = await client.presign('get_object', { Bucket, Key: 'folder/object.bin' });
    const { status, body } = await http(shared.stack, url, { headers: { range: 'bytes=10-19' } });
    expect(status).toBe(206);
    expect([...body]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  describe('refuses a signed URL', () => {
    const signed = (seconds?: number) => client.presign('get_object', { Bucket, Key: 'folder/object.bin' }, seconds);
    const statusOf = async (url: string, method = 'GET') => (await http(shared.stack, url, { method })).status;

    test('that has expired', async () => {
      const url = await signed(1);
      await sleep(2100);
      expect(await statusOf(url)).toBe(403);
    });

    test.each([
      ['another key', (url: string) => url.replace('object.bin', 'other.bin')],
      ['a longer life', (url: string) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600000')],
      ['another date', (url: string) => url.replace(/(X-Amz-Date=\d{7})\d/, '$10')],
      ['another signature', (url: string) => url.replace(/Signature=.{4}/, 'Signature=0000')],
      ['no signature', (url: string) => url.replace(/&X-Amz-Signature=.*/, ''), 400],
      ["root's access key", (url: string) => url.replace('minio-app', 'minio-admin')],
      ['a parameter more', (url: string) => `${url}&response-content-type=text%2Fhtml`],
      ['another bucket', (url: string) => url.replace('/my-storage/', '/other-bucket/')],
    ])('tampered with: %s', async (_, tamper, refusal = 403) => {
      const url = await signed();
      expect(await statusOf(url)).toBe(200);
      expect(tamper(url)).not.toBe(url);
      expect(await statusOf(tamper(url))).toBe(refusal);
    });

    test.each([
      ['HEAD', 403],
      ['PUT', 403],
      ['DELETE', 403],
      ['POST', 400],
    ])('used with %s instead of GET', async (method, refusal) => {
      expect(await statusOf(await signed(), method)).toBe(refusal);
    });

    test('for another host', async () => {
      const { status } = await http(shared.stack, await signed(), { headers: { host: 'files.example.com' } });
      expect(status).toBe(403);
    });

    test('signed with a wrong secret or by nobody', async () => {
      for (const credentials of [
        { ...application(shared.stack), secretKey: 'not-the-secret' },
        { accessKey: 'nobody', secretKey: application(shared.stack).secretKey },
        { ...application(shared.stack), secretKey: root(shared.stack).secretKey },
      ]) {
        const stranger = await s3(shared.stack, credentials);
        expect(await statusOf(await stranger.presign('get_object', { Bucket, Key: 'folder/object.bin' }))).toBe(403);
        stranger.close();
      }
    });
  });

  describe('a key', () => {
    test.each([
      ['with spaces', 'a b  c.txt'],
      ['of other scripts', 'Übersicht/日本語/😀.txt'],
      ['with a plus', 'c++/1+1=2.txt'],
      ['with a percent sign', '100%/%2F%20%25.txt'],
      ['with every sign of ASCII', `signs/!"#$&'()*,:;<=>?@[]^_\`{|}~.txt`],
      ['with dots', 'a..b/...c'],
      ['of 1000 bytes', `${'d'.repeat(200)}/`.repeat(4) + 'k'.repeat(196)],
      ['of 249 four-byte letters', `${'😀'.repeat(50)}/`.repeat(4) + '😀'.repeat(49)],
    ])('%s works signed, both ways', async (_, Key) => {
      const put = await client.presign('put_object', { Bucket, Key });
      expect((await http(shared.stack, put, { method: 'PUT', body: Key })).status).toBe(200);
      const { status, body } = await http(shared.stack, await client.presign('get_object', { Bucket, Key }));
      expect([status, body.toString()]).toEqual([200, Key]);
      const { Contents } = await client.call('list_objects_v2', { Bucket, Prefix: Key });
      expect(Contents.map((object: { Key: string }) => object.Key)).toEqual([Key]);
    });

    // MinIO keeps objects in files. The signature is right; a key without the second slash is another object.
    test.each([
      ['with two slashes', 'a//b.txt', 'a/b.txt', 400],
      ['that leads out of the bucket', '../../etc/passwd', 'etc/passwd', 403],
    ])('%s is refused, and never reaches another object', async (_, Key, other, refused) => {
      await client.call('put_object', { Bucket, Key: other, Body: Buffer.from('other') });
      const put = await client.presign('put_object', { Bucket, Key });
      expect((await http(shared.stack, put, { method: 'PUT', body: Key })).status).toBe(refused);
      const get = await client.presign('get_object', { Bucket, Key });
      expect((await http(shared.stack, get)).status).toBe(refused);
      expect((await client.call('get_object', { Bucket, Key: other })).Body.toString()).toBe('other');
    });

    test('that begins with a slash is the same as without it', async () => {
      const put = await client.presign('put_object', { Bucket, Key: '/slash.txt' });
      expect((await http(shared.stack, put, { method: 'PUT', body: 'text' })).status).toBe(200);
      const get = await client.presign('get_object', { Bucket, Key: '/slash.txt' });
      expect((await http(shared.stack, get)).body.toString()).toBe('text');
      expect((await client.call('get_object', { Bucket, Key: 'slash.txt' })).Body.toString()).toBe('text');
    });
  });
});
