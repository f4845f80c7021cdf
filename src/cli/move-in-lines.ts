import { stepsText } from '../move-in/steps-text.ts';
import type { MovedIn } from '../update/move-in.ts';
import type { Coloured } from './report.ts';

/** What was found, is kept and is new, and what the person does now. */
export function moveInLines({ steps, leftAlone }: MovedIn, coloured: Coloured): string[] {
  const left = leftAlone.flatMap(({ path, lines }) => [
    '',
    `${path} stays as it is. What ours would have, to be added where you want it:`,
    ...lines
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `  ${line}`)),
  ]);
  const told = steps ? ['', ...stepsText(steps).map((line) => asHeading(line, coloured))] : [];
  return told.length + left.length === 0 ? [] : [[...told, ...left].join('\n')];
}

const asHeading = (line: string, coloured: Coloured) =>
  /^(?:Before you push|Push.* Then)$/.test(line) ? coloured('bold', line) : line;
