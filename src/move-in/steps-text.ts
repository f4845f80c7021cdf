import { namedLines } from './choice.ts';
import type { Step, Steps } from './steps.ts';

/** Prose is wrapped here. Commands stay on one line, so that they can be pasted. */
const width = 100;

/** The steps as lines of text. Nothing stands in a command's line but the command. */
export function stepsText({ found, kept, new: added, before, push, after }: Steps): string[] {
  return [
    ...summaryLines('Found', found),
    ...summaryLines('Kept', kept),
    ...summaryLines('New', added),
    '',
    ...(push === undefined ? [] : ['Before you push']),
    ...before.flatMap((step, index) => stepLines(step, index + 1)),
    ...(push === undefined ? [] : [`${push} Then`]),
    ...after.flatMap((step, index) => stepLines(step, before.length + index + 1)),
  ];
}

const summaryLines = (title: string, all: readonly string[]) =>
  all.flatMap((text, index) => wrapped(text, (index === 0 ? title : '').padEnd(7), ' '.repeat(7)));

function stepLines({ text, where, todo, commands }: Step, number: number): string[] {
  const sentence = [withPlaces(text, namedLines(where)), ...(todo ? [todo] : [])].join(' ');
  const lines = wrapped(sentence, `${String(number).padStart(2)}. `, ' '.repeat(4));
  return [...lines, ...commands.map((command) => `      ${command}`)];
}

/** The places stand in front of the sentence's full stop. */
function withPlaces(text: string, places: string): string {
  if (places === '') return text;
  return /[.:]$/.test(text) ? `${text.slice(0, -1)} (${places})${text.slice(-1)}` : `${text} (${places})`;
}

/** Breaks a text between words, with one indent for the first line and one for the others. */
function wrapped(text: string, first: string, others: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const isEmpty = line === first || line === others;
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = others + word;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...lines, line];
}
