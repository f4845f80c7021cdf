const slow = ['packed', 'registry', 'workflows', 'verify', 'faults', 'stack'];
/**
 * Slow projects in which two files at once are no harm: they mostly wait, and where a test bounds a time, it has several
 * times what it needs.
 */
const patient = ['packed', 'registry', 'workflows', 'verify', 'stack'];
/**
 * Files of the stack that run alone: they allow five seconds for what takes one or two, or build without the lock that
 * the simulator's builds hold (`compose`).
 */
const alone = ['compose', 'docker', 'other-images', 'signals'].map((name) => `test/stack/${name}.test.ts`);

/** Their tests write many repositories, and little else. */
const inMemory = { setupFiles: ['test/support/in-memory.ts'] };

/** Vitest would leave one core idle. */
const everyCore = { maxWorkers: '100%' };

/** Vitest's projects. `npm test` runs the fast one, `npm run test:packed` and so on another, `npm cit` all of them. */
export const projects = [
  {
    extends: true as const,
    test: {
      name: 'fast',
      include: ['test/**/*.test.ts'],
      exclude: slow.map((name) => `test/${name}/**`),
      ...everyCore,
      ...inMemory,
      // Loading Yeoman anew for each file would take as long as half of the tests.
      isolate: false,
    },
  },
  // After the fast tests: these start programs of their own. Two signals to one process are a race on a busy machine: no
  // other test runs beside `faults`.
  ...slow.map((name) => ({
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      exclude: name === 'stack' ? alone : [],
      ...(patient.includes(name)
        ? { sequence: { groupOrder: 1 }, ...everyCore }
        : { sequence: { groupOrder: 2 }, ...inMemory }),
    },
  })),
  {
    extends: true as const,
    test: { name: 'stack-alone', include: alone, exclude: [], sequence: { groupOrder: 2 } },
  },
];
