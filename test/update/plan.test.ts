import { describe, expect, it } from 'vitest';
import { type PlannedFile, planFiles } from '../../src/update/plan.ts';
import { base, binary, both, clash, mine, plan, type Sides, text, theirs } from './planned.ts';
import { labels, merge } from './support.ts';

describe('the action for one file', () => {
  it.each<[string, Sides, Partial<PlannedFile> | undefined]>([
    ['nowhere yet: created', { theirs }, { action: 'create', reason: 'new', contents: theirs }],
    ['there, and as generated: adopted', { mine: theirs, theirs }, { action: 'adopt', reason: 'as generated' }],
    ['there, and different: a conflict', { mine, theirs }, { action: 'conflict', reason: 'it was there before' }],
    [
      'untouched by the user: updated',
      { base, mine: base, theirs },
      { action: 'update', reason: 'a newer version', contents: theirs },
    ],
    [
      'untouched by both: identical',
      { base, mine: base, theirs: base },
      { action: 'identical', reason: 'as generated' },
    ],
    [
      'as the user foresaw it: identical',
      { base, mine: theirs, theirs },
      { action: 'identical', reason: 'as generated' },
    ],
    ['changed by the user only: kept', { base, mine, theirs: base }, { action: 'keep', reason: 'you changed it' }],
    ['deleted by the user: stays deleted', { base, theirs }, { action: 'stay deleted', reason: 'you deleted it' }],
    [
      'changed by both, apart: merged',
      { base, mine, theirs },
      { action: 'merge', reason: 'a newer version, with your changes', contents: both },
    ],
    [
      'has both changes already: kept',
      { base, mine: both, theirs },
      { action: 'keep', reason: 'your version, nothing new' },
    ],
    [
      'changed by both, the same and apart: merged',
      { base, mine: both, theirs: theirs.replace('three', 'THREE') },
      { action: 'merge', contents: both.replace('three', 'THREE') },
    ],
    [
      'changed by both at one place: a conflict',
      { base, mine: clash, theirs },
      { action: 'conflict', reason: 'both changed the same place' },
    ],
    [
      'changed by both at several places: a conflict that counts them',
      { base, mine: 'Eins\ntwo\nthree\nfour\nfünf\n', theirs: 'ONE\ntwo\nthree\nfour\nFIVE\n' },
      { action: 'conflict', reason: 'both changed the same 2 places' },
    ],
    [
      'dropped by the template, untouched: deleted',
      { base, mine: base },
      { action: 'delete', reason: 'no longer part of the stack' },
    ],
    [
      'dropped by the template, changed by the user: kept',
      { base, mine },
      { action: 'keep', reason: 'no longer part of the stack, but you changed it' },
    ],
    ['dropped by the template, deleted by the user: nothing to say', { base }, undefined],
    [
      'binary, where text belongs: a conflict without markers',
      { base, mine: binary, theirs },
      { action: 'conflict', reason: 'it is not UTF-8 text' },
    ],
    [
      'invalid UTF-8, and nothing newer: kept',
      { base, mine: binary, theirs: base },
      { action: 'keep', reason: 'you changed it' },
    ],
    [
      'with markers of an earlier run: still a conflict',
      { base, mine: `<<<<<<< ${labels.mine}\na\n=======\nb\n>>>>>>> ${labels.theirs}\n`, theirs },
      { action: 'conflict', reason: 'it still has conflict markers' },
    ],
  ])('%s', async (_, sides, expected) => {
    const planned = await plan(sides);
    if (expected) expect(planned).toMatchObject({ path: 'README.md', ...expected });
    else expect(planned).toBeUndefined();
  });
});

