import { StackError } from '../../errors.ts';
import { partsOf, tokensOf, unknownFlag } from '../command-line.ts';
import { quoted } from '../shell.ts';
import { variable, withValue } from '../swallowed-flags.ts';
import { address, allVerifyFlags, type VerifyFlag, verifyFlags } from './flags.ts';

/** The command line of `verify`, parsed. */
export interface VerifyLine {
  api: string | undefined;
  console: string | undefined;
  origin: string | undefined;
  buckets: string[];
  uploadMegabytes: number;
  newestImages: boolean;
  json: boolean;
  help: boolean;
}

/**
 * @param argv the arguments behind `verify`
 * @returns the command line, and every problem in it. No problem repeats an address: somebody may have put a password into it
 */
export function parseVerifyLine(argv: string[]): { line: VerifyLine; problems: string[] } {
  const { positionals, tokens } = tokensOf(argv, allVerifyFlags);
  const given = new Map<string, (string | undefined)[]>();
  const problems: string[] = [];
  const names = allVerifyFlags.map(({ flag }) => flag);
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!names.includes(token.name)) problems.push(unknownFlag(token.rawName.replace(/^--?/, ''), names));
    // A value that looks like a flag is one: the flag's own value was forgotten.
    const isForgotten = token.inlineValue === false && token.value?.startsWith('-');
    given.set(token.name, [...(given.get(token.name) ?? []), isForgotten ? undefined : token.value]);
  }
  for (const flag of allVerifyFlags) problems.push(...problemsOf(flag, given.get(flag.flag) ?? []));
  const [api, ...more] = positionals;
  // The value of an unknown flag can't be told from an address.
  if (!problems.some((problem) => problem.startsWith('unknown'))) {
    if (more.length > 0) problems.push("one address at most, the API's; give the console's with --console");
    const broken = api === undefined ? undefined : address(api);
    if (broken) problems.push(`The API's address ${broken}`);
  }
  const valueFor = ({ flag }: VerifyFlag) => given.get(flag)?.[0];
  const line = {
    api,
    console: valueFor(verifyFlags.console),
    origin: valueFor(verifyFlags.origin),
    buckets: (given.get(verifyFlags.bucket.flag) ?? []).filter((name) => name !== undefined),
    uploadMegabytes: Number(valueFor(verifyFlags.uploadSize) ?? verifyFlags.uploadSize.fallback),
    newestImages: given.has(verifyFlags.newestImages.flag),
    json: given.has(verifyFlags.json.flag),
    help: given.has(verifyFlags.help.flag),
  };
  return { line, problems };
}

function problemsOf(flag: VerifyFlag, values: (string | undefined)[]): string[] {
  const name = `--${flag.flag}`;
  if (flag.kind === 'switch') return values.some((value) => value !== undefined) ? [`${name} takes no value`] : [];
  const repeated = values.length > 1 && flag.kind !== 'list' ? [`${name} is given more than once`] : [];
  const broken = values.flatMap((value) => {
    if (value === undefined || value === '') return [`${name} needs a value: ${name} ${flag.placeholder}`];
    if (flag.kind !== 'wholeNumber') return flag.rule(value) ? [`${name} ${flag.rule(value)}`] : [];
    const isNumber = /^\d{1,6}$/.test(value) && Number(value) >= 1 && Number(value) <= flag.most;
    return isNumber
      ? []
      : [`${name} must be a whole number of ${flag.unit} from 1 to ${flag.most}; for example ${flag.fallback}`];
  });
  return [...repeated, ...broken];
}

/**
 * Refuses a run whose flags npm took for its own (see `refuseSwallowedFlags`).
 * @param argv the arguments behind `verify`
 * @throws {StackError} with a command line on which npm leaves them alone
 */
export function refuseSwallowedVerifyFlags(argv: string[], env: NodeJS.ProcessEnv): void {
  const { positionals, flags } = partsOf(argv, allVerifyFlags);
  const swallowed = allVerifyFlags
    .filter(({ flag }) => flag !== verifyFlags.help.flag && env[variable(flag)])
    .filter(({ flag }) => !flags.some((argument) => argument.split('=')[0] === `--${flag}`))
    .map((flag) => {
      if (flag.kind === 'switch') return `--${flag.flag}`;
      const allows = (text: string) =>
        flag.kind === 'wholeNumber' ? /^\d+$/.test(text) : flag.rule(text) === undefined;
      const value = env[variable(flag.flag)] ?? '';
      if (value !== 'true' && !allows(value)) return `--${flag.flag} ${flag.placeholder}`;
      return withValue(flag.flag, env, positionals, allows);
    });
  if (swallowed.length === 0) return;
  const names = swallowed.map((flag) => flag.split(' ')[0]).join(', ');
  // A word that is no address could be a secret in the wrong place.
  const shown = positionals.map((text) => (address(text) === undefined ? quoted(text) : 'https://API'));
  const line = ['npx create-minio-stack@latest verify', ...shown, ...swallowed, ...flags.map((flag) => quoted(flag))];
  throw new StackError(
    `Nothing was verified: npm took ${names} for its own. npx leaves them alone:\n${line.join(' ')}`,
  );
}
