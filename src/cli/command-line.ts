import { parseArgs } from 'node:util';
import leven from 'leven';
import { answerNames, questions } from '../answers/questions.ts';
import type { Given } from '../answers/resolve-answers.ts';
import { type MoveInWay, moveInWays } from '../update/moving-in-ways.ts';
import { type ConflictPolicy, conflictPolicies } from '../update/settle-conflicts.ts';
import { type RunFlagName, runFlagNames, runFlags } from './run-flags.ts';

type SwitchName = Exclude<RunFlagName, 'onConflict' | 'cooldown' | 'moveIn' | 'blueprint' | 'service'>;
const switchNames = runFlagNames.filter((name): name is SwitchName => runFlags[name].kind === 'switch');

/** A command line, parsed. The values of answers are not judged yet: the rules of `answers/` do that. */
export interface CommandLine extends Record<SwitchName, boolean> {
  /** The target folder as it was given; undefined means the current one. */
  directory: string | undefined;
  /** Values of answers. */
  flags: Given;
  /** What to do about conflicts; undefined when the command line does not say. */
  onConflict: ConflictPolicy | undefined;
  /** Days that a release must be old to be pinned. */
  cooldown: number;
  /** What to do with a MinIO that was there before; undefined when the command line does not say. */
  moveIn: MoveInWay | undefined;
  /** The path of the Blueprint, and the name of the service that runs MinIO, in a repository that was there before. */
  blueprint: string | undefined;
  service: string | undefined;
}

/** A command line, and every problem in it: unknown, repeated, valueless flags, each with what to do. */
export interface ParsedCommandLine {
  line: CommandLine;
  problems: string[];
}

/** What has to be known of a flag to find it on a command line. */
export interface KnownFlag {
  flag: string;
  kind: string;
  /** The one-letter spelling, without its dash. */
  short?: string | undefined;
}

const allFlags: KnownFlag[] = [...answerNames.map((name) => questions[name]), ...Object.values(runFlags)];
const knownFlags = allFlags.map(({ flag }) => flag);

/** @param argv the arguments behind the program's name */
export function parseCommandLine(argv: string[]): ParsedCommandLine {
  const { positionals, tokens } = tokensOf(argv);
  const options: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = token.name;
    if (!knownFlags.includes(flag)) problems.push(unknownFlag(token.rawName.replace(/^--?/, ''), knownFlags));
    else if (flag in options) problems.push(`--${flag} is given more than once`);
    // A value that looks like a flag is one: the flag's own value was forgotten.
    else options[flag] = token.inlineValue === false && token.value?.startsWith('-') ? true : (token.value ?? true);
  }
  const line = {
    ...switchesOf(options, problems),
    directory: positionals[0],
    flags: Object.fromEntries(
      answerNames
        .filter((name) => questions[name].flag in options)
        .map((name) => [name, options[questions[name].flag]]),
    ),
    onConflict: policyOf(options, problems),
    cooldown: cooldownOf(options, problems),
    moveIn: oneOf(runFlags.moveIn.flag, moveInWays, options, problems),
    blueprint: textOf(runFlags.blueprint, options, problems),
    service: textOf(runFlags.service, options, problems),
  };
  // The value of an unknown flag can't be told from a directory.
  if (positionals.length > 1 && !problems.some((problem) => problem.startsWith('unknown')))
    problems.push(`one directory at most, not ${positionals.map((each) => JSON.stringify(each)).join(' and ')}`);
  return { line, problems };
}

/** Takes a command line apart into what is no flag, and the flags with their values. */
export function partsOf(argv: string[], known = allFlags): { positionals: string[]; flags: string[] } {
  const { positionals, tokens } = tokensOf(argv, known);
  const others = tokens.filter(({ kind }) => kind !== 'option').map(({ index }) => index);
  return { positionals, flags: argv.filter((_, index) => !others.includes(index)) };
}

/** Takes a command line apart into tokens, knowing which flags take a value. */
export const tokensOf = (args: string[], known = allFlags) =>
  parseArgs({ args, strict: false, tokens: true, options: optionTypes(known) });

/** What `parseArgs` has to know of each flag. */
const optionTypes = (known: KnownFlag[]): Record<string, { type: 'boolean' | 'string'; short?: string }> =>
  Object.fromEntries(
    known.map(({ flag, kind, short }) => [
      flag,
      kind === 'switch' ? { type: 'boolean', ...(short && { short }) } : { type: 'string' },
    ]),
  );

function switchesOf(options: Record<string, unknown>, problems: string[]): Record<SwitchName, boolean> {
  const given = switchNames.map((name): [SwitchName, boolean] => {
    const { flag } = runFlags[name];
    if (typeof options[flag] === 'string')
      problems.push(`--${flag} takes no value, leave out ${JSON.stringify(options[flag])}`);
    return [name, Boolean(options[flag])];
  });
  return Object.fromEntries(given) as Record<SwitchName, boolean>;
}

