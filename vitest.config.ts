import { defineConfig } from 'vitest/config';
import { projects } from './test/support/projects.ts';

export default defineConfig({
  test: {
    projects,
    // yeoman-test changes the working directory, which threads share.
    pool: 'forks',
    // Nothing here waits for a clock; this is only for a test that hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/support/temporary-folder.ts',
    setupFiles: 'test/support/reproducible.ts',
    coverage: {
      include: ['src/**', 'generators/**/*.ts', 'create-minio-stack/main.ts'],
      reporter: ['text'],
    },
    reporters: ['default', './test/support/skips.ts'],
  },
});
