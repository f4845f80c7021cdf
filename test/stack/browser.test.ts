import { expect, test } from 'vitest';
import { describeChromium, sharedChromium } from './browser/chromium.ts';
import { consolePage } from './browser/console-page.ts';
import { http } from './clients/http.ts';
import { root, s3 } from './clients/s3.ts';
import { signIn, uploadForm } from './console/session.ts';
import { describeStack, sharedStack } from './layer.ts';
import type { Stack } from './stack.ts';

/** A Chromium's request for a page, without a browser around it. */
const asBrowser = (stack: Stack, url: string) =>
  http(stack, url, { headers: { accept: 'text/html,*/*;q=0.8', 'user-agent': 'Mozilla/5.0 Chrome/156.0.0.0' } });

describeStack('in Chromium', () => {
  describeChromium('the console', () => {
    const shared = sharedStack();
    const chromium = sharedChromium();
    const open = async () => {
      const page = await (await chromium.visitor()).newPage();
      return { page, console: await consolePage(page, shared.stack.console.url) };
    };

    test('signs root in, shows the bucket, takes a file and gives it back, with nothing to complain about', async () => {
      const { page, console } = await open();
      await console.signIn(root(shared.stack));
      await page.getByText('my-storage').first().waitFor();
      await console.open('my-storage');
      await console.upload('from a page.txt', 'typed by hand');
      const client = await s3(shared.stack);
      const stored = await client.call('get_object', { Bucket: 'my-storage', Key: 'from a page.txt' });
      client.close();
      expect(stored.Body.toString()).toBe('typed by hand');
      await console.open('my-storage');
      expect(await console.download('from a page.txt')).toBe('typed by hand');
      expect(console.complaints).toEqual([]);
    });

    test('keeps its session in a cookie for HTTPS only, which no script sees', async () => {
      const { page, console } = await open();
      await console.signIn(root(shared.stack));
      await page.getByText('my-storage').first().waitFor();
      const cookies = await page.context().cookies();
      expect(cookies).toMatchObject([{ name: 'token', secure: true, httpOnly: true }]);
      expect(await page.evaluate('document.cookie')).toBe('');
    });

    test('lists objects through a WebSocket that stays open', async () => {
      const { page, console } = await open();
      await console.signIn(root(shared.stack));
      await page.getByText('my-storage').first().waitFor();
      await console.open('my-storage');
      const socket = console.sockets.at(-1);
      expect(socket?.url()).toBe(`${shared.stack.console.url.replace('https', 'wss')}/ws/objectManager`);
      const answer = socket?.waitForEvent('framereceived');
      await page.locator('#refresh-objects-list').click();
      expect((await answer)?.payload).toContain('request_id');
      expect(socket?.isClosed()).toBe(false);
    });

    test('refuses a wrong password, and says so', async () => {
      const { page, console } = await open();
      await console.signIn({ ...root(shared.stack), secretKey: 'not-the-password' });
      await page.getByText('invalid Login').waitFor();
      expect(await page.context().cookies()).toEqual([]);
    });

    test("opens the API's root, and is sent nowhere", async () => {
      const page = await (await chromium.visitor()).newPage();
      const answer = await page.goto(shared.stack.server.url);
      expect([answer?.status(), page.url()]).toEqual([403, `${shared.stack.server.url}/`]);
      expect((await asBrowser(shared.stack, shared.stack.server.url)).headers.location).toBeUndefined();
    });
  });
});

describeStack('in Chromium, with domains of our own', () => {
  describeChromium('for both services', () => {
    const shared = sharedStack({
      answers: { 'console-domain': 'console.example.com', 'server-domain': 'files.example.com' },
    });
    const chromium = sharedChromium(() => ({
      'console.example.com': new URL(shared.stack.console.url).host,
      'files.example.com': new URL(shared.stack.server.url).host,
    }));

    test("the API's root sends to the console, where root can sign in", async () => {
      const page = await (await chromium.visitor()).newPage();
      await page.goto('https://files.example.com/');
      expect(new URL(page.url()).origin).toBe('https://console.example.com');
      const console = await consolePage(page, 'https://console.example.com');
      await console.signIn(root(shared.stack));
      await page.getByText('my-storage').first().waitFor();
      await console.open('my-storage');
      await console.upload('by-domain.txt', 'uploaded');
      expect(console.complaints).toEqual([]);
    });

    test('who is no browser is not sent there', async () => {
      const { status, headers } = await http(shared.stack, shared.stack.server.url);
      expect([status, headers.location]).toEqual([403, undefined]);
    });

    test('a link for sharing is one to the console, and downloads for everybody', async () => {
      const { stack } = shared;
      const session = await signIn(stack);
      const objects = '/api/v1/buckets/my-storage/objects';
      await session.request(`${objects}/upload?prefix=linked.txt`, await uploadForm('for a link'));
      const host = { headers: { host: 'console.example.com' } };
      const { body } = await session.request(`${objects}/share?version_id=null&prefix=linked.txt`, host);
      const link = JSON.parse(body.toString());
      expect(link).toMatch(/^https:\/\/console\.example\.com\/api\/v1\/download-shared-object\//);
      const page = await (await chromium.visitor()).newPage();
      await page.goto('https://console.example.com/healthz');
      expect(await page.evaluate(`fetch('${link}').then((answer) => answer.text())`)).toBe('for a link');
    });
  });
});
