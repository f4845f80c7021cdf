import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // yeoman-test changes the working directory, which threads share.
    pool: 'forks',
    // Nothing here waits for a clock; this is only for a test that hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/support/temporary-folder.ts',
    setupFiles: 'test/support/reproducible.ts',
  },
});
