import { defineConfig } from 'vitest/config';

/** A project for each speed. `npm test` runs the fast one, `npm run test:packed` and so on another, `npm cit` all. */
const slow = ['packed', 'faults', 'stack'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: slow.map((name) => `test/${name}/**`),
          // Vitest would leave one core idle.
          maxWorkers: '100%',
        },
      },
      // After the fast ones: they start programs of their own, and some watch a clock.
      ...slow.map((name) => ({
        extends: true as const,
        test: { name, include: [`test/${name}/**/*.test.ts`], sequence: { groupOrder: 1 } },
      })),
    ],
    // yeoman-test changes the working directory, which threads share.
    pool: 'forks',
    // Nothing here waits for a clock; this is only for a test that hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/support/temporary-folder.ts',
    setupFiles: 'test/support/reproducible.ts',
    coverage: {
      include: ['src/**', 'generators/app/*.ts', 'create-minio-stack/main.ts'],
      reporter: ['text'],
    },
    reporters: ['default', './test/support/skips.ts'],
  },
});
