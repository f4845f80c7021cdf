import { afterAll, beforeAll, describe } from 'vitest';
import { findEngine } from '../render-simulator/engine.ts';
import { type Stack, type StackOptions, startStack } from '../render-simulator/stack.ts';
import { missingImages } from './images/images.ts';

/** Why these tests can't run here; undefined where they can. */
export const obstacle = await whatIsMissing();

/** A group of tests on a running stack. Without an engine it is skipped; `engine.test.ts` says so, once for all. */
export function describeStack(title: string, tests: () => void): void {
  describe.skipIf(obstacle !== undefined)(title, { timeout: 120_000 }, tests);
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

async function whatIsMissing(): Promise<string | undefined> {
  const engine = await findEngine();
  if (!engine) return 'neither podman nor docker answers';
  const missing = await missingImages(engine);
  return missing.length > 0 ? `${missing.join(', ')} missing: npm run test:stack:prepare` : undefined;
}
