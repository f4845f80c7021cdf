import { answerNames, groups, type Question, questions } from '../answers/questions.ts';
import { type RunFlag, runFlagNames, runFlags, runFlagUsage } from './run-flags.ts';

/**
 * The `--help` text: every flag by group, with its default and what it decides.
 * @param program how the program is called, e.g. `create-minio-stack`
 */
export function helpText(program: string): string {
  const answers = groups.map((group) => ({
    heading: group,
    rows: answerNames
      .map((name): Question<unknown> => questions[name])
      .filter((question) => question.group === group)
      .map((question): [string, string] => [
        flagColumn(question),
        `${question.about} (default: ${defaultText(question)})`,
      ]),
  }));
  const running = runFlagNames.map((name): [string, string] => {
    const flag: RunFlag = runFlags[name];
    const short = flag.kind === 'switch' && flag.short ? `-${flag.short}, ` : '';
    return [`${short}${runFlagUsage(flag)}`, flag.about];
  });
  const sections = [...answers, { heading: 'Running', rows: running }];
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(([flag]) => flag.length)));
  const line = ([flag, about]: [string, string]) => `  ${flag.padEnd(width)}  ${wrapped(about, width + 4)}`;
  return [
    `Usage: ${program} [directory] [flags]`,
    '',
    'Writes a repository that runs MinIO on Render: two services, a private bucket, signed URLs.',
    'Without a directory, the current one. In a repository that it wrote, it takes the stored answers.',
    ...sections.flatMap(({ heading, rows }) => ['', `${heading}:`, ...rows.map(line)]),
    '',
    'Examples:',
    ...examples(program).map((example) => `  ${example}`),
    '',
  ].join('\n');
}

/** `--flag VALUE`, or `--no-flag` for what is on unless switched off. */
export function flagColumn({ flag, placeholder }: Question<unknown>): string {
  return placeholder ? `--${flag} ${placeholder}` : `--[no-]${flag}`;
}

/** The default as documentation shows it. */
export function defaultText({ fallback, fallbackText, placeholder }: Question<unknown>): string {
  if (fallbackText) return fallbackText;
  return placeholder ? String(fallback('/')) : fallback('/') ? 'on' : 'off';
}

function examples(program: string): string[] {
  return [
    `${program} my-storage`,
    `${program} my-storage --yes --region frankfurt --disk-size 50`,
    `${program} . --yes --root-password generate --cors-origins https://www.example.com`,
  ];
}

/** Text broken into lines for a terminal of 100 columns; all but the first are indented. */
function wrapped(text: string, indent: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line && indent + line.length + 1 + word.length > 100) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}
