/** Writes the README's tables of options from the tables of questions and flags; `npm run docs`. A test fails when one is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Question } from '../src/answers/question-kinds.ts';
import { answerNames, questions } from '../src/answers/questions.ts';
import { about, flagColumn } from '../src/cli/help.ts';
import { runFlagNames, runFlags, spellingsOf } from '../src/cli/run-flags.ts';
import { allVerifyFlags } from '../src/cli/verify/flags.ts';

/** The README with its tables of options made anew. */
export const withOptionsTables = (readme: string): string =>
  withTable(withTable(readme, 'options', table()), 'options of verify', verifyTable());

function withTable(readme: string, name: string, table: string): string {
  const begin = `<!-- ${name}: written by \`npm run docs\` -->\n`;
  const from = readme.indexOf(begin) + begin.length;
  const to = readme.indexOf(`<!-- end of ${name} -->`);
  if (from < begin.length || to < from) throw new Error(`README.md has lost the marks of its table of ${name}`);
  return `${readme.slice(0, from)}\n${table}\n\n${readme.slice(to)}`;
}

function verifyTable(): string {
  const flags = allVerifyFlags.map((flag) => [spellingsOf(flag).map(code).join(', '), flag.about]);
  return asTable([['Flag', 'What it does'], ['---', '---'], ...flags]);
}

const code = (text: string) => `\`${text}\``;
const asTable = (rows: string[][]) => rows.map((row) => `| ${row.join(' | ')} |`).join('\n');

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
    spellingsOf(runFlags[name]).map(code).join(', '),
    runFlags[name].about,
    '',
    '',
  ]);
  const rows = [['Flag', 'What it decides', 'Default', 'Asked'], ['---', '---', '---', '---'], ...answers, ...running];
  return asTable(rows);
}

/** A default that can be typed is set as code. */
const defaultColumn = ({ defaultText, fallback }: Question) =>
  defaultText === String(fallback('/')) ? `\`${defaultText}\`` : defaultText;

if (import.meta.main) {
  const readme = new URL('../README.md', import.meta.url);
  writeFileSync(readme, withOptionsTables(readFileSync(readme, 'utf8')));
}
