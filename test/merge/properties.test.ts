import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, parseDocument } from 'yaml';
import type { MergedFile } from '../../src/merge/merge-file.ts';
import { planFiles } from '../../src/update/plan.ts';
import { readBlueprint } from '../support/blueprint.ts';
import { frozen, labels, texts } from '../update/support.ts';
import { expectedValues, valuesOf } from './expected-values.ts';
import { mergeTexts as merge, settled } from './merge-texts.ts';
import {
  blueprintEdits,
  lineEdits,
  type Style,
  styles,
  withLineEdits,
  withStyle,
  withYamlEdits,
} from './random-edits.ts';

/** Examples for each property: `npm test` is to be fast, and CI thorough. */
const runs = process.env.CI ? 200 : 100;
/** One seed for all properties of a run: they see the same Blueprints, so that each is merged once. */
const seed = fc.readConfigureGlobal()?.seed ?? Math.trunc(Math.random() * 2 ** 31);
/** Milliseconds for all runs of a property, on a machine that has other things to do. */
const timeout = 300_000;
type RandomOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;
const versions = [...frozen, 'current'].map((version) => texts(version, { serverDomain: 'files.example.com' }));
const present = versions.at(-1) ?? {};
const paths = Object.keys(present);
/** Files without a meaning of their own: merged line by line. */
const textPaths = paths.filter((path) => !path.endsWith('.yaml') && !path.startsWith('.git'));

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
const parses = (text: string) => {
  const { errors, contents } = parseDocument(text);
  return errors.length === 0 && isMap(contents);
};

/** Three versions of render.yaml, all of them Blueprints; mine may be written in another way. */
const blueprints = fc.record({
  older: version,
  newer: version,
  mine: blueprintEdits,
  theirs: blueprintEdits,
  style: fc.constantFrom(...styles),
});
type RandomBlueprint = RandomOf<typeof blueprints>;
const blueprintsOf = ({ older, newer, mine, theirs, style }: RandomBlueprint) => ({
  base: textOf(Math.min(older, newer), 'render.yaml'),
  mine: withStyle(withYamlEdits(textOf(Math.min(older, newer), 'render.yaml'), mine, 'MINE'), style),
  theirs: withYamlEdits(textOf(Math.max(older, newer), 'render.yaml'), theirs, 'THEIRS'),
});
const mergedBlueprints = new Map<string, { sides: ReturnType<typeof blueprintsOf>; merged: MergedFile }>();
function mergeOf(random: RandomBlueprint) {
  const key = JSON.stringify(random);
  const sides = mergedBlueprints.get(key)?.sides ?? blueprintsOf(random);
  const found = mergedBlueprints.get(key) ?? { sides, merged: merge('render.yaml', sides) };
  mergedBlueprints.set(key, found);
  return found;
}

const forAll = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, check), { numRuns: runs, seed });

/** A text in which every conflict is settled by hand, in favour of one side. */
const settledByHand = (text: string, side: 'mine' | 'theirs') =>
  text.replaceAll(
    new RegExp(`^<<<<<<< ${literal(labels.mine)}\n(.*?)^=======\n(.*?)^>>>>>>> ${literal(labels.theirs)}\n`, 'gms'),
    side === 'mine' ? '$1' : '$2',
  );
const literal = (text: string) => text.replaceAll(/[()[\].]/g, '\\$&');
const hasMarkers = (text: string) => /^[<=>]{7}/m.test(text);

