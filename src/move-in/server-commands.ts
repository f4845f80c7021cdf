import { commandsOf, type Instruction, lastOf, runningInstructions } from './dockerfile.ts';
import type { Place, ServerCommand } from './found.ts';
import type { Materials } from './materials.ts';
import { type ClientStep, clientSteps, type ServerStart, serverStart } from './minio-commands.ts';
import { type Command, execWords, programName, shellCommands, type Word } from './shell-words.ts';
import type { Source } from './source.ts';

/** A command of a service, with the text that it stands in. */
interface Located {
  command: Command;
  source: Pick<Source, 'place' | 'file'>;
  in: ServerCommand['in'];
}

/** A start of a server, and where it stands. */
export interface LocatedStart extends ServerStart {
  command: ServerCommand;
  place(word: { start: number; end: number }): Place;
}

/** Every command that starts a server. `dockerCommand` replaces the image's own; scripts are started by one of these. */
export const serverStarts = (materials: Materials): LocatedStart[] =>
  [...inEntry(materials), ...inImage(materials), ...inScripts(materials.scripts)].flatMap(located);

/**
 * The starts that count: those of the best source that has any.
 * @param starts all of them, best source first
 */
export function startsInForce(starts: readonly LocatedStart[]): LocatedStart[] {
  const best = bySource.find((where) => starts.some(({ command }) => command.in === where));
  return starts.filter(({ command }) => command.in === best);
}

/** What replaces what: `dockerCommand` the image's own command; and a script runs only if a command starts it. */
const bySource: ServerCommand['in'][] = ['dockerCommand', 'CMD', 'ENTRYPOINT', 'script', 'RUN'];

function located({ command, source, in: where }: Located): LocatedStart[] {
  const start = serverStart(command);
  if (!start) return [];
  const place = ({ start: from, end }: { start: number; end: number }) => source.place(from, end);
  const { program } = start;
  const found: ServerCommand = {
    in: where,
    at: place({ start: command[0]?.start ?? 0, end: command.at(-1)?.end ?? 0 }),
    ...(program ? { program: { value: program.text, at: place(program) } } : {}),
  };
  return [{ ...start, command: found, place }];
}

/** What the client is told to do, in every script and command of a service. */
export function clientStepsOf(materials: Materials): { step: ClientStep; at: Place }[] {
  const scripts = [...materials.scripts, ...materials.scriptsBeside];
  return [...inEntry(materials), ...inImage(materials), ...inScripts(scripts)].flatMap(({ command, source }) =>
    clientSteps(command).map((step) => {
      const word = step.kind === 'secret' ? step.secret : step.bucket;
      return { step, at: source.place(word.start, word.end) };
    }),
  );
}

/** Everything of a service that a shell reads: scripts, `dockerCommand`, and the shell's part of the Dockerfile. */
export function shellTexts({ entry, dockerfiles, scripts }: Materials): Source[] {
  const { command } = entry ?? {};
  const inDockerfile = dockerfiles.flatMap(({ source, running }) => {
    const within = (text: string, start: number): Source => ({
      ...source,
      text,
      place: (from, to) => source.place(start + from, start + to),
    });
    return running
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, heredoc }) => /^(?:RUN|CMD|ENTRYPOINT)$/.test(name) || heredoc)
      .flatMap(({ text, start, heredoc }) => [
        ...(execWords(text, start)?.map((word) => atWord(source, word)) ?? [within(text, start)]),
        ...(heredoc ? [within(heredoc.text, heredoc.start)] : []),
      ]);
  });
  return [
    ...(command ? [{ file: command.at.file, text: command.value, place: command.place }] : []),
    ...inDockerfile,
    ...scripts,
  ];
}

const atWord = ({ file, place }: Source, { text, start, end }: Word): Source => ({
  file,
  text,
  place: () => place(start, end),
});

/** All commands, to look for package managers and downloads. */
export const commandsIn = (materials: Materials): Located[] => [...inImage(materials), ...inScripts(materials.scripts)];

function inEntry({ entry }: Materials): Located[] {
  const { command } = entry ?? {};
  if (!command) return [];
  return shellCommands(command.value).map((each) => ({
    command: each,
    source: { file: command.at.file, place: command.place },
    in: 'dockerCommand',
  }));
}

function inImage({ dockerfiles }: Materials): Located[] {
  return dockerfiles.flatMap((dockerfile) => {
    const { source } = dockerfile;
    const locate = (commands: Command[], where: ServerCommand['in']) =>
      commands.map((command) => ({ command, source, in: where }));
    const [entrypoint, cmd] = [lastOf(dockerfile, 'ENTRYPOINT'), lastOf(dockerfile, 'CMD')];
    const others = runningInstructions(dockerfile).filter(({ name, heredoc }) => name === 'RUN' || heredoc);
    return [
      ...started(entrypoint, cmd).flatMap(([commands, where]) => locate(commands, where)),
      ...locate(others.flatMap(commandsOf), 'RUN'),
    ];
  });
}

/** In the exec form, `CMD` has the arguments of `ENTRYPOINT`. */
function started(
  entrypoint: Instruction | undefined,
  cmd: Instruction | undefined,
): [Command[], 'ENTRYPOINT' | 'CMD'][] {
  const [before, behind] = [entrypoint, cmd].map((each) => each && execWords(each.text, each.start));
  const isProgram = before?.length === 1 || before?.some(({ text }) => text === 'server');
  if (before && behind && isProgram) {
    const hasServer = before.some(({ text }) => text === 'server');
    const commands = [[...before, ...behind]];
    if (hasServer || programName(before[0]?.text ?? '') === 'minio')
      return [[commands, hasServer ? 'ENTRYPOINT' : 'CMD']];
  }
  return [
    ...(cmd ? [[commandsOf(cmd), 'CMD'] as [Command[], 'CMD']] : []),
    ...(entrypoint ? [[commandsOf(entrypoint), 'ENTRYPOINT'] as [Command[], 'ENTRYPOINT']] : []),
  ];
}

const inScripts = (scripts: Source[]): Located[] =>
  scripts.flatMap((source) =>
    shellCommands(source.text).map((command) => ({ command, source, in: 'script' as const })),
  );
