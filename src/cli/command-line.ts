import { parseArgs } from 'node:util';
import leven from 'leven';
import { type AnswerName, answerNames, questions } from '../answers/questions.ts';
import type { Given } from '../answers/resolve-answers.ts';
import { StackError } from '../errors.ts';
import { type ConflictPolicy, conflictPolicies } from '../update/settle-conflicts.ts';

/** The flags that are no answers: how a run behaves. */
export const switches = {
  yes: { flag: 'yes', short: 'y', about: 'take the default or the stored value for everything that is not given' },
  askAnswered: { flag: 'ask-answered', short: undefined, about: 'ask again for what is stored' },
  dryRun: { flag: 'dry-run', short: undefined, about: 'show the plan and its differences, write nothing' },
  check: {
    flag: 'check',
    short: undefined,
    about: 'for CI, write nothing: exit with 0 in sync, 2 a newer rendering is there, 3 it would conflict',
  },
  json: { flag: 'json', short: undefined, about: 'print the plan as JSON on standard output, ask nothing' },
  force: { flag: 'force', short: 'f', about: 'the same as --on-conflict theirs' },
  allowRename: {
    flag: 'allow-rename',
    short: undefined,
    about: 'let an answer change that decides where the data is: names, bucket, region, root user',
  },
  help: { flag: 'help', short: 'h', about: 'show this help' },
  version: { flag: 'version', short: 'v', about: 'show the version' },
} as const;

/** The only one of them that takes a value. */
export const onConflict = {
  flag: 'on-conflict',
  placeholder: 'HOW',
  about: `what to do where both sides changed the same place: ${conflictPolicies.join(', ')} (default: ask, or fail without a terminal)`,
} as const;

type SwitchName = keyof typeof switches;
const switchNames = Object.keys(switches) as SwitchName[];

/** A command line, read but not yet judged: values of answers are judged by `answers.ts`. */
export interface CommandLine extends Record<SwitchName, boolean> {
  /** The target folder as it was given; none means the current one. */
  directory: string | undefined;
  flags: Given;
  /** What to do about conflicts; undefined when it was not said. */
  onConflict: ConflictPolicy | undefined;
}

const camel = (flag: string) => flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
const isBoolean = (name: AnswerName) => questions[name].placeholder === undefined;
const knownFlags: string[] = [
  onConflict.flag,
  ...answerNames.flatMap((name) =>
    isBoolean(name) ? [questions[name].flag, `no-${questions[name].flag}`] : questions[name].flag,
  ),
  ...switchNames.map((name) => switches[name].flag),
];

/**
 * The command line of `create-minio-stack`.
 * @param argv the arguments behind the program's name
 * @throws {StackError} with every unknown, valueless or repeated flag, each with what to do
 */
export function parseCommandLine(argv: string[]): CommandLine {
  const { positionals, tokens } = parseArgs({
    args: argv,
    strict: false,
    tokens: true,
    options: Object.fromEntries([
      [onConflict.flag, { type: 'string' }],
      ...answerNames.map((name) => [questions[name].flag, { type: isBoolean(name) ? 'boolean' : 'string' }]),
      ...switchNames.map((name) => [
        switches[name].flag,
        { type: 'boolean', ...(switches[name].short && { short: switches[name].short }) },
      ]),
    ]),
  });
  const options: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = token.name;
    const positive = flag.replace(/^no-/, '');
    if (!knownFlags.includes(flag)) problems.push(unknownFlag(token.rawName.replace(/^--?/, '')));
    else if (positive in options) problems.push(givenTwice(flag));
    // A boolean with a value keeps it, and is refused by its rule; a value that looks like a flag was forgotten.
    else
      options[positive] =
        token.inlineValue === false && token.value?.startsWith('-') ? true : (token.value ?? flag === positive);
  }
  return commandLine(positionals, options, problems);
}

/** Flags of `yo` itself, which reach a generator among its options. */
const flagsOfYo = [
  'generators',
  'local-only',
  'debug',
  'insight',
  'color',
  'skip-install',
  'skip-cache',
  'ignore-version-check',
  'force-install',
  'experimental',
];

