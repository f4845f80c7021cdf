import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository with the default answers, as test/generated holds it. */
export const defaultRepository = fileURLToPath(new URL('../generated/defaults', import.meta.url));

/** Documents of a generated repository that have code to copy. */
const documents = ['README.md', 'docs/operations.md'];

/** A generated repository's README. */
export const readme = (folder: string) => readFileSync(join(folder, 'README.md'), 'utf8');

/** Code to copy, with the language that the document says. */
export interface CodeBlock {
  language: string;
  code: string;
}

/** All the code blocks of a generated repository's documents. */
export function codeBlocks(folder: string): CodeBlock[] {
  const blocks = documents.flatMap((path) => [
    ...readFileSync(join(folder, path), 'utf8').matchAll(/^```(\w+)\n(.*?)^```$/gms),
  ]);
  return blocks.map(([, language = '', code = '']) => ({ language, code }));
}

/** The only code block that is in this language and holds this text, to the letter. */
export function codeBlock(folder: string, language: string, text: string): string {
  const found = codeBlocks(folder).filter((block) => block.language === language && block.code.includes(text));
  if (found.length !== 1) throw new Error(`the documents have ${found.length} ${language} blocks with "${text}"`);
  return found[0]?.code ?? '';
}
