import { describe, expect, it } from 'vitest';
import type { PlannedFile } from '../../src/update/plan.ts';
import { settleConflicts } from '../../src/update/settle-conflicts.ts';
import { base, clash, path, plan, theirs } from './planned.ts';
import { labels } from './support.ts';

describe('a conflict', () => {
  const marked = `<<<<<<< ${labels.mine}\nEins\n=======\nONE\n>>>>>>> ${labels.theirs}\ntwo\nthree\nfour\nfive\n`;

  it('shows both sides between markers that say which is which', async () => {
    const planned = await plan({ base, mine: clash, theirs });
    expect(planned?.conflict).toEqual({ mine: clash, theirs, places: true, marked });
  });

  it('without a base shows each difference', async () => {
    expect((await plan({ mine: clash, theirs }))?.conflict?.marked).toBe(marked);
  });

  it('ends with a line break although the file did not: a marker needs a line of its own', async () => {
    const planned = await plan({ base: 'a\nb\n', mine: 'a\nB', theirs: 'a\nbb\n' });
    expect(planned?.conflict?.marked).toMatch(/\n>>>>>>> .*\n$/);
  });

  it('has nothing to mark where there is no text, or where there are markers already', async () => {
    expect((await plan({ base, mine: { text: '\0', isText: false }, theirs }))?.conflict?.marked).toBeUndefined();
    expect((await plan({ base, mine: marked, theirs }))?.conflict?.marked).toBeUndefined();
  });

  it.each([
    ['mine', { action: 'merge', result: clash }],
    ['theirs', { action: 'merge', result: theirs }],
    ['markers', { action: 'mark', result: marked }],
  ] as const)('is settled by the policy %s', async (policy, expected) => {
    const [settled] = await settleConflicts([(await plan({ base, mine: clash, theirs })) as PlannedFile], policy);
    expect(settled).toMatchObject({ path, reason: 'both changed the same place', ...expected });
    expect(settled?.conflict).toBeUndefined();
  });

  it('of markers that are still there is not settled by leaving them', async () => {
    const [settled] = await settleConflicts([(await plan({ base, mine: marked, theirs })) as PlannedFile], 'mine');
    expect(settled).toMatchObject({ action: 'mark', result: undefined });
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
});
