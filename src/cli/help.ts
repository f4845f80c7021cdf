import { answerNames, groups, type Question, questions } from '../answers/questions.ts';
import { onConflict, switches } from './command-line.ts';

/**
 * The `--help` text: every flag by group, with its default and what it decides.
 * @param usage how the program is called, e.g. `create-minio-stack [directory] [flags]`
 */
export function helpText(usage: string): string {
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
  const running = Object.values(switches).map(({ flag, short, about }): [string, string] => [
    `${short ? `-${short}, ` : ''}--${flag}`,
    about,
  ]);
  running.splice(-2, 0, [`--${onConflict.flag} ${onConflict.placeholder}`, onConflict.about]);
  const sections = [...answers, { heading: 'Running', rows: running }];
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(([flag]) => flag.length)));
  const line = ([flag, about]: [string, string]) => `  ${flag.padEnd(width)}  ${wrapped(about, width + 4)}`;
  return [
    `Usage: ${usage}`,
    '',
    'Writes a repository that runs MinIO on Render: two services, a private bucket, signed URLs.',
    'Without a directory, the current one. In a repository that it wrote, it takes the stored answers.',
    ...sections.flatMap(({ heading, rows }) => ['', `${heading}:`, ...rows.map(line)]),
    '',
    'Examples:',
    ...examples(usage).map((example) => `  ${example}`),
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

function examples(usage: string): string[] {
  const program = usage.split(' [')[0];
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
