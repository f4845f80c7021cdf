import type { Labels } from './conflict-markers.ts';
import { isSurelyIgnored, secretsFile } from './gitignore-patterns.ts';
import { agreed, type Merged, mergeLines, type Sides } from './merge-lines.ts';

/**
 * Merges a `.gitignore` or a `.gitattributes`. Without a base, the file is a set of lines: the missing lines are added.
 * Git follows the last line that matches. So where a line takes a secret in again, our line is added behind that line.
 */
export function mergeLineSet(
  path: string,
  { base, mine, theirs }: Omit<Sides, 'base'> & { base: string | undefined },
  labels: Labels,
): Merged {
  const merged =
    base === undefined ? agreed(withMissingLines(path, mine, theirs)) : mergeLines({ base, mine, theirs }, labels);
  const texts = [merged.mine, merged.theirs];
  const isSafe = path !== '.gitignore' || texts.every((text) => isSurelyIgnored(secretsFile, text));
  if (isSafe || !patternsOf(theirs).includes(secretsFile)) return merged;
  const added = (text: string) => `${text}${secretsFile}\n`;
  return { ...merged, text: added(merged.text), mine: added(merged.mine), theirs: added(merged.theirs) };
}

const isPattern = (line: string) => line !== '' && !line.startsWith('#');
const patternsOf = (text: string) => text.split('\n').filter(isPattern);

/** A text with the lines that the text lacks. Comments go with the lines below. */
function withMissingLines(path: string, mine: string, theirs: string): string {
  const known = patternsOf(mine).map((line) => line.trimEnd());
  const isMissing = (line: string) => isPattern(line) && !known.includes(line) && !isContradicted(line, known);
  const missing = theirs
    .trimEnd()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.split('\n').filter((line) => !isPattern(line) || isMissing(line)))
    .filter((lines) => lines.some(isPattern))
    .map((lines) => `${lines.join('\n')}\n`);
  // The last line that matches counts in .gitattributes, too: a line for every file must not undo the user's lines.
  const isGeneral = (paragraph: string) => path === '.gitattributes' && paragraph.startsWith('* ');
  const above = missing.filter(isGeneral);
  const below = missing.filter((paragraph) => !isGeneral(paragraph));
  return [...above, mine, ...below].filter((part) => part !== '').join('\n');
}

/** Whether the user takes something in that a line of ours would ignore again: editor settings that a team shares, say. */
const isContradicted = (line: string, known: string[]) =>
  known.some((other) => line !== secretsFile && other.replace(/^!\/?/, '!').startsWith(`!${line}`));
