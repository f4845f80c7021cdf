import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, parse, parseDocument } from 'yaml';
import { blueprintProblems } from '../../src/merge/blueprint.ts';
import { planFiles } from '../../src/update/plan.ts';
import { readBlueprint } from '../support/blueprint.ts';
import { frozen, merge, texts } from '../update/support.ts';
import { blueprintEdits, lineEdits, withLineEdits, withYamlEdits } from './random-edits.ts';

const runs = 300;
/** Milliseconds for all runs of a property, on a machine that has other things to do. */
const timeout = 120_000;
type RandomOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;
const versions = [...frozen, 'current'].map((version) => texts(version, { serverDomain: 'files.example.com' }));
const present = versions.at(-1) ?? {};
const paths = Object.keys(present);
const textPaths = paths.filter((path) => !path.endsWith('.yaml'));

const anyFile = fc.constantFrom(...paths);
const version = fc.nat(versions.length - 1);
const textOf = (index: number, path: string) => versions[index]?.[path] ?? present[path] ?? '';

/** Three versions of one file: two renderings, each with edits. What is random is small, for a failure to be read. */
const fileSides = (from: string[] = paths) =>
  fc.record({
    path: fc.constantFrom(...from),
    older: version,
    newer: version,
    mine: lineEdits(),
    theirs: lineEdits(3),
  });
type FileSides = RandomOf<ReturnType<typeof fileSides>>;
const sidesOf = ({ path, older, newer, mine, theirs }: FileSides) => ({
  base: textOf(older, path),
  mine: withLineEdits(textOf(older, path), mine),
  theirs: withLineEdits(textOf(newer, path), theirs),
});
/** What Render would not take is never the result of a merge: it is a conflict, whatever the sides are. */
const isValid = (path: string, text: string) =>
  !path.endsWith('.yaml') ||
  (path === 'render.yaml'
    ? blueprintProblems(text).length === 0
    : parseDocument(text).errors.length === 0 && isMap(parseDocument(text).contents));

/** Three versions of render.yaml, all of them Blueprints. */
const blueprints = fc.record({ older: version, newer: version, mine: blueprintEdits, theirs: blueprintEdits });
const blueprintsOf = ({ older, newer, mine, theirs }: RandomOf<typeof blueprints>) => ({
  base: textOf(older, 'render.yaml'),
  mine: withYamlEdits(textOf(older, 'render.yaml'), mine, 'MINE'),
  theirs: withYamlEdits(textOf(newer, 'render.yaml'), theirs, 'THEIRS'),
});

const forAll = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, check), { numRuns: runs });

const agreed = (text: string) => ({ text, mine: text, theirs: text, conflicts: 0 });

describe('for every file and every edit', { timeout }, () => {
  it('what only the template changed is taken: merge(base, base, x) = x', () => {
    forAll(fileSides(), (random) => {
      // How a list is indented stays as it is on the disk.
      const { base, theirs } = sidesOf({ ...random, theirs: random.theirs.filter(({ how }) => how !== 'indent') });
      if (isValid(random.path, theirs)) expect(merge(random.path, { base, mine: base, theirs }).text).toBe(theirs);
    });
  });

  it('what only the user changed is kept: merge(base, x, base) = x', () => {
    forAll(fileSides(), (random) => {
      const { base, mine } = sidesOf(random);
      if (isValid(random.path, mine)) expect(merge(random.path, { base, mine, theirs: base }).text).toBe(mine);
    });
  });

  it('what both made the same is no conflict: merge(base, x, x) = x', () => {
    forAll(fileSides(), (random) => {
      const { base, mine } = sidesOf(random);
      if (isValid(random.path, mine)) expect(merge(random.path, { base, mine, theirs: mine })).toEqual(agreed(mine));
    });
  });

  it('what is taken already is not taken twice: merge(base, merge(base, m, t), t) = merge(base, m, t), or a conflict', () => {
    forAll(fileSides(), (random) => {
      const sides = sidesOf(random);
      const first = merge(random.path, sides);
      if (first.conflicts > 0) return;
      const again = merge(random.path, { ...sides, mine: first.text });
      // Where lines repeat, diff3 can't always tell what is in already.
      if (again.conflicts === 0) expect(again).toEqual(first);
    });
  });

  it('every line that only the user has is in the result, as often as they wrote it', () => {
    forAll(fileSides(textPaths), (random) => {
      const { base, mine, theirs } = sidesOf(random);
      const { text } = merge(random.path, { base, mine, theirs });
      const known = new Set([...base.split('\n'), ...theirs.split('\n'), '=======']);
      const count = (of: string, line: string) => of.split('\n').filter((each) => each === line).length;
      for (const line of mine.split('\n').filter((each) => !known.has(each) && !each.startsWith('FROM')))
        expect(count(text, line), line).toBe(count(mine, line));
    });
  });

  it('a file that was there before loses no line of either side', () => {
    forAll(fileSides(), (random) => {
      const { mine, theirs } = sidesOf(random);
      const lines = merge(random.path, { base: undefined, mine, theirs }).text.split('\n');
      for (const line of [...mine.split('\n'), ...theirs.split('\n')]) expect(lines).toContain(line);
    });
  });
});