/** `--force` is `--on-conflict theirs`. */
function policyOf(options: Record<string, unknown>, problems: string[]): ConflictPolicy | undefined {
  const { flag } = runFlags.onConflict;
  const known = oneOf(flag, conflictPolicies, options, problems);
  if (options[runFlags.force.flag] !== true) return known;
  if (known && known !== 'theirs') problems.push(`--force means --${flag} theirs, not ${known}`);
  return 'theirs';
}

/** One of a few words. */
function oneOf<Word extends string>(
  flag: string,
  words: readonly Word[],
  options: Record<string, unknown>,
  problems: string[],
): Word | undefined {
  const given = options[flag];
  const known = words.find((each) => each === given);
  const rule = `must be one of ${words.join(', ')}`;
  if (given === true) problems.push(`--${flag} needs a value, which ${rule}`);
  else if (given !== undefined && !known) problems.push(`--${flag} ${JSON.stringify(given)} ${rule}`);
  return known;
}

/** Any text but none. */
function textOf(
  { flag, placeholder }: { flag: string; placeholder: string },
  options: Record<string, unknown>,
  problems: string[],
): string | undefined {
  const given = options[flag];
  if (given === true || given === '') problems.push(`--${flag} needs a value: --${flag} ${placeholder}`);
  return typeof given === 'string' ? given : undefined;
}

/** `--cooldown`, which says how `--newest-images` chooses, and nothing else. */
function cooldownOf(options: Record<string, unknown>, problems: string[]): number {
  const { flag, unit, most, fallback } = runFlags.cooldown;
  const given = options[flag];
  if (given === undefined) return fallback;
  const rule = `must be a whole number of ${unit} from 0 to ${most}; for example ${fallback}`;
  if (given === true) problems.push(`--${flag} needs a value, which ${rule}`);
  else if (!/^\d{1,3}$/.test(String(given)) || Number(given) > most)
    problems.push(`--${flag} ${JSON.stringify(given)} ${rule}`);
  if (!options[runFlags.newestImages.flag])
    problems.push(`--${flag} is only for --${runFlags.newestImages.flag}; give both, or leave it out`);
  return Number(given);
}

/** Flags of earlier versions, and what stands for each now. */
const formerFlags: Record<string, string> = {
  dependabot: "--updates workflow, because Dependabot can't compare the tags of the server image",
  'no-dependabot': '--updates none, if nothing is to propose newer images',
  'update-workflow': '--updates workflow, which is the default',
  'no-update-workflow': '--updates none',
};

/** What is wrong with a flag that nobody knows: the nearest known one, where one is near. */
export function unknownFlag(flag: string, knownFlags: string[]): string {
  if (Object.hasOwn(formerFlags, flag)) return `--${flag} is a flag of earlier versions: give ${formerFlags[flag]}`;
  const nearest = knownFlags.toSorted((a, b) => leven(flag, a) - leven(flag, b))[0] ?? '';
  const hint = leven(flag, nearest) <= 2 ? `did you mean --${nearest}?` : '--help lists the flags';
  return `unknown flag ${flag.length === 1 ? '-' : '--'}${flag}; ${hint}`;
}

/** Flags of `yo` itself, which reach a generator among its options. */
const flagsOfYo = [
  'generators',
  'local-only',
  'insight',
  'color',
  'skip-install',
  'skip-cache',
  'ignore-version-check',
  'force-install',
  'experimental',
];

const camel = (flag: string) => flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Turns what Yeoman has parsed back into arguments for `parseCommandLine`: `yo` parses the command line without knowing
 * our flags.
 * @param directories the arguments that are no flags
 * @param parsed Yeoman's options, in camelCase or kebab-case, ours among many of its own
 * @param typed the whole command line: it tells which options a person gave, and how
 * @param known our flags
 */
export function argumentsFromYeoman(
  directories: string[],
  parsed: Record<string, unknown>,
  typed: string[],
  known = allFlags,
): string[] {
  const knownFlags = known.map(({ flag }) => flag);
  const optionOf = (flag: string) => parsed[camel(flag)] ?? parsed[flag];
  const unknown = typed
    .flatMap((argument) => /^--([^=]+)/.exec(argument)?.[1] ?? [])
    .filter((flag) => !knownFlags.includes(flag) && !flagsOfYo.includes(flag.replace(/^no-/, '')))
    .filter((flag) => optionOf(flag.replace(/^no-/, '')) !== undefined)
    .map((flag) => `--${flag}`);
  const positionals = [...directories];
  const flags = known.flatMap(({ flag, kind, short }): string[] => {
    const given = optionOf(flag) ?? parsed[short ?? flag];
    if (given === undefined || given === null) return [];
    if (given === true) return [`--${flag}`];
    if (given === false) return [];
    // minimist collects a repeated flag in a list; a list that nobody typed is a program's value.
    if (Array.isArray(given) && typed.some((argument) => argument.startsWith(`--${flag}`)))
      return given.map((value) => `--${flag}=${value}`);
    // Not knowing that the flag takes no value, `yo` has taken the directory behind the flag for its value.
    if (typeof given === 'string' && kind === 'switch' && !typed.includes(`--${flag}=${given}`)) {
      positionals.push(given);
      return [`--${flag}`];
    }
    return [`--${flag}=${given}`];
  });
  return [...flags, ...unknown, '--', ...positionals];
}