describe('for every file and every edit', { timeout }, () => {
  it('what only the template changed is taken: merge(base, base, x) = x', () => {
    forAll(fileSides(), (random) => {
      const { base, theirs } = sidesOf(random);
      if (random.path !== '.gitignore') expect(merge(random.path, { base, mine: base, theirs }).text).toBe(theirs);
    });
  });

  it('what only the user changed is kept: merge(base, x, base) = x', () => {
    forAll(fileSides(), (random) => {
      const { base, mine } = sidesOf(random);
      // Only a secret that git would take needs a line more.
      const { text } = merge(random.path, { base, mine, theirs: base });
      expect(random.path === '.gitignore' ? text.replace(/(?<=\n)\.env\n$/, '') : text).toBe(
        random.path === '.gitignore' ? mine.replace(/(?<=\n)\.env\n$/, '') : mine,
      );
    });
  });

  it('what both made the same is no conflict: merge(base, x, x) = x', () => {
    forAll(fileSides(), (random) => {
      const { base, mine } = sidesOf(random);
      if (random.path !== '.gitignore') expect(merge(random.path, { base, mine, theirs: mine })).toEqual(settled(mine));
    });
  });

  it('what is taken already is not taken twice: merge(base, merge(base, m, t), t) = merge(base, m, t), or a conflict', () => {
    forAll(fileSides(), (random) => {
      const sides = sidesOf(random);
      const first = merge(random.path, sides);
      if (first.conflicts > 0) return;
      const again = merge(random.path, { ...sides, mine: first.text });
      // Where lines repeat, diff3 can't always tell what is in already.
      if (again.conflicts === 0) expect(again.text).toEqual(first.text);
    });
  });

  it('the three texts differ in the conflicting places only', () => {
    forAll(fileSides(), (random) => {
      const sides = sidesOf(random);
      if (hasMarkers(sides.mine + sides.theirs)) return;
      const { text, mine, theirs } = merge(random.path, sides);
      expect([settledByHand(text, 'mine'), settledByHand(text, 'theirs')]).toEqual([mine, theirs]);
    });
  });

  it('the result is YAML whoever wins, if both sides were', () => {
    forAll(fileSides(['render.yaml', 'compose.yaml']), (random) => {
      const sides = sidesOf(random);
      if (!parses(sides.mine) || !parses(sides.theirs)) return;
      const { mine, theirs } = merge(random.path, sides);
      expect([parses(mine), parses(theirs)]).toEqual([true, true]);
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
    forAll(fileSides(textPaths), (random) => {
      const { mine, theirs } = sidesOf(random);
      const lines = merge(random.path, { base: undefined, mine, theirs }).text.split('\n');
      for (const line of [...mine.split('\n'), ...theirs.split('\n')]) expect(lines).toContain(line);
    });
  });
});

describe('for every pair of edits whose merge is known', { timeout }, () => {
  /** What each side makes of one line. Between two such lines stands a line that both keep. */
  const edit = fc.constantFrom('keep', 'change', 'delete', 'add below');
  const sides = fc.array(fc.record({ mine: edit, theirs: edit, alike: fc.boolean() }), { maxLength: 20 });
  const edited = (side: string, how: RandomOf<typeof edit>, index: number) => {
    const line = `line ${index}\n`;
    return { keep: line, change: `${side} ${index}\n`, delete: '', 'add below': `${line}${side} ${index}\n` }[how];
  };

  it('all three texts have what only one side changed, and the conflicts are those of the two', () => {
    forAll(sides, (lines) => {
      const places = lines.map(({ mine, theirs, alike }, index) => {
        const base = edited('', 'keep', index);
        const ours = edited('mine', mine, index);
        const others = edited(alike ? 'mine' : 'theirs', theirs, index);
        const agreed = ours === base || ours === others ? others : others === base ? ours : undefined;
        const marked = `<<<<<<< ${labels.mine}\n${ours}=======\n${others}>>>>>>> ${labels.theirs}\n`;
        return { base, ours, others, mine: agreed ?? ours, theirs: agreed ?? others, text: agreed ?? marked };
      });
      const join = (key: keyof (typeof places)[number]) =>
        places.map((place, index) => `${place[key]}kept ${index}\n`).join('');
      // Changes that touch each other have no order that is known.
      const touch = (each: RandomOf<typeof sides>[number]) =>
        [each.mine, each.theirs].includes('add below') && each.mine !== 'keep' && each.theirs !== 'keep';
      if (lines.some((each) => touch(each) && !(each.alike && each.mine === each.theirs))) return;
      expect(merge('README.md', { base: join('base'), mine: join('ours'), theirs: join('others') })).toEqual({
        text: join('text'),
        mine: join('mine'),
        theirs: join('theirs'),
        conflicts: places.filter(({ text }) => text.startsWith('<<<<<<<')).length,
        notes: [],
      });
    });
  });
});

describe('for every edit of a Blueprint, however it is written', { timeout }, () => {
  /** Every name that a service, a variable, a domain, a path or a comment of the user's or the template's has. */
  const names = (text: string, tag: string) =>
    new Set(text.match(new RegExp(`${tag}(_\\d+| says \\d+|-\\d+/)|${tag.toLowerCase()}\\d+\\.`, 'g')));
  /** Render takes no key of the user's own at the root, which is where the merge key's map is. */
  const isSchemaValid = (style: Style) => !style.startsWith('merge key');

  it('the values are those of a merge value by value, whoever wins, and the conflicts are those of the values', () => {
    forAll(blueprints, (random) => {
      const { sides, merged } = mergeOf(random);
      const expected = expectedValues(valuesOf(sides.base), valuesOf(sides.mine), valuesOf(sides.theirs));
      expect(valuesOf(merged.mine)).toEqual(expected.mine);
      expect(valuesOf(merged.theirs)).toEqual(expected.theirs);
      expect(merged.conflicts > 0).toBe(expected.conflicts.length > 0);
    });
  });

  it('without a base, only different values of the same key are a conflict', () => {
    forAll(blueprints, (random) => {
      const { mine, theirs } = mergeOf(random).sides;
      const expected = expectedValues(new Map(), valuesOf(mine), valuesOf(theirs));
      const merged = merge('render.yaml', { base: undefined, mine, theirs });
      expect(valuesOf(merged.mine)).toEqual(expected.mine);
      expect(valuesOf(merged.theirs)).toEqual(expected.theirs);
      expect(merged.conflicts > 0).toBe(expected.conflicts.length > 0);
    });
  });

  it('the result is a Blueprint by the schema, whoever wins', () => {
    forAll(blueprints, (random) => {
      if (!isSchemaValid(random.style)) return;
      const { mine, theirs } = mergeOf(random).merged;
      for (const text of new Set([mine, theirs])) expect(readBlueprint(text).problems).toEqual([]);
    });
  });

  it('the three texts differ in the conflicting places only', () => {
    forAll(blueprints, (random) => {
      const { text, mine, theirs } = mergeOf(random).merged;
      // With markers in it, no file can be JSON.
      if (random.style !== 'JSON')
        expect([settledByHand(text, 'mine'), settledByHand(text, 'theirs')]).toEqual([mine, theirs]);
    });
  });

  it('every comment that only one side added is in the result', () => {
    forAll(blueprints, (random) => {
      const { sides, merged } = mergeOf(random);
      for (const name of names(sides.mine, 'MINE')) expect(merged.text).toContain(name);
    });
  });

  it('what is taken already is not taken twice', () => {
    forAll(blueprints, (random) => {
      const { sides, merged: first } = mergeOf(random);
      if (first.conflicts > 0) return;
      expect(merge('render.yaml', { ...sides, mine: first.text })).toEqual(first);
    });
  });

  it('merging with the same again changes nothing', () => {
    forAll(blueprints, (random) => {
      const { base, mine, theirs } = mergeOf(random).sides;
      expect(merge('render.yaml', { base, mine: base, theirs }).text).toBe(theirs);
      expect(merge('render.yaml', { base, mine, theirs: base }).text).toBe(mine);
      expect(merge('render.yaml', { base, mine, theirs: mine })).toEqual(settled(mine));
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
        else if (file.kind === 'conflict' && 'mine' in file.choices)
          disk.set(file.path, { kind: 'text', text: file.choices.mine });
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
