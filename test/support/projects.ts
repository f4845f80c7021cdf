const slow = ['packed', 'registry', 'workflows', 'faults', 'stack'];

/** Vitest's projects. `npm test` runs the fast one, `npm run test:packed` and so on another, `npm cit` all of them. */
export const projects = [
  {
    extends: true as const,
    test: {
      name: 'fast',
      include: ['test/**/*.test.ts'],
      exclude: slow.map((name) => `test/${name}/**`),
      // Vitest would leave one core idle.
      maxWorkers: '100%',
      // Loading Yeoman anew for each file would take as long as half of the tests.
      isolate: false,
    },
  },
  // After the fast tests: these start programs of their own, and some watch a clock.
  ...slow.map((name) => ({
    extends: true as const,
    test: { name, include: [`test/${name}/**/*.test.ts`], exclude: [], sequence: { groupOrder: 1 } },
  })),
];
