const slow = ['packed', 'registry', 'workflows', 'faults', 'stack'];
/** Slow projects of which none watches a clock: two files at once are no harm. */
const patient = ['registry', 'workflows'];

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
      // Loading Yeoman anew for each file would take as long as half of the tests.
      isolate: false,
    },
  },
  // After the fast tests: these start programs of their own, and some watch a clock.
  ...slow.map((name) => ({
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      exclude: [],
      ...(patient.includes(name) ? { sequence: { groupOrder: 1 }, ...everyCore } : { sequence: { groupOrder: 2 } }),
    },
  })),
];
