import { questions } from '../answers/questions.ts';
import type { LookedUp } from '../update/newest-images.ts';
import type { Coloured } from './report.ts';

/** What was looked up of each image: old and new pin, where to read about it, and what somebody may want to decide. */
export const imageLines = (lookedUp: LookedUp[], coloured: Coloured): string[] =>
  lookedUp.map((image) => {
    const { name, laterBranch, releaseNotes, notes } = image;
    const lines = [
      ...(releaseNotes ? [`What it changes: ${releaseNotes}`] : []),
      ...notes,
      ...(laterBranch ? [`A newer branch is there. To move to it: --${questions[name].flag} ${laterBranch}`] : []),
    ];
    return [headline(image, coloured), ...lines.map((line) => `    ${line}`)].join('\n');
  });

function headline({ pinned, newest, leftAlone }: LookedUp, coloured: Coloured): string {
  if (newest === undefined) return `${pinned} is left alone: ${leftAlone}.`;
  if (newest === pinned) return `${pinned} is the newest release.`;
  return `${pinned}\n  ${coloured('green', `→ ${newest}`)}`;
}
