import { expect, test } from 'vitest';
import { obstacle } from './layer.ts';

test('a container engine is there, where STACK_TESTS=required', ({ skip }) => {
  if (process.env.STACK_TESTS === 'required') expect(obstacle).toBeUndefined();
  else if (obstacle) {
    console.warn(`skipped, the rendered stack on real servers: ${obstacle}`);
    skip();
  }
});