/**
 * The command line as Yeoman hands it over: `yo` has parsed it without knowing our flags.
 * @param directories the arguments that are no flags
 * @param parsed Yeoman's options, in camelCase or kebab-case, ours among many of its own
 * @param argv what was typed, which tells what of the options was
 * @throws {StackError} with every unknown, valueless or repeated flag, each with what to do
 */
export function fromYeoman(directories: string[], parsed: Record<string, unknown>, argv: string[]): CommandLine {
  const value = (flag: string) => parsed[camel(flag)] ?? parsed[flag];
  const typed = argv.flatMap((argument) => /^--([^=]+)/.exec(argument)?.[1] ?? []);
  const problems = typed
    .filter((flag) => !knownFlags.includes(flag) && !flagsOfYo.includes(flag.replace(/^no-/, '')))
    .filter((flag) => value(flag.replace(/^no-/, '')) !== undefined)
    .map(unknownFlag);
  const options: Record<string, unknown> = {};
  for (const flag of knownFlags) {
    const short = switchNames.map((name) => switches[name]).find((each) => each.flag === flag)?.short;
    const given = value(flag) ?? (short && parsed[short]);
    if (given === undefined) continue;
    if (Array.isArray(given) && typed.includes(flag)) problems.push(givenTwice(flag));
    // Without knowing that a flag takes no value, `yo` takes the directory behind it for one.
    else if (typeof given === 'string' && takesNoValue(flag) && !argv.includes(`--${flag}=${given}`)) {
      directories = [...directories, given];
      options[flag] = true;
    } else options[flag] = given;
  }
  return commandLine(directories, options, problems);
}

const takesNoValue = (flag: string) =>
  switchNames.some((name) => switches[name].flag === flag) ||
  answerNames.some((name) => isBoolean(name) && questions[name].flag === flag);

function commandLine(directories: string[], options: Record<string, unknown>, problems: string[]): CommandLine {
  const given = (flag: string) => {
    if (typeof options[flag] === 'string')
      problems.push(`--${flag} takes no value, leave out ${JSON.stringify(options[flag])}`);
    return Boolean(options[flag]);
  };
  const line = {
    directory: directories[0],
    onConflict: policy(options, problems),
    flags: Object.fromEntries(
      answerNames
        .filter((name) => questions[name].flag in options)
        .map((name) => [name, options[questions[name].flag]]),
    ),
    ...(Object.fromEntries(switchNames.map((name) => [name, given(switches[name].flag)])) as Record<
      SwitchName,
      boolean
    >),
  };
  // The value of an unknown flag can't be told from a directory.
  if (directories.length > 1 && !problems.some((problem) => problem.startsWith('unknown')))
    problems.push(`one directory at most, not ${directories.map((d) => JSON.stringify(d)).join(' and ')}`);
  if (problems.length > 0) throw new StackError(problems.join('\n'));
  return line;
}

/** `--force` is `--on-conflict theirs`. */
function policy(options: Record<string, unknown>, problems: string[]): ConflictPolicy | undefined {
  const given = options[onConflict.flag];
  const known = conflictPolicies.find((each) => each === given);
  const rule = `must be one of ${conflictPolicies.join(', ')}`;
  if (given === true) problems.push(`--${onConflict.flag} needs a value; it ${rule}`);
  else if (given !== undefined && !known) problems.push(`--${onConflict.flag} ${JSON.stringify(given)} ${rule}`);
  if (options[switches.force.flag] !== true) return known;
  if (known && known !== 'theirs') problems.push(`--force means --${onConflict.flag} theirs, not ${known}`);
  return 'theirs';
}

const givenTwice = (flag: string) => `--${flag} is given more than once`;

function unknownFlag(flag: string): string {
  const nearest = knownFlags.toSorted((a, b) => leven(flag, a) - leven(flag, b))[0] ?? '';
  const hint = leven(flag, nearest) <= 2 ? `did you mean --${nearest}?` : '--help lists the flags';
  return `unknown flag ${flag.length === 1 ? '-' : '--'}${flag}; ${hint}`;
}
