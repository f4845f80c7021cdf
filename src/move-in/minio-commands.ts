import { type Command, programName, type Word } from './shell-words.ts';

/** `minio server PATH…`, taken apart. */
export interface ServerStart {
  /** The word `minio` or `silo`; absent for a bare `server`. */
  program: Word | undefined;
  server: Word;
  paths: Word[];
  address: Word | undefined;
  consoleAddress: Word | undefined;
}

/** Programs that only speak about a server. */
const speaksOnly = /^(?:echo|printf|e?grep|pgrep|pkill|cat|log|info|sed|awk|which)$/;
/** Options of `minio server` that take a value. */
const withValue = new Set(
  '--address --console-address --certs-dir -S --config-dir -C --config --ftp --sftp --listeners --idle-timeout --conn-user-timeout --read-header-timeout --interface --license'.split(
    ' ',
  ),
);

/** The server that a command starts, if it starts one. */
export function serverStart(command: Command): ServerStart | undefined {
  const [first] = command;
  if (!first || speaksOnly.test(programName(first.text))) return undefined;
  const at = command.findIndex((word, index) => word.text === 'server' && isBehindProgram(command, index));
  const server = command[at];
  if (!server) return undefined;
  const program = command.slice(0, at).findLast(({ text }) => isServerProgram(text));
  return { program, server, ...argumentsOf(command.slice(at + 1)) };
}

const isServerProgram = (word: string) => /^(?:minio|silo)$/.test(programName(word));

/** `server` is the first word, or stands behind the program and its options. */
function isBehindProgram(command: Command, index: number): boolean {
  if (index === 0) return true;
  const before = command.slice(0, index).findLast(({ text }) => !text.startsWith('-'));
  return before !== undefined && (isServerProgram(before.text) || programName(before.text) === 'docker-entrypoint.sh');
}

function argumentsOf(words: Command): Pick<ServerStart, 'paths' | 'address' | 'consoleAddress'> {
  const options = new Map<string, Word>();
  const paths: Word[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Word;
    const [, option, value] = /^(--[\w-]+)=([\s\S]*)$/.exec(word.text) ?? [];
    if (/^\d?[<>]+$/.test(word.text)) break;
    if (option && value !== undefined) options.set(option, { ...word, text: value });
    else if (withValue.has(word.text)) {
      index += 1;
      const next = words[index];
      if (next) options.set(word.text, next);
    } else if (!word.text.startsWith('-') && word.text !== '') paths.push(word);
  }
  return { paths, address: options.get('--address'), consoleAddress: options.get('--console-address') };
}

/** What a command of MinIO's client says about buckets, identities and passwords. */
export type ClientStep =
  | { kind: 'make-bucket'; bucket: Word }
  | { kind: 'open-bucket'; access: string; bucket: Word }
  /** A command that names a secret. */
  | { kind: 'secret'; name: string; secret: Word };

export function clientSteps(command: Command): ClientStep[] {
  const [first, ...rest] = command;
  if (!first || !/^(?:mc|mcli)$/.test(programName(first.text))) return [];
  const words = withoutOptions(rest);
  const [verb, second, third, ...more] = words.map(({ text }) => text);
  const last = words.at(-1);
  if (verb === 'mb') return words.slice(1).map((word) => ({ kind: 'make-bucket', bucket: bucketOf(word) }));
  if ((verb === 'anonymous' || verb === 'policy') && last && words.length >= 4) {
    if (/^set(?:-json)?$/.test(second ?? '') && third !== 'none' && third !== 'private')
      return [{ kind: 'open-bucket', access: second === 'set' ? (third ?? '') : 'custom', bucket: bucketOf(last) }];
  }
  const secret = (name: string, index: number): ClientStep[] => {
    const word = words[index];
    return word ? [{ kind: 'secret', name, secret: word }] : [];
  };
  if (verb === 'alias' && second === 'set') return secret('mc alias set', 5);
  if (verb === 'config' && second === 'host' && third === 'add') return secret('mc config host add', 6);
  if (verb === 'admin' && second === 'user' && third === 'add' && more.length > 0)
    return secret('mc admin user add', 5);
  const flag = rest.findIndex(({ text }) => /^--secret-key(?:=|$)/.test(text));
  const word = rest[flag]?.text.includes('=') ? rest[flag] : rest[flag + 1];
  if (flag === -1 || !word) return [];
  return [
    { kind: 'secret', name: `mc ${verb} --secret-key`, secret: { ...word, text: word.text.replace(/^.*?=/, '') } },
  ];
}

/** Options of `mc` that take a value. */
const clientOptions = new Set([
  '--config-dir',
  '-C',
  '--region',
  '--access-key',
  '--secret-key',
  '--policy',
  '--api',
  '--path',
  '--name',
]);

function withoutOptions(words: Command): Command {
  const kept: Command = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Word;
    if (/^\d?[<>]+$/.test(word.text)) break;
    if (clientOptions.has(word.text)) index += 1;
    else if (!word.text.startsWith('-')) kept.push(word);
  }
  return kept;
}

/** `local/media` is media; a prefix behind the bucket goes. */
const bucketOf = (word: Word): Word => ({ ...word, text: word.text.split('/')[1] ?? '' });
