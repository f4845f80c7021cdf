import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A generated repository's README. */
export const readme = (folder: string) => readFileSync(join(folder, 'README.md'), 'utf8');

/** The only code block of a generated repository's README that is in this language and holds this text, to the letter. */
export function readmeBlock(folder: string, language: string, text: string): string {
  const blocks = [...readme(folder).matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, name, code = '']) => name === language && code.includes(text))
    .map(([, , code = '']) => code);
  if (blocks.length !== 1) throw new Error(`the README has ${blocks.length} ${language} blocks with "${text}"`);
  return blocks[0] ?? '';
}
