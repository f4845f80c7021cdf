import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { http } from './clients/http.ts';
import { root } from './clients/s3.ts';
import { attempt, type Session, signIn, uploadForm } from './console/session.ts';
import { frame, openWebSocket } from './console/socket.ts';
import { describeStack, sharedStack } from './layer.ts';
import { reachable } from './stack.ts';

const objects = '/api/v1/buckets/my-storage/objects';

describeStack('the console', () => {
  const shared = sharedStack();
  const get = (path: string) => http(shared.stack, shared.stack.console.url + path);
  let session: Session;
  beforeAll(async () => {
    session = await signIn(shared.stack);
  });

  /** Idle while all other tests of this file run: the last one sends through it again. */
  let idle: { socket: Duplex; since: number };
  const wish = frame(JSON.stringify({ mode: 'objects', bucket_name: 'my-storage', prefix: '', request_id: 7 }));
  const answerTo = async (socket: Duplex) => {
    socket.write(wish);
    const [answer] = await once(socket, 'data');
    return answer.toString();
  };

  test('opens a WebSocket that answers', async () => {
    const { status, socket } = await openWebSocket(shared.stack, '/ws/objectManager', session);
    expect(status).toBe(101);
    expect(await answerTo(socket as Duplex)).toContain('"request_id":7');
    idle = { socket: socket as Duplex, since: Date.now() };
  });

  test('shows its login page, with every asset that the page names', async () => {
    const { status, headers, body } = await get('/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html']);
    expect(body.toString()).toContain('Console</title>');
    const assets = [...body.toString().matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(assets.length).toBeGreaterThan(5);
    for (const path of assets) {
      const asset = await get(path);
      expect([path, asset.status]).toEqual([path, 200]);
      if (path.endsWith('.js')) expect(asset.headers['content-type']).toContain('javascript');
      if (path.endsWith('.css')) expect(asset.headers['content-type']).toContain('text/css');
      expect(asset.body.length).toBe(Number(asset.headers['content-length']));
    }
  });

  test('signs root in, with a cookie for HTTPS only that no script can read', async () => {
    expect(session.setCookie).toMatch(/; ?Secure(;|$)/i);
    expect(session.setCookie).toMatch(/; ?HttpOnly(;|$)/i);
    expect(session.setCookie).toMatch(/; ?SameSite=(Lax|Strict)(;|$)/i);
    const { body } = await session.request('/api/v1/buckets');
    expect(JSON.parse(body.toString()).buckets).toMatchObject([{ name: 'my-storage' }]);
  });

  test('refuses a wrong password, an unknown user, and whoever has not signed in', async () => {
    const { accessKey, secretKey } = root(shared.stack);
    const wrong = [
      { accessKey, secretKey: `${secretKey}x` },
      { accessKey: 'nobody', secretKey },
    ];
    for (const credentials of wrong) {
      const { status, headers } = await attempt(shared.stack, credentials);
      expect([status, headers['set-cookie']]).toEqual([401, undefined]);
    }
    expect((await get('/api/v1/buckets')).status).toBe(403);
  });

  test('uploads a file and downloads it again', async () => {
    const content = Buffer.alloc(3 << 20, 'through the console ');
    const uploaded = await session.request(`${objects}/upload?prefix=a%20b%2B.txt`, await uploadForm(content));
    expect(uploaded.status).toBe(200);
    const { status, headers, body } = await session.request(`${objects}/download?prefix=a%20b%2B.txt`);
    expect([status, headers['content-disposition']]).toEqual([200, expect.stringMatching(/^attachment; /)]);
    expect(body.equals(content)).toBe(true);
  });

  test.each([
    ['a page', '/'],
    ['an asset', '/manifest.json'],
    ['an answer of the API', '/api/v1/login'],
    ['a refusal', '/api/v1/buckets'],
    ["nginx's own answer", '/healthz'],
  ])('sends the security headers once each, with %s', async (_, path) => {
    const { headers } = await get(path);
    // Node joins headers that come twice with a comma.
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': expect.stringMatching(/^[a-z-]+$/),
      'strict-transport-security': 'max-age=31536000',
    });
    expect(headers.server).toBe('nginx');
  });

  test('lets its own pages, and no others, show a preview in a frame', async () => {
    await session.request(`${objects}/upload?prefix=preview.txt`, await uploadForm('a preview'));
    const { status, headers } = await session.request(`${objects}/download?preview=true&prefix=preview.txt`);
    expect([status, headers['x-frame-options']]).toEqual([200, 'SAMEORIGIN']);
  });

  test('makes links for sharing that download through the console without signing in', async () => {
    await session.request(`${objects}/upload?prefix=shared.txt`, await uploadForm('to be shared'));
    const { body } = await session.request(`${objects}/share?prefix=shared.txt&version_id=null&expires=60s`);
    const link = new URL(JSON.parse(body.toString()));
    expect(link.host).toBe(new URL(shared.stack.console.url).host);
    expect((await get(link.pathname + link.search)).body.toString()).toBe('to be shared');
    // They hold a signed URL, which the log must not.
    expect(await shared.stack.console.log()).not.toContain(link.pathname.split('/').at(-1));
  });

  describe('opens a WebSocket', () => {
    test('on its own pages only', async () => {
      const foreign = { ...session, origin: 'https://evil.example.com' };
      expect(await openWebSocket(shared.stack, '/ws/objectManager', foreign)).toEqual({ status: 403 });
    });

    // What the pinned Silo uses for logs and traces; upstream's console upgrades and then closes.
    test.each(['/ws/trace/', '/ws/console/'])('of the administration, %s, for who has signed in only', async (path) => {
      const { status, socket } = await openWebSocket(shared.stack, path, session);
      expect(status).toBe(101);
      socket?.destroy();
      expect((await openWebSocket(shared.stack, path, { cookie: 'token=stolen' })).status).not.toBe(101);
    });
  });

  describe('somebody who has signed in', () => {
    const shared = sharedStack();

    // While the server is prepared, root has another name.
    test.each(['minio-admin', 'Zm9v+YmFy/YmF6='])(
      'as the root user %s stays signed in when the server is deployed again',
      async (name) => {
        await shared.stack.server.deploy({ MINIO_ROOT_USER: name });
        await reachable(shared.stack.console);
        const session = await signIn(shared.stack);
        await shared.stack.server.deploy();
        await reachable(shared.stack.console);
        const { status, body } = await session.request('/api/v1/buckets');
        expect([status, JSON.parse(body.toString()).buckets]).toMatchObject([200, [{ name: 'my-storage' }]]);
      },
    );
  });

  describe('signing in to the console', () => {
    const shared = sharedStack();
    const wrong = { accessKey: 'minio-admin', secretKey: 'not-the-password' };
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const statuses = async (count: number, request: (n: number) => Parameters<typeof attempt>[2]) => {
      const seen = [];
      for (let n = 0; n < count; n++) seen.push((await attempt(shared.stack, wrong, request(n))).status);
      return seen;
    };

    test('is answered 429 after some attempts in a row, and says when to try again', async () => {
      expect((await statuses(12, () => from('192.0.2.1'))).slice(-4)).toEqual([429, 429, 429, 429]);
      const { headers } = await attempt(shared.stack, wrong, from('192.0.2.1'));
      expect(headers).toMatchObject({ 'retry-after': '10', 'x-frame-options': 'DENY' });
    });

    test('remains possible for somebody else meanwhile', async () => {
      expect(await statuses(1, () => from('192.0.2.1'))).toEqual([429]);
      await signIn(shared.stack, root(shared.stack), from('192.0.2.2').headers);
    });

    test('counts attempts only', async () => {
      expect(await statuses(1, () => from('192.0.2.1'))).toEqual([429]);
      for (let n = 0; n < 30; n++) {
        const { status } = await http(shared.stack, `${shared.stack.console.url}/api/v1/login`, from('192.0.2.1'));
        expect(status).toBe(200);
      }
    });

    test('is limited for all together, however often they change their address and their spelling of the path', async () => {
      await statuses(40, (n) => from(`198.51.100.${n}`));
      const spellings = [
        '/api/v1/login/',
        '/api/v1/./login',
        '/api/v1/x/../login',
        '/api//v1/login',
        '/api/v1/login?x',
      ];
      for (const path of [...spellings, '//api/v1/login', '/api/v1/%6cogin', '/api/v1/login%2f', '/API/v1/login']) {
        const seen = await statuses(4, (n) => ({ ...from(`203.0.113.${n}`), path }));
        expect([path, seen]).toEqual([path, expect.not.arrayContaining([204])]);
        // Limited, or nothing that the console takes for an attempt. One a second is let through, whichever it is.
        if (seen.includes(401)) expect([path, seen]).toEqual([path, expect.arrayContaining([429])]);
      }
    });
  });

  test('keeps a WebSocket that has been idle for more than a minute', async () => {
    await sleep(idle.since + 65_000 - Date.now());
    expect(await answerTo(idle.socket)).toContain('"request_id":7');
    idle.socket.destroy();
  });
});
