import { describe, expect, it } from 'vitest';
import type { Edited, Person } from '../../src/person.ts';
import type { ConflictingFile, PlannedFile } from '../../src/update/plan.ts';
import { askedOf, type Decider, settleConflicts } from '../../src/update/settle-conflicts.ts';
import { base, binary, both, clash, path, plan, type Sides, theirs } from './planned.ts';
import { labels } from './support.ts';

describe('a conflict', () => {
  const marked = `<<<<<<< ${labels.mine}\nEins\n=======\nONE\n>>>>>>> ${labels.theirs}\ntwo\nthree\nfour\nfive\n`;

  it('shows both sides between markers that say which is which', async () => {
    const choices = { of: 'places', mine: clash, theirs, marked };
    expect(await plan({ base, mine: clash, theirs })).toMatchObject({ kind: 'conflict', choices });
  });

  it('without a base shows each difference, and is settled for the whole file', async () => {
    expect(await plan({ mine: clash, theirs })).toMatchObject({
      kind: 'conflict',
      choices: { of: 'file', mine: clash, theirs, marked },
    });
  });

  it('ends with a line break although the file did not: a marker needs a line of its own', async () => {
    const planned = await plan({ base: 'a\nb\n', mine: 'a\nB', theirs: 'a\nbb\n' });
    expect(planned).toMatchObject({ choices: { marked: expect.stringMatching(/\n>>>>>>> .*\n$/) } });
  });

  it('has nothing to mark where there is no text, or where there are markers already', async () => {
    expect(await plan({ base, mine: binary, theirs })).toMatchObject({ choices: { of: 'binary', theirs } });
    expect(await plan({ base, mine: marked, theirs })).toMatchObject({
      choices: { of: 'markers', mine: marked, theirs },
    });
  });

  const settled = async (sides: Sides, decider: Decider) =>
    (await settleConflicts([(await plan(sides)) as PlannedFile], decider))[0];

  it.each([
    ['mine', { action: 'merge', contents: clash }],
    ['theirs', { action: 'merge', contents: theirs }],
    ['markers', { action: 'mark', contents: marked }],
  ] as const)('is settled by the policy %s', async (policy, expected) => {
    expect(await settled({ base, mine: clash, theirs }, () => policy)).toMatchObject({
      kind: 'write',
      path,
      reason: 'both changed the same place',
      ...expected,
    });
  });

  it('of markers that are still there is not settled by leaving them', async () => {
    for (const policy of ['mine', 'markers'] as const)
      expect(await settled({ base, mine: marked, theirs }, () => policy)).toMatchObject({
        kind: 'leave',
        action: 'mark',
      });
  });

  it.each([
    ['mine', { kind: 'leave', action: 'keep' }],
    ['theirs', { kind: 'write', action: 'overwrite', contents: theirs }],
    ['markers', { kind: 'conflict', reason: expect.stringContaining('choose mine or theirs') }],
  ] as const)('of a file that is not text is never marked: %s', async (policy, expected) => {
    expect(await settled({ base, mine: binary, theirs }, () => policy)).toMatchObject(expected);
  });

  it.each([
    ['the three of them, in their order', marked, true],
    ['with CRLF', marked.replaceAll('\n', '\r\n'), true],
    ['only a line of equals signs, as Markdown underlines headings', 'Title\n=======\ntext\n', false],
    ['within a line', 'a <<<<<<< b\n======= c\n>>>>>>> d\n', false],
  ])('is recognised by its markers: %s', async (_, text, recognised) => {
    const planned = await plan({ base, mine: text, theirs: base });
    expect(planned?.reason === 'it still has conflict markers').toBe(recognised);
  });

  describe('about which a person is asked', () => {
    /** A person who answers the menus one after the other, and saves these texts in the editor. */
    const person = (decisions: string[], saved: Edited[] = []) => {
      const shown: string[] = [];
      const offered: string[][] = [];
      const asked: Person = {
        input: () => Promise.reject(new Error('no text is asked for')),
        select: async ({ choices }) => {
          offered.push(choices.map(({ value }) => value));
          return decisions.shift() ?? 'stop';
        },
        show: (text) => shown.push(text),
        edit: async () => saved.shift() ?? { kind: 'failed', why: 'no editor' },
      };
      return { asked, shown, offered };
    };

    it.each([
      ['changed places', { base, mine: clash, theirs }, ['mine', 'theirs', 'markers', 'edit', 'show', 'stop']],
      ['markers', { base, mine: marked, theirs }, ['theirs', 'edit', 'show', 'markers', 'stop']],
      ['a file that is not text', { base, mine: binary, theirs }, ['mine', 'theirs', 'stop']],
    ] as const)('the menu offers what is possible: %s', async (_, sides, values) => {
      const { asked, offered } = person(['theirs']);
      await settled(sides, askedOf(asked));
      expect(offered).toEqual([values]);
    });

    it('the editor fails: they see why, and are asked again', async () => {
      const { asked, shown } = person(['edit', 'mine'], [{ kind: 'failed', why: 'no vi here' }]);
      expect(await settled({ base, mine: clash, theirs }, askedOf(asked))).toMatchObject({
        action: 'merge',
        contents: clash,
      });
      expect(shown).toEqual(['no vi here']);
    });

    it('the editor leaves markers: they are asked again', async () => {
      const { asked, shown } = person(
        ['edit', 'edit'],
        [
          { kind: 'saved', text: marked },
          { kind: 'saved', text: both },
        ],
      );
      expect(await settled({ base, mine: clash, theirs }, askedOf(asked))).toMatchObject({
        action: 'merge',
        contents: both,
      });
      expect(shown).toEqual([`${path} still has conflict markers.`]);
    });

    it.each([
      ['no', 'mine', clash],
      ['yes', undefined, ''],
    ])('the editor empties the file: taken only after a question, %s', async (answer, then, contents) => {
      const { asked } = person(['edit', answer, ...(then ? [then] : [])], [{ kind: 'saved', text: '' }]);
      expect(await settled({ base, mine: clash, theirs }, askedOf(asked))).toMatchObject({ contents });
    });

    it('they stop: exit code 3', async () => {
      await expect(settled({ base, mine: clash, theirs }, askedOf(person(['stop']).asked))).rejects.toMatchObject({
        code: 3,
      });
    });
  });
});

describe('a Blueprint that nothing can merge', () => {
  const conflict = (mine: string, theirs: string): ConflictingFile => ({
    kind: 'conflict',
    path: 'render.yaml',
    action: 'conflict',
    reason: 'it was there before',
    executable: false,
    choices: { of: 'file', mine, theirs, marked: `${mine}${theirs}` },
  });
  const ours = 'services:\n  - {name: minio-server, dockerfilePath: ./minio/Dockerfile}\n';

  it('is never replaced by ours where a service of somebody else would go', async () => {
    const mine = 'services:\n  - {name: shop}\n  - {name: files, dockerfilePath: ./minio/Dockerfile}\n';
    const [settled] = await settleConflicts([conflict(mine, ours)], () => 'theirs');
    expect(settled).toMatchObject({ kind: 'conflict', reason: expect.stringContaining('does not have shop:') });
  });

  it('is replaced where only our own service has another name', async () => {
    const mine = 'services:\n  - {name: files, dockerfilePath: ./minio/Dockerfile}\n';
    const [settled] = await settleConflicts([conflict(mine, ours)], () => 'theirs');
    expect(settled).toMatchObject({ kind: 'write', contents: ours });
  });
});
