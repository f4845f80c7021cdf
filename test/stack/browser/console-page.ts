import { readFileSync } from 'node:fs';
import type { Page, WebSocket } from 'playwright-core';
import type { Credentials } from '../clients/s3.ts';

/** The console as people use it. */
export interface ConsolePage {
  /** Types user and password into the login form, and presses its button. */
  signIn(credentials: Credentials): Promise<void>;
  /** Opens a bucket, with the list of its objects. */
  open(bucket: string): Promise<void>;
  /** Uploads a file into the bucket that is open, and waits until the list shows it. */
  upload(name: string, content: string): Promise<void>;
  /** Downloads a file of the bucket that is open; returns its content. */
  download(name: string): Promise<string>;
  /** The WebSockets that the page has opened so far. */
  sockets: WebSocket[];
  /** What went wrong in the browser so far: scripts, policies, requests. */
  complaints: string[];
}

export async function consolePage(page: Page, url: string): Promise<ConsolePage> {
  const sockets: WebSocket[] = [];
  const complaints: string[] = [];
  page.on('websocket', (socket) => {
    sockets.push(socket);
    socket.on('socketerror', (error) => complaints.push(`WebSocket: ${error}`));
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    const { errorText = '' } = request.failure() ?? {};
    // What a page asks for when it is left is aborted.
    if (errorText !== 'net::ERR_ABORTED') complaints.push(`request: ${request.url()} ${errorText}`);
  });
  page.on('console', (message) => {
    // Whoever has not signed in yet has no session to ask for.
    const expected = message.location().url.endsWith('/api/v1/session');
    if (message.type() === 'error' && !expected) complaints.push(`console: ${message.text()}`);
  });
  // Upstream's console shows its licence first.
  await page.addLocatorHandler(page.getByRole('button', { name: 'Acknowledge' }), (button) => button.click());
  await page.goto(url);
  return {
    sockets,
    complaints,
    signIn: async ({ accessKey, secretKey }) => {
      await page.locator('#accessKey').fill(accessKey);
      await page.locator('#secretKey').fill(secretKey);
      await page.locator('#do-login').click();
    },
    open: async (bucket) => {
      // After signing in the console goes from page to page by itself.
      await page.locator('#sign-out').waitFor();
      await page.waitForLoadState('networkidle');
      await page.goto(`${url}/browser/${bucket}`);
      await page.locator('#refresh-objects-list').waitFor();
    },
    upload: async (name, content) => {
      const file = { name, mimeType: 'text/plain', buffer: Buffer.from(content) };
      await page.locator('input[type=file]').first().setInputFiles(file);
      await inList(page, name).waitFor();
    },
    download: async (name) => {
      await inList(page, name).click();
      const downloaded = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download', exact: true }).click();
      return readFileSync(await (await downloaded).path(), 'utf8');
    },
  };
}

const inList = (page: Page, name: string) => page.locator('#object-list-wrapper').getByText(name, { exact: true });
