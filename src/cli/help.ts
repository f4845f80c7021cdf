import { groups, type Question } from '../answers/question-kinds.ts';
import { answerNames, questions } from '../answers/questions.ts';
import { runFlagNames, runFlags, spellingsOf } from './run-flags.ts';

/**
 * The `--help` text: every flag by group, with its default and what it decides.
 * @param program how the program is called, e.g. `create-minio-stack`
 */
export function helpText(program: string): string {
  const answers = groups.map((group) => ({
    heading: group,
    rows: answerNames
      .map((name): Question => questions[name])
      .filter((question) => question.group === group)
      .map((question): [string, string] => [
        flagColumn(question),
        `${about(question)} (default: ${question.defaultText})`,
      ]),
  }));
  const running = runFlagNames.map((name): [string, string] => [
    spellingsOf(runFlags[name]).toReversed().join(', '),
    runFlags[name].about,
  ]);
  return [
    `Usage: ${program} [directory] [flags]`,
    `       ${verifyCommand(program)} [https://API] [flags]   is the deployment really private? (--help)`,
    '',
    'Writes a repository that runs MinIO on Render: two services, a private bucket, signed URLs.',
    'Without a directory, the current directory is used. In a repository that was generated before, the',
    'stored answers are used, and nothing is asked. In any other repository, it looks first: it repairs',
    'MinIO that runs there, brings the stack into its service, or adds to your render.yaml.',
    ...sectionLines([...answers, { heading: 'Running', rows: running }]),
    '',
    'Examples:',
    ...examples(program).map((example) => `  ${example}`),
    '',
  ].join('\n');
}

/** How the command that verifies a deployment is called. */
const verifyCommand = (program: string) => (program.startsWith('yo ') ? `${program}:verify` : `${program} verify`);

/** Flags and what they do, in two columns below their headings. */
export function sectionLines(sections: { heading: string; rows: [string, string][] }[]): string[] {
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(([flag]) => flag.length)));
  const line = ([flag, about]: [string, string]) => `  ${flag.padEnd(width)}  ${wrapped(about, width + 4)}`;
  return sections.flatMap(({ heading, rows }) => ['', `${heading}:`, ...rows.map(line)]);
}

/** `--flag VALUE`. */
export const flagColumn = ({ flag, placeholder }: Question): string => `--${flag} ${placeholder}`;

/** What the answer decides, and the values among which one can choose. */
export function about(question: Question): string {
  return question.kind === 'choice' ? `${question.about}; one of ${question.choices.join(', ')}` : question.about;
}

function examples(program: string): string[] {
  return [
    `${program} my-storage`,
    `${program} my-storage --yes --region frankfurt --disk-size 50`,
    `${program} . --yes --root-password generate --cors-origins https://www.example.com`,
  ];
}

/** Text broken into lines for a terminal of 100 columns; all but the first are indented. */
export function wrapped(text: string, indent: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line && indent + line.length + 1 + word.length > 100) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}
