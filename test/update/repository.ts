import { fileURLToPath } from 'node:url';
import { type Given, resolveAnswers } from '../../src/answers/resolve-answers.ts';
import { render } from '../../src/templates/generate-files.ts';
import { commitUpdate, openRepository, planUpdate } from '../../src/update/update.ts';

/** Writes a repository as a frozen version of the generator does, without Yeoman. */
export async function writeFrozen(folder: string, version: string, flags: Given = {}): Promise<void> {
  const templates = fileURLToPath(new URL(`../data/versions/${version}/templates`, import.meta.url));
  const answers = resolveAnswers({ prompted: {}, flags, stored: {}, folder });
  commitUpdate(await planUpdate(openRepository(folder, version), answers, render(answers, templates)));
}