describe('how a file is written apart from its words', () => {
  const styles: [string, (text: string) => string][] = [
    ['CRLF line ends', (text) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text) => `\uFEFF${text}`],
    ['no line break at the end', (text) => text.replace(/\n$/, '')],
    ['all three', (text) => `\uFEFF${text.replace(/\n$/, '').replaceAll('\n', '\r\n')}`],
  ];

  it.each(styles)('%s: no difference', async (_, style) => {
    expect(await plan({ base, mine: style(base), theirs: base })).toMatchObject({ action: 'identical' });
    expect(await plan({ mine: style(base), theirs: base })).toMatchObject({ action: 'adopt' });
    expect(await plan({ base, mine: style(base) })).toMatchObject({ action: 'delete' });
  });

  it.each(styles)('%s: kept when the file changes', async (_, style) => {
    expect(await plan({ base, mine: style(base), theirs })).toMatchObject({
      action: 'update',
      contents: style(theirs),
    });
    expect(await plan({ base, mine: style(mine), theirs })).toMatchObject({ action: 'merge', contents: style(both) });
    expect(await plan({ base, mine: style(clash), theirs })).toMatchObject({
      choices: { mine: style(clash), theirs: style(theirs) },
    });
  });

  it('one stray CRLF does not make the whole file one of CRLF', async () => {
    const mixed = base.replace('\n', '\r\n');
    expect(await plan({ base, mine: mixed, theirs: base })).toMatchObject({ action: 'identical' });
    expect(await plan({ base, mine: mixed, theirs })).toMatchObject({ action: 'update', contents: theirs });
  });

  it('an empty file stays the edit that it is', async () => {
    expect(await plan({ base, mine: '', theirs: base })).toMatchObject({ action: 'keep' });
  });
});

describe('a file that has another name now', () => {
  const moved = (mine: string | undefined, theirs: string, there?: string) =>
    planFiles(
      {
        base: new Map([['old', base]]),
        disk: new Map(
          Object.entries({ old: mine, path: there }).flatMap(([name, contents]) =>
            contents === undefined ? [] : [[name, text(contents)]],
          ),
        ),
        generated: new Map([['path', { contents: theirs, executable: false }]]),
        renamed: new Map([['old', 'path']]),
      },
      merge,
    );

  it.each<[string, string, string, Partial<PlannedFile>]>([
    ['untouched', base, base, { action: 'move', contents: base }],
    ['edited', mine, base, { action: 'move', reason: 'its name was old', contents: mine }],
    ['with a newer version', base, theirs, { action: 'update', contents: theirs }],
    ['edited, with a newer version', mine, theirs, { action: 'merge', contents: both }],
    ['edited at the same place', clash, theirs, { action: 'conflict', reason: 'both changed the same place' }],
  ])('takes the old one with it: %s', async (_, mine, theirs, expected) => {
    expect(await moved(mine, theirs)).toEqual([
      expect.objectContaining({ path: 'old', action: 'delete', reason: 'its name is path now' }),
      expect.objectContaining({ path: 'path', ...expected }),
    ]);
  });

  it('stays deleted', async () => {
    expect(await moved(undefined, theirs)).toMatchObject([{ path: 'path', action: 'stay deleted' }]);
  });

  it('is not moved over a file that is there', async () => {
    expect(await moved(mine, theirs, 'other\n')).toMatchObject([
      { path: 'old', action: 'keep' },
      { path: 'path', action: 'conflict' },
    ]);
  });
});

describe('the plan', () => {
  const versions = {
    base: new Map([
      ['b', base],
      ['gone', base],
    ]),
    disk: new Map([
      ['b', text(mine)],
      ['gone', text(base)],
      ['unknown', text('mine')],
    ]),
    generated: new Map([
      ['z.sh', { contents: '#!/bin/sh\n', executable: true }],
      ['b', { contents: theirs, executable: false }],
      ['a', { contents: theirs, executable: false }],
    ]),
  };

  it('is sorted by path, and has nothing that neither was nor is generated', async () => {
    const planned = await planFiles(versions, merge);
    expect(planned.map((file) => [file.path, file.action, 'executable' in file && file.executable])).toEqual([
      ['a', 'create', false],
      ['b', 'merge', false],
      ['gone', 'delete', false],
      ['z.sh', 'create', true],
    ]);
  });

  it('changes nothing of what it is made from', async () => {
    const before = structuredClone(versions);
    await planFiles(versions, merge);
    expect(versions).toEqual(before);
  });
});
