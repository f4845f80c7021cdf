import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownUpstream, type Upstream } from './console/upstream.ts';
import { describeStack, sharedStack } from './layer.ts';

describeStack('nginx in front of the console', () => {
  const shared = sharedStack({ only: 'console' });
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await ownUpstream(shared.stack);
  }, 60_000);
  afterAll(() => upstream?.close());

  /** A request through the edge whose path is not touched. */
  const send = (path: string, options: RequestOptions = {}) => {
    const { port } = new URL(shared.stack.console.url);
    const { ca } = shared.stack.certificate;
    return request({ host: 'localhost', port, path, ca, agent: false, ...options });
  };
  const answerOf = async (sent: ReturnType<typeof send>): Promise<IncomingMessage> => {
    sent.end();
    const [response] = await once(sent, 'response');
    return response;
  };
  /** What reaches the console of such a request. */
  const arrivalOf = async (path: string, options?: RequestOptions) => {
    let arrived: IncomingMessage | undefined;
    upstream.answer = (incoming, response) => {
      arrived = incoming;
      response.end();
    };
    (await answerOf(send(path, options))).resume();
    return { url: arrived?.url, headers: arrived?.headers ?? {} };
  };

  test.each([
    '/a%2Fb//c/%2e%2e/d',
    '/api/v1/x?prefix=a%20b+c%2Bd&y=',
    '/%E6%97%A5%F0%9F%98%80/%25/.',
    "/~a!$&'()*,;=:@",
  ])('passes %s on as it came', async (path) => {
    expect((await arrivalOf(path)).url).toBe(path);
  });

  test('tells the console what host, scheme and address the visitor has', async () => {
    const { headers } = await arrivalOf('/', { headers: { 'x-forwarded-for': '192.0.2.1' } });
    expect(headers).toMatchObject({
      host: new URL(shared.stack.console.url).host,
      'x-forwarded-proto': 'https',
      'x-forwarded-for': expect.stringMatching(/^192\.0\.2\.1, 127\.0\.0\.1, /),
      'x-real-ip': expect.any(String),
    });
  });

  test('passes on what the browser says of where a request comes from, and headers with unusual names', async () => {
    const sent = { origin: 'https://evil.example.com', referer: 'https://a/b', x_under_score: '1', 'x.dot': '2' };
    expect((await arrivalOf('/', { headers: sent })).headers).toMatchObject(sent);
  });

  test.each([200, 204, 304, 404, 500, 502, 503, 504])(
    'leaves an answer with %s of the console as it is',
    async (status) => {
      upstream.answer = (_, response) =>
        response.writeHead(status, { 'x-own': 'yes' }).end(status === 500 ? 'own' : '');
      const { statusCode, headers } = await answerOf(send('/'));
      expect([statusCode, headers['x-own']]).toEqual([status, 'yes']);
    },
  );

  test('makes every cookie Secure', async () => {
    const cookies = ['a=1; Path=/; HttpOnly', 'b=2; SameSite=Lax', 'c=3; Secure'];
    upstream.answer = (_, response) => response.setHeader('set-cookie', cookies).end();
    const { headers } = await answerOf(send('/'));
    expect(headers['set-cookie']?.map((cookie) => cookie.match(/; ?secure/gi)?.length)).toEqual([1, 1, 1]);
  });

  test('leaves cookies alone for who comes without HTTPS, and does not force it on him', async () => {
    upstream.answer = (_, response) => response.setHeader('set-cookie', 'a=1; Path=/').end();
    const { live, port } = shared.stack.console;
    const sent = plainRequest({ host: live.address, port, headers: { 'x-forwarded-proto': 'http' } });
    const { headers } = await answerOf(sent);
    expect(headers['set-cookie']).toEqual(['a=1; Path=/']);
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  test('takes it for HTTPS when nothing says what it was, as it is outside', async () => {
    upstream.answer = (_, response) => response.setHeader('set-cookie', 'a=1; Path=/').end();
    const { live, port } = shared.stack.console;
    const { headers } = await answerOf(plainRequest({ host: live.address, port }));
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/; ?secure/i)]);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  test('has as many workers as its plan has CPUs', async () => {
    const count = "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -c '^nginx: worker process'";
    expect((await shared.stack.console.exec(['sh', '-c', count])).stdout).toBe('1\n');
  });

  test('sends the security headers once each, whichever of them the console sends', async () => {
    const own = {
      'x-frame-options': 'ALLOWALL',
      'x-content-type-options': 'own',
      'referrer-policy': 'unsafe-url',
      'strict-transport-security': 'max-age=1',
    };
    upstream.answer = (_, response) => response.writeHead(200, own).end();
    // Node joins headers that come twice with a comma, or takes the first one.
    const { rawHeaders } = await answerOf(send('/'));
    const sent = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 && name.toLowerCase() in own ? `${name.toLowerCase()}: ${rawHeaders[index + 1]}` : [],
    );
    expect(sent.sort()).toEqual([
      'referrer-policy: strict-origin-when-cross-origin',
      'strict-transport-security: max-age=31536000',
      'x-content-type-options: nosniff',
      'x-frame-options: DENY',
    ]);
  });

  test('has the browser keep the assets of the console, but never the page that it sends for a name it does not know', async () => {
    const kept = async (path: string, type: string, status = 200) => {
      upstream.answer = (_, response) => response.writeHead(status, { 'content-type': type }).end();
      return (await answerOf(send(path))).headers['cache-control'];
    };
    const forever = 'public, max-age=31536000, immutable';
    // Silo's names, and upstream's.
    expect(await kept('/assets/index-CFndwtMY.js', 'text/javascript; charset=utf-8')).toBe(forever);
    expect(await kept('/assets/history-bcWh0_nH.js?x', 'text/javascript')).toBe(forever);
    expect(await kept('/assets/chakra-petch-latin-500-BWsfsDOT.woff2', 'font/woff2')).toBe(forever);
    expect(await kept('/static/js/main.0a1b2c3d.js', 'text/javascript')).toBe(forever);
    for (const path of ['/styles/root-styles.css', '/fonts/Inter/Inter-Bold.woff2', '/images/trash-icn.svg']) {
      expect(await kept(path, 'text/css')).toBe('public, max-age=3600');
    }
    expect(await kept('/assets/index-CFndwtMY.js', 'text/html; charset=utf-8')).toBeUndefined();
    expect(await kept('/styles/root-styles.css', 'text/html')).toBeUndefined();
    expect(await kept('/assets/index-CFndwtMY.js', 'text/javascript', 404)).toBeUndefined();
    for (const path of ['/', '/assets/index.js', '/api/v1/buckets', '/api/v1/assets/index-CFndwtMY.js']) {
      expect(await kept(path, 'application/json')).toBeUndefined();
    }
    // Has no checksum in its name, and PDFs are shown only while its version is the page's own.
    expect(await kept('/scripts/pdf.worker.min.mjs', 'text/javascript')).toBeUndefined();
  });

  test.each([
    "default-src 'self' 'unsafe-eval' 'unsafe-inline'; script-src 'self' https://unpkg.com; connect-src 'self' https://unpkg.com;",
    undefined,
  ])('replaces the content policy %s by one without other sites and without eval', async (policy) => {
    upstream.answer = (_, response) =>
      response.writeHead(200, policy ? { 'content-security-policy': policy } : {}).end();
    const { headers } = await answerOf(send('/'));
    expect(headers['content-security-policy']).toMatch(/^default-src 'self'; /);
    // Silo's console saves a chart as an image by way of data:. No page of it needs blob:.
    expect(headers['content-security-policy']).toMatch(/; img-src 'self' data:; /);
    expect(headers['content-security-policy']).not.toMatch(/unpkg|eval|script-src|blob:/);
  });

  test('leaves a stricter content policy, as of a file that is shown, as it is', async () => {
    upstream.answer = (_, response) =>
      response.writeHead(200, { 'content-security-policy': "default-src 'none'" }).end();
    expect((await answerOf(send('/'))).headers['content-security-policy']).toBe("default-src 'none'");
  });

  describe('hands through', () => {
    const megabyte = Buffer.alloc(1 << 20, 'x');

    test('an upload of more than 5 GiB as it comes, and keeps nothing of it', async () => {
      const total = 32;
      let received = 0;
      const arrived = new Promise<void>((all) => {
        upstream.answer = (incoming) => {
          incoming.on('data', (data: Buffer) => {
            received += data.length;
            if (received === total << 20) all();
          });
          incoming.on('error', () => {});
        };
      });
      const sent = send('/api/v1/buckets/media/objects/upload', {
        method: 'POST',
        headers: { 'content-length': String(6 * 2 ** 30) },
      });
      const refused = once(sent, 'response').then(([{ statusCode }]) => `answered ${statusCode}`);
      refused.catch(() => {});
      for (let n = 0; n < total; n++) sent.write(megabyte);
      // Everything is there, though the upload goes on.
      expect(await Promise.race([arrived, refused])).toBeUndefined();
      const find = 'find / -xdev -type f -size +64k -newer /etc/nginx/conf.d/default.conf 2>/dev/null';
      expect((await shared.stack.console.exec(['sh', '-c', find])).stdout).toBe('');
      sent.destroy();
    });

    test('a download as it comes', async () => {
      upstream.answer = (_, response) => response.write('first');
      const response = await answerOf(send('/'));
      // The console has not ended its answer.
      const [data] = await once(response, 'data');
      expect(data.toString()).toBe('first');
      response.destroy();
    });

    test('a download that is larger than its memory, at the pace of a slow reader', async () => {
      let written = 0;
      upstream.answer = (_, response) => {
        const more = () => {
          for (let room = true; room && written < 1 << 30; written += megabyte.length) room = response.write(megabyte);
        };
        response.on('drain', more);
        more();
      };
      const response = await answerOf(send('/'));
      await once(response, 'readable');
      // Nobody reads: what is under way fits into the buffers between the two ends, and then nothing more comes.
      for (let before = -1; written !== before; await sleep(1000)) before = written;
      expect(written).toBeLessThan(64 << 20);
      response.destroy();
    });
  });
});
