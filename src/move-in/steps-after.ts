import { type Choice, calledIn, chosenBucket } from './choice.ts';
import { concerns } from './concerns.ts';
import type { Found, FoundServer } from './found.ts';
import type { Step } from './steps.ts';

export function lookAtFiles(server: FoundServer, choice: Choice): Step {
  const logs = `Dashboard > ${calledIn(server, choice)} > Logs:`;
  const text =
    choice.intent === 'stack'
      ? `${logs} "bucket ${chosenBucket(server, choice)} is private", then "ready". Open the console, and look for your files.`
      : `${logs} the server starts, without an ERROR. Look for your files, in the console or with mcli ls.`;
  return { code: 'look-at-files', text, where: [], commands: [] };
}

/** A repair proves nothing about a bucket. One that is public on purpose has a warning of its own. */
export const bucketAsItWas = ({ opened }: FoundServer): Step[] =>
  opened.length > 0
    ? []
    : [
        {
          code: 'bucket-as-it-was',
          text: 'Each bucket is as public as it was: look at its access in the console.',
          where: [],
          commands: [],
        },
      ];

/** After a repair: the way to a bucket that is proved private. */
export function wholeStackLater(found: Found, choice: Choice): Step {
  const codes = concerns(found, { ...choice, intent: 'stack' }).refusals.map(({ code }) => code);
  if (codes.some((code) => isForever.has(code)))
    return {
      code: 'stack-elsewhere',
      text: 'For a bucket that is proved private at every start: make a new stack in an empty folder, and copy the data from this server to it with mcli mirror -a --overwrite.',
      where: [],
      commands: [],
    };
  const flags = [
    ...given('--service', choice.service),
    ...given('--bucket', choice.bucket),
    ...given('--data-path', choice.dataPath),
    ...codes.flatMap((code) => flagFor.get(code) ?? []),
  ];
  return {
    code: 'stack-later',
    text: 'For a bucket that is proved private at every start, a console and a user for the application, in the same service:',
    where: [],
    commands: [['npm init minio-stack@latest -- --move-in stack', ...flags].join(' ')],
  };
}

const given = (flag: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${flag} ${/^[\w./-]+$/.test(value) ? value : JSON.stringify(value)}`];

/** What Render can't change in a service. */
const isForever = new Set(['type', 'runtime', 'no-disk', 'data-outside-disk', 'aistor']);

/** What a stack would ask for. */
const flagFor = new Map([
  ['bucket', '--bucket BUCKET'],
  ['name-missing', '--service NAME'],
  ['data-folder', '--data-path PATH'],
]);

/** Files of the old server that nothing of the new one uses. */
export function unusedFiles({ dockerfile, scripts }: FoundServer, written: readonly string[]): Step[] {
  const files = [...(dockerfile.kind === 'found' ? [dockerfile.file] : []), ...scripts];
  const unused = files.filter((file) => !written.includes(file));
  if (unused.length === 0) return [];
  const them = unused.length > 1 ? 'them' : 'it';
  return [
    {
      code: 'unused-files',
      text: `Afterwards, delete ${unused.join(' and ')}: the server does not use ${them} any more. See that nothing else does.`,
      where: [],
      commands: [],
    },
  ];
}
