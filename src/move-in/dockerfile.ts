import type { Place } from './found.ts';
import { type Command, execCommands, execWords, shellCommands, shellWords, type Word } from './shell-words.ts';
import { type Source, sourceOf } from './source.ts';

/** An instruction of a Dockerfile: a logical line, with its continuations. */
export interface Instruction {
  /** In capitals: `FROM`. */
  name: string;
  /** What stands behind the name, with the continuations as they are, and comments between them as blanks. */
  text: string;
  /** Offset of `text` in the file. */
  start: number;
  /** The lines of a heredoc behind the instruction. */
  heredoc?: { text: string; start: number };
}

export interface Stage {
  name: string | undefined;
  /** The image or the earlier stage, with arguments filled in. */
  image: Word;
  instructions: Instruction[];
}

export interface Dockerfile {
  source: Source;
  stages: Stage[];
  /** The stage that runs, and the stages that it is built on: the last one first. */
  running: Stage[];
}

/** Reads a Dockerfile. It never fails: a text without `FROM` has no stages. */
export function readDockerfile(file: string, text: string): Dockerfile {
  const stages: Stage[] = [];
  const args = new Map<string, string>();
  for (const instruction of instructionsOf(text)) {
    if (instruction.name === 'FROM') stages.push(stageOf(instruction, args));
    else if (stages.length === 0 && instruction.name === 'ARG')
      for (const [key, value] of pairsOf(instruction)) args.set(key, value.text);
    else stages.at(-1)?.instructions.push(instruction);
  }
  return { source: sourceOf(file, text), stages, running: runningStages(stages) };
}

function stageOf({ text, start }: Instruction, args: Map<string, string>): Stage {
  const words = shellWords(text, start).filter(({ text }) => !text.startsWith('--'));
  const [image = { text: '', start, end: start }, , name] = words;
  return { name: name?.text.toLowerCase(), image: { ...image, text: filledIn(image.text, args) }, instructions: [] };
}

const filledIn = (text: string, args: Map<string, string>) =>
  text.replaceAll(
    /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
    (all, braced, fallback, plain) => args.get(braced ?? plain) ?? fallback ?? all,
  );

function runningStages(stages: Stage[]): Stage[] {
  const running: Stage[] = [];
  for (
    let stage = stages.at(-1);
    stage && !running.includes(stage);
    stage = stageNamed(stages, stage.image.text, stage)
  )
    running.push(stage);
  return running;
}

/** An earlier stage, by its name or its number. */
export function stageNamed(stages: Stage[], name: string, before?: Stage): Stage | undefined {
  const earlier = before ? stages.slice(0, stages.indexOf(before)) : stages;
  return (
    earlier.findLast((stage) => stage.name === name.toLowerCase()) ??
    (/^\d+$/.test(name) ? earlier[Number(name)] : undefined)
  );
}

/** Instructions of the stage that runs, with those that it inherits, in order. */
export const runningInstructions = ({ running }: Dockerfile): Instruction[] =>
  running.toReversed().flatMap(({ instructions }) => instructions);

/** The last instruction of a kind: it counts. */
export const lastOf = (dockerfile: Dockerfile, name: string): Instruction | undefined =>
  runningInstructions(dockerfile).findLast((instruction) => instruction.name === name);

function instructionsOf(text: string): Instruction[] {
  const instructions: Instruction[] = [];
  const lines = [...text.matchAll(/[^\n]*(?:\n|$)/g)].filter(([line]) => line !== '');
  const lineNumbers = Map.groupBy(lines.keys(), (at) => (lines[at]?.[0] ?? '').trim());
  for (let index = 0; index < lines.length; index++) {
    const first = lines[index];
    const match = /^(\uFEFF?\s*)([A-Za-z]+)([ \t]+)/.exec(first?.[0] ?? '');
    if (!first || !match) continue;
    const start = first.index + match[0].length;
    let [behind] = first;
    let joined = first[0].slice(match[0].length);
    while (lines[index + 1] && /\\[ \t]*\r?\n$/.test(behind)) {
      index += 1;
      const next: string = lines[index]?.[0] ?? '';
      // A comment or a blank line between continued lines is none of them, and the next line still is.
      joined += isNoLine(next) ? ' '.repeat(next.length) : next;
      behind = isNoLine(next) ? behind : next;
    }
    const instruction: Instruction = { name: (match[2] ?? '').toUpperCase(), text: joined, start };
    const limit = /<<-?["']?([A-Za-z_]\w*)["']?/.exec(joined)?.[1];
    if (limit && /^(?:RUN|COPY|ADD)$/.test(instruction.name)) {
      const from = index + 1;
      const end = (lineNumbers.get(limit) ?? []).find((at) => at >= from);
      if (end !== undefined) {
        const body = lines.slice(from, end);
        instruction.heredoc = { text: body.map(([line]) => line).join(''), start: body[0]?.index ?? start };
        index = end;
      }
    }
    instructions.push(instruction);
  }
  return instructions;
}

const isNoLine = (line: string) => /^\s*(?:#|$)/.test(line);

/** Variables of `ENV` and `ARG`, also in the old form `ENV NAME value`. */
export function pairsOf({ name, text, start }: Instruction): [key: string, value: Word][] {
  const words = shellWords(text.replaceAll(/[;&|()`<>]/g, '_'), start);
  const [first, ...rest] = words;
  if (!first) return [];
  if (name === 'ENV' && !first.text.includes('=')) {
    const value = {
      text: rest.map((word) => word.text).join(' '),
      start: rest[0]?.start ?? first.end,
      end: rest.at(-1)?.end ?? first.end,
    };
    return [[first.text, value]];
  }
  return words.flatMap((word): [string, Word][] => {
    const at = word.text.indexOf('=');
    return at > 0 ? [[word.text.slice(0, at), { ...word, text: word.text.slice(at + 1) }]] : [];
  });
}

/** The commands of `CMD`, `ENTRYPOINT` or `RUN`, in the exec form or the shell form; those of a heredoc as well. */
export function commandsOf({ text, start, heredoc }: Instruction): Command[] {
  const words = execWords(text, start);
  const own = words ? execCommands(words) : shellCommands(text, start);
  return [...own, ...(heredoc ? shellCommands(heredoc.text, heredoc.start) : [])];
}

/** What `COPY` and `ADD` take: the sources, and the stage or image that they come from. */
export function copied({ text, start }: Instruction): { from: Word | undefined; sources: string[] } {
  const exec = execWords(
    text.replace(/^(?:--\S+\s+)*/, (flags) => ' '.repeat(flags.length)),
    start,
  );
  const flags = shellWords(text, start).filter((word) => word.text.startsWith('--'));
  const words = exec ?? shellWords(text, start).filter((word) => !word.text.startsWith('--'));
  const from = flags.find((word) => word.text.startsWith('--from='));
  return {
    from: from && { text: from.text.slice('--from='.length), start: from.start + '--from='.length, end: from.end },
    sources: words.slice(0, -1).map((word) => word.text),
  };
}

/** Where a word stands. */
export const placeOf = (source: Source, { start, end }: Word): Place => source.place(start, end);
