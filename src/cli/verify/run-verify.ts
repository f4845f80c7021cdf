import type { Answers } from '../../answers/questions.ts';
import { resolveAnswers } from '../../answers/resolve-answers.ts';
import { bucketName } from '../../answers/rules.ts';
import { StackError } from '../../errors.ts';
import { secretsFile } from '../../merge/gitignore-patterns.ts';
import { interrupted, isInCi, type Person, type SecretPrompt } from '../../person.ts';
import { readFiles } from '../../repository/files.ts';
import { readState, stateFile } from '../../update/state-file.ts';
import { isLocal } from '../../verify/local.ts';
import { exitCodeOf, type Report as Verified } from '../../verify/report.ts';
import { verify } from '../../verify/verify.ts';
import type { Coloured, Report } from '../report.ts';
import { addressesOf } from './addresses.ts';
import { parseVerifyLine, refuseSwallowedVerifyFlags, type VerifyLine } from './command-line.ts';
import { applicationKey, type KeySources, rootLogin, secretsIn } from './credentials.ts';
import { verifyHelp } from './help.ts';
import { newestPins, pinsOf } from './pins.ts';
import { progressOn } from './progress.ts';
import { closingLine, reportText } from './report-text.ts';

/** What a front door of `verify` brings. */
export interface VerifyDoor {
  /** How the command is called: `create-minio-stack verify`, `yo minio-stack:verify`. */
  program: string;
  version: string;
  /** The folder in which the person's shell is. */
  cwd: string;
  terminal: Pick<Person, 'input'> & { password(prompt: SecretPrompt): Promise<string>; coloured: Coloured };
}

/**
 * Verifies a deployment: from the command line to what is printed.
 * @param argv the arguments behind `verify`
 * @throws {StackError} when nothing could be verified
 */
export async function runVerify(argv: string[], door: VerifyDoor): Promise<Report> {
  refuseSwallowedVerifyFlags(argv, process.env);
  const { line, problems } = parseVerifyLine(argv);
  if (problems.length > 0) throw new StackError(problems.join('\n'));
  if (line.help) return { output: verifyHelp(door.program), log: [], failure: undefined };
  const stored = storedAnswers(door);
  const { api, console } = await addressesOf(line, stored, door.program);
  const person = line.json || isInCi() || process.stdin.isTTY !== true ? undefined : door.terminal;
  const keys: KeySources = {
    environment: process.env,
    file: secretsIn(`${door.cwd}/${secretsFile}`),
    isLocal: isLocal(new URL(api)),
    ask: person && ((prompt) => person.password(prompt)),
  };
  const credentials = await applicationKey(keys);
  const rootUser = stored?.rootUser ?? 'minio-admin';
  const root = console === undefined ? undefined : await rootLogin(keys, rootUser);
  const buckets = [stored?.bucket, ...line.buckets].filter((name) => name !== undefined);
  const bucket = buckets[0] ?? (credentials ? undefined : await askForBucket(person));
  const pins = await pinsOf(stored, door.cwd);
  const report = await interruptible((signal, progress) =>
    verify({
      ...{ api, console, origin: line.origin, bucket, credentials, root, rootUser, signal },
      otherBuckets: buckets.slice(1),
      proxy: process.env,
      uploadMegabytes: line.uploadMegabytes,
      pins,
      newest: line.newestImages ? () => newestPins(pins) : undefined,
      progress: ({ group, what }) => progress(`${group}: ${what}`),
    }),
  );
  return reported(report, line, door.terminal.coloured);
}

/** The answers of the repository in this folder; undefined where none was generated. */
function storedAnswers({ cwd, version }: VerifyDoor): Answers | undefined {
  const state = readState(readFiles(cwd, [stateFile]).get(stateFile), version);
  if (state.version === undefined) return undefined;
  return resolveAnswers({ prompted: {}, flags: {}, edited: {}, stored: state.answers, pins: state.pins, folder: cwd });
}

/** Without a key, nobody tells what the bucket is called. */
async function askForBucket(person: Pick<Person, 'input'> | undefined): Promise<string | undefined> {
  const validate = (text: string) => (text === '' ? undefined : bucketName(text)) ?? true;
  const prompt = { name: 'bucket', message: "The bucket's name (Enter: try common names only)", default: '', validate };
  return (await person?.input(prompt).catch(interrupted)) || undefined;
}

/** Runs what deletes what it wrote when Ctrl-C is pressed; pressed once more, Ctrl-C ends the program at once. */
async function interruptible(run: (signal: AbortSignal, progress: (text: string) => void) => Promise<Verified>) {
  const stop = new AbortController();
  const progress = progressOn(process.stderr);
  const interrupt = () => {
    progress.show('Interrupted: deleting what was written (Ctrl-C again leaves it there)');
    stop.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  try {
    return await run(stop.signal, (text) => progress.show(text));
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    progress.clear();
  }
}

function reported(report: Verified, { json }: VerifyLine, coloured: Coloured): Report {
  const code = exitCodeOf(report);
  const closing = closingLine(report);
  const failure = code === 0 ? undefined : new StackError(closing, code);
  if (json) return { output: `${JSON.stringify(report, null, 2)}\n`, log: [], failure };
  return { output: '', log: [reportText(report, coloured), ...(failure ? [] : [coloured('bold', closing)])], failure };
}
