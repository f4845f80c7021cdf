import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { needs, program } from '../../support/needs.ts';
import { openProxy } from './proxy.ts';

/** A group of tests in a browser, Debian's Chromium. */
export const describeChromium = (title: string, tests: () => void) =>
  describe(title, needs(program('chromium')), tests);

/** A browser that has never run. */
export interface Chromium {
  /** A visitor without cookies, who takes the edge's certificate for good. */
  visitor(): Promise<BrowserContext>;
  close(): Promise<void>;
}

/**
 * Starts a Chromium that reaches nothing but this machine.
 * @param hosts where it finds a host name, as `address:port`; a leading `*.` stands for all below
 */
export async function openChromium(hosts: Record<string, string> = {}): Promise<Chromium> {
  const proxy = await openProxy(hosts);
  const quiet = ['background-networking', 'component-update', 'quic', 'sync'].map((what) => `--disable-${what}`);
  const browser = await chromium.launch({
    executablePath: fileURLToPath(new URL('own-network.py', import.meta.url)),
    env: { ...process.env, PROXY_SOCKET: proxy.socket },
    args: [
      ...['--disable-gpu', '--no-first-run', ...quiet],
      ...['--proxy-server=http://127.0.0.1:8888', '--proxy-bypass-list=<-loopback>'],
    ],
    chromiumSandbox: false,
  });
  return {
    visitor: async () => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      context.setDefaultTimeout(20_000);
      return context;
    },
    close: async () => {
      await browser.close();
      proxy.close();
    },
  };
}

/** One browser for all tests of a group. */
export function sharedChromium(hosts: () => Record<string, string> = () => ({})): Pick<Chromium, 'visitor'> {
  let browser: Chromium | undefined;
  beforeAll(async () => {
    browser = await openChromium(hosts());
  }, 60_000);
  afterAll(() => browser?.close());
  return {
    visitor: () => {
      if (!browser) throw new Error('Chromium has not started');
      return browser.visitor();
    },
  };
}
