import { type AnswerName, answerNames, questions } from '../answers/questions.ts';
import { StackError } from '../errors.ts';
import { partsOf } from './command-line.ts';
import { runFlagNames, runFlags } from './run-flags.ts';
import { quoted } from './shell.ts';

/** Flags that are npm's own as well: npm sets their variables for its own reasons, so they prove nothing. */
const npmsOwn: string[] = [runFlags.yes.flag, runFlags.force.flag, runFlags.help.flag, runFlags.version.flag];

/**
 * Refuses a run whose flags npm took for its own. Without `--`, npm parses every flag behind `npm init minio-stack` as
 * its own configuration and hands it to programs as `npm_config_<flag>` (docs.npmjs.com, "config", environment variables).
 * @param argv the arguments behind the program's name
 * @param env the environment of the process
 * @throws {StackError} with the same command line, written with `--`
 */
export function refuseSwallowedFlags(argv: string[], env: NodeJS.ProcessEnv): void {
  const isSwallowed = ({ flag }: { flag: string }) => variable(flag) in env;
  if (![...Object.values(questions), ...Object.values(runFlags)].some(isSwallowed)) return;
  const { positionals, flags } = partsOf(argv);
  const swallowed = [
    ...answerNames.flatMap((name) => swallowedAnswer(name, env, positionals)),
    ...runFlagNames
      .map((name) => runFlags[name])
      .filter(({ flag }) => given(flag, env))
      .map(({ flag, kind }) => {
        if (kind === 'switch') return `--${flag}`;
        return withValue(flag, env, positionals, (text) => kind !== 'wholeNumber' || /^\d+$/.test(text));
      }),
  ].filter((flag) => !flags.some((argument) => argument.split('=')[0] === flag.split(' ')[0]));
  if (swallowed.length === 0) return;
  const names = swallowed.map((flag) => flag.split(' ')[0]).join(', ');
  const line = [
    'npm init minio-stack@latest',
    ...positionals.map((each) => quoted(each)),
    '--',
    ...swallowed,
    ...withoutSecrets(flags),
  ];
  throw new StackError(
    `Nothing was written: npm took ${names} for its own. Put -- before the flags:\n${line.join(' ')}`,
  );
}

/** npm spells a configuration key in lower case with underscores; an empty value means false. */
export const variable = (flag: string) => `npm_config_${flag.replaceAll('-', '_')}`;
const given = (flag: string, env: NodeJS.ProcessEnv) => !npmsOwn.includes(flag) && Boolean(env[variable(flag)]);

function swallowedAnswer(name: AnswerName, env: NodeJS.ProcessEnv, positionals: string[]): string[] {
  const { flag, redacted, rule } = questions[name];
  const value = env[variable(flag)];
  if (value === undefined) return [];
  if (redacted && rule(value)) {
    // The value could be a secret that was typed into the wrong flag, so it is never printed: neither as the value nor,
    // where npm has handed it over as an argument, as a directory.
    if (value === 'true') positionals.pop();
    return value === '' ? [] : [`--${flag} VALUE`];
  }
  return value === '' ? [] : [withValue(flag, env, positionals, (text) => rule(text) === undefined)];
}

/** `--flag value` reaches us as `true` and an argument: the last argument that the flag allows is taken for its value. */
export function withValue(
  flag: string,
  env: NodeJS.ProcessEnv,
  positionals: string[],
  allows: (text: string) => boolean,
): string {
  const value = env[variable(flag)] ?? '';
  if (value !== 'true') return `--${flag} ${quoted(value)}`;
  const place = positionals.findLastIndex(allows);
  return place === -1 ? `--${flag} VALUE` : `--${flag} ${quoted(positionals.splice(place, 1)[0] ?? '')}`;
}

/** Flags with their values; a value that could be a secret is left out. */
function withoutSecrets(flags: string[]): string[] {
  const redacted = answerNames.filter((name) => questions[name].redacted).map((name) => `--${questions[name].flag}`);
  return flags.map((argument, index) => {
    const [flag = '', value] = argument.split('=');
    if (redacted.includes(flag) && value !== undefined) return `${flag}=VALUE`;
    return redacted.includes(flags[index - 1] ?? '') ? 'VALUE' : quoted(argument);
  });
}
