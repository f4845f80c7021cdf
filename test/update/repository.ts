import { fileURLToPath } from 'node:url';
import { type Given, resolveAnswers } from '../../src/answers/resolve-answers.ts';
import { generateFiles } from '../../src/templates/generate-files.ts';
import { commitUpdate, planUpdate, readRepository } from '../../src/update/update.ts';
import { templatesIn } from '../support/templates.ts';

/** Writes a repository as a frozen version of the generator does, without Yeoman. */
export async function writeFrozen(folder: string, version: string, flags: Given = {}): Promise<void> {
  const templates = templatesIn(fileURLToPath(new URL(`../data/versions/${version}/templates`, import.meta.url)));
  const answers = resolveAnswers({ prompted: {}, flags, edited: {}, stored: {}, folder });
  await commitUpdate(
    await planUpdate(await readRepository(folder, version), answers, generateFiles(answers, templates)),
  );
}
