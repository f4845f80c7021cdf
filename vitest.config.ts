import { defineConfig } from 'vitest/config';

/** A project for each speed. `npm test` runs the fast one, `npm run test:packed` and so on another, `npm cit` all. */
const slow = ['packed', 'faults', 'stack'];
const project = (name: string, include: string, exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include: [include], exclude },
});

export default defineConfig({
  test: {
    projects: [
      project(
        'fast',
        'test/**/*.test.ts',
        slow.map((name) => `test/${name}/**`),
      ),
      ...slow.map((name) => project(name, `test/${name}/**/*.test.ts`)),
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