describe('for every edit of a Blueprint', { timeout }, () => {
  /** Every name that a service, a variable, a domain, a path or a comment of the user's or the template's has. */
  const names = (text: string, tag: string) =>
    new Set(text.match(new RegExp(`${tag}(_\\d+| says \\d+|-\\d+/)|${tag.toLowerCase()}\\d+\\.`, 'g')));

  it('the result parses and is a Blueprint, or is a conflict', () => {
    forAll(blueprints, (random) => {
      const sides = blueprintsOf(random);
      if (readBlueprint(sides.mine).problems.length > 0 || readBlueprint(sides.theirs).problems.length > 0) return;
      const { text, conflicts } = merge('render.yaml', sides);
      if (conflicts === 0) expect(readBlueprint(text).problems).toEqual([]);
    });
  });

  it('everything that only one side added is in the result', () => {
    forAll(blueprints, (random) => {
      const sides = blueprintsOf(random);
      const { text } = merge('render.yaml', sides);
      for (const name of names(sides.mine, 'MINE')) expect(text).toContain(name);
      for (const name of names(sides.theirs, 'THEIRS')) if (!name.includes('says')) expect(text).toContain(name);
    });
  });

  it('everything that only one side removed is gone', () => {
    forAll(blueprints, (random) => {
      const sides = blueprintsOf(random);
      const { text, conflicts } = merge('render.yaml', sides);
      if (conflicts > 0) return;
      const variables = (yaml: string) =>
        new Set(
          (parse(yaml).services as { name: string; envVars?: { key: string }[] }[]).flatMap(({ name, envVars = [] }) =>
            envVars.map(({ key }) => `${name}.${key}`),
          ),
        );
      const [base, mine, theirs, merged] = [sides.base, sides.mine, sides.theirs, text].map(variables);
      for (const key of base ?? []) if (!mine?.has(key) || !theirs?.has(key)) expect(merged).not.toContain(key);
      for (const key of merged ?? []) expect(mine?.has(key) || theirs?.has(key), key).toBe(true);
    });
  });

  it('what is taken already is not taken twice', () => {
    forAll(blueprints, (random) => {
      const sides = blueprintsOf(random);
      const first = merge('render.yaml', sides);
      if (first.conflicts > 0) return;
      expect(merge('render.yaml', { ...sides, mine: first.text })).toEqual(first);
    });
  });

  it('merging with the same again changes nothing', () => {
    forAll(blueprints, (random) => {
      const { base, mine, theirs } = blueprintsOf(random);
      expect(merge('render.yaml', { base, mine: base, theirs }).text).toBe(theirs);
      expect(merge('render.yaml', { base, mine, theirs: base }).text).toBe(mine);
      expect(merge('render.yaml', { base, mine, theirs: mine })).toEqual(agreed(mine));
    });
  });
});

describe('for every repository', { timeout }, () => {
  const repository = fc.record({
    older: version,
    edits: fc.dictionary(anyFile, lineEdits(), { maxKeys: 4 }),
    gone: fc.subarray(paths, { maxLength: 2 }),
  });
  const versionsOf = ({ older, edits, gone }: RandomOf<typeof repository>) => {
    const base = new Map(Object.entries(versions[older] ?? {}));
    const edited = [...base].filter(([path]) => !gone.includes(path));
    const text = (path: string, text: string) => ({
      kind: 'text' as const,
      text: withLineEdits(text, edits[path] ?? []),
    });
    return {
      base,
      disk: new Map(edited.map(([path, contents]) => [path, text(path, contents)])),
      generated: new Map(Object.entries(present).map(([path, contents]) => [path, { contents, executable: false }])),
    };
  };
  const forAllRepositories = (check: (versions: Parameters<typeof planFiles>[0]) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(repository, (random) => check(versionsOf(random))),
      { numRuns: runs },
    );

  it('the plan is deterministic, and its order that of the paths', () =>
    forAllRepositories(async (versions) => {
      const plan = await planFiles(versions, merge);
      const backwards = <T>(map: ReadonlyMap<string, T>) => new Map([...map].reverse());
      expect(
        await planFiles(
          { base: backwards(versions.base), disk: backwards(versions.disk), generated: backwards(versions.generated) },
          merge,
        ),
      ).toEqual(plan);
      expect(plan.map(({ path }) => path)).toEqual(plan.map(({ path }) => path).toSorted());
    }));

  it('a second run has nothing to do', () =>
    forAllRepositories(async (versions) => {
      const disk = new Map(versions.disk);
      for (const file of await planFiles(versions, merge)) {
        if (file.kind === 'delete') disk.delete(file.path);
        else if (file.kind === 'write') disk.set(file.path, { kind: 'text', text: String(file.contents) });
      }
      const base = new Map([...versions.generated].map(([path, { contents }]) => [path, contents]));
      const again = await planFiles({ ...versions, base, disk }, merge);
      for (const { path, action, reason } of again) {
        // Markers that the edits wrote are the user's to settle.
        if (reason !== 'it still has conflict markers')
          expect([path, action]).toEqual([path, expect.stringMatching(/^(identical|keep|stay deleted)$/)]);
      }
    }));
});
