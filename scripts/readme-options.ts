/** Writes the README's table of options from the table of questions; `npm run docs`. A test fails when it is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Question } from '../src/answers/question-kinds.ts';
import { answerNames, questions } from '../src/answers/questions.ts';
import { about, flagColumn } from '../src/cli/help.ts';
import { runFlagNames, runFlags, spellingsOf } from '../src/cli/run-flags.ts';

const begin = '<!-- options: written by `npm run docs` -->\n';
const end = '<!-- end of options -->';

/** The README with its table of options made anew. */
export function withOptionsTable(readme: string): string {
  const from = readme.indexOf(begin) + begin.length;
  const to = readme.indexOf(end);
  if (from < begin.length || to < from) throw new Error('README.md has lost the marks of its table of options');
  return `${readme.slice(0, from)}\n${table()}\n\n${readme.slice(to)}`;
}

function table(): string {
  const answers = answerNames
    .map((name): Question => questions[name])
    .map((question) => [
      `\`${flagColumn(question)}\``,
      about(question),
      defaultColumn(question),
      question.prompt ? 'yes' : '',
    ]);
  const running = runFlagNames.map((name) => [
    spellingsOf(runFlags[name])
      .map((spelling) => `\`${spelling}\``)
      .join(', '),
    runFlags[name].about,
    '',
    '',
  ]);
  const rows = [['Flag', 'What it decides', 'Default', 'Asked'], ['---', '---', '---', '---'], ...answers, ...running];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** A default that can be typed is set as code. */
const defaultColumn = ({ defaultText, fallback }: Question) =>
  defaultText === String(fallback('/')) ? `\`${defaultText}\`` : defaultText;

if (import.meta.main) {
  const readme = new URL('../README.md', import.meta.url);
  writeFileSync(readme, withOptionsTable(readFileSync(readme, 'utf8')));
}
