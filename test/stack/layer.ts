import { afterAll, beforeAll, describe } from 'vitest';
import { findEngine } from '../render-simulator/engine.ts';
import { type Need, needs } from '../support/needs.ts';
import { missingImages } from './images/images.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';

const engine = await engineWithImages();

/** A group of tests on a running stack. It needs a container engine, and what else is given. */
export function describeStack(title: string, tests: () => void, ...others: Need[]): void {
  describe(title, { timeout: 120_000, ...needs(engine, ...others) }, tests);
}

/** One stack for all tests of a group, removed after them. */
export function sharedStack(options: StackOptions = {}): { readonly stack: Stack } {
  let started: Stack | undefined;
  beforeAll(async () => {
    started = await startStack(options);
  }, 180_000);
  afterAll(() => started?.stop(), 60_000);
  return {
    get stack() {
      if (!started) throw new Error('the stack has not started');
      return started;
    },
  };
}

async function engineWithImages(): Promise<Need> {
  const engine = await findEngine();
  if (!engine) return { what: 'podman or docker', isThere: false };
  const missing = await missingImages(engine);
  return { what: `the images of npm run test:stack:prepare (${missing.join(', ')})`, isThere: missing.length === 0 };
}
