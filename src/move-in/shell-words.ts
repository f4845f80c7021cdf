/**
 * Just enough of a shell to find commands in scripts, Dockerfiles and `dockerCommand`: words, quotes, comments,
 * continued lines, operators. It runs nothing and never fails: what it can't read becomes an odd word.
 */

/** A word without its quotes; variables are not filled in. Offsets are those of the text that was read. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

/** A simple command: `A=b mc mb local/media`. */
export type Command = Word[];

/** Words in front of a command that are none: reserved words, and programs that run another one. */
const prefixes = new Set(
  'if then elif else do while until ! { time exec nohup env tini dumb-init command setsid -- -g -s eval'.split(' '),
);
/** Programs that take a user and then a command. */
const asUser = new Set(['su-exec', 'gosu', 'setpriv', 'chroot']);

/** @param base what to add to each offset */
export const shellCommands = (text: string, base = 0): Command[] => rawCommands(text, base).flatMap(withInner);

/** All words of a text, whatever command they belong to. */
export const shellWords = (text: string, base = 0): Word[] => rawCommands(text, base).flat();

/** Blanks, a line's end or an operator, a redirection, or a part of a word. */
const part =
  /(?<blank>[ \t\r]+|\\\r?\n)|(?<end>[\n;&|()]+)|(?<redirect>\d?[<>]+)|'(?<single>[^']*)'?|"(?<double>[^"\\]*(?:\\[\s\S][^"\\]*)*)"?|(?<variable>\$\{[^}]*\}?|\$\([^()]*(?:\([^()]*\)[^()]*)*\)?|`[^`]*`?)|(?<bare>\\[\s\S]?|[^\s;&|()`<>'"\\$]+|\$)/y;

function* tokens(text: string): Generator<Word | 'end'> {
  let word: Word | undefined;
  for (let index = 0; index < text.length; ) {
    const behind = text[index] === '#' && !word ? endOfLine(text, index) : undefined;
    if (behind !== undefined) {
      index = behind;
      continue;
    }
    part.lastIndex = index;
    const match = part.exec(text);
    const end = match ? part.lastIndex : index + 1;
    const { groups = {} } = match ?? {};
    if (groups.blank ?? groups.end ?? groups.redirect) {
      if (word) yield word;
      word = undefined;
      if (groups.end) yield 'end';
      if (groups.redirect) yield { text: groups.redirect, start: index, end };
    } else {
      word ??= { text: '', start: index, end };
      word.text += pieceOf(groups);
      word.end = end;
    }
    index = end;
  }
  if (word) yield word;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function pieceOf({ single, double, variable, bare = '' }: Record<string, string | undefined>): string {
  const quoted = double?.replaceAll(/\\\r?\n/g, '').replaceAll(/\\(["\\$`])/g, '$1');
  return single ?? quoted ?? variable ?? bare.replace(/^\\(?=[\s\S])/, '');
}

/** The command without what only leads to it, and the commands within its words: `sh -c "…"`, `echo … > start.sh`. */
function withInner(command: Command): Command[] {
  const words = bareCommand(command);
  const [program, ...rest] = words;
  if (!program) return command.length > 0 ? [command] : [];
  const inner = innerText(program.text, rest);
  return inner ? [words, ...shellCommands(inner.text).map((found) => relocated(found, inner))] : [words];
}

function bareCommand(words: Command): Command {
  let rest = words;
  for (;;) {
    const [first] = rest;
    if (!first) return words;
    const name = programName(first.text);
    if (asUser.has(name)) rest = rest.slice(2);
    else if (prefixes.has(name)) rest = rest.slice(1);
    else if (isAssignment(first) && rest.length > 1) rest = rest.slice(1);
    else return rest;
  }
}

const isAssignment = ({ text }: Word) => /^[A-Za-z_]\w*=/.test(text);

/** `/usr/bin/minio` is minio. */
export const programName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

function innerText(program: string, rest: Command): Word | undefined {
  if (/^(?:ba|da|a)?sh$/.test(programName(program))) {
    const flag = rest.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
    return flag === -1 ? undefined : rest[flag + 1];
  }
  if (program !== 'echo' && program !== 'printf') return undefined;
  const written = rest.findIndex(({ text }) => text.startsWith('>'));
  if (written === -1) return undefined;
  const [first] = rest;
  const lines = rest.slice(0, written).map(({ text }) => text.replaceAll('\\n', '\n'));
  return first && { ...first, text: lines.join('\n') };
}

/** The outer word's place is near enough: a quoted text has other offsets than its value. */
const relocated = (command: Command, { start, end }: Word): Command =>
  command.map(({ text }) => ({ text, start, end }));

/** Assignments of a script, in order: `A=b`, `export A=b`, `for A in b c`, `: ${A:=b}`; a loop's variable has several values. */
export function assignments(text: string, base = 0): { name: string; values: string[]; word: Word }[] {
  return rawCommands(text, base).flatMap((words) => {
    const [first, second, , ...items] = words;
    if (first?.text === 'for' && second && words[2]?.text === 'in')
      return [{ name: second.text, values: items.map((item) => item.text), word: second }];
    if (first?.text === ':') return words.slice(1).flatMap(defaultOf);
    const leading = /^(?:export|local|readonly|declare|set|typeset)$/.test(first?.text ?? '') ? words.slice(1) : words;
    return leading.flatMap(assignmentOf);
  });
}

function rawCommands(text: string, base: number): Command[] {
  const commands: Command[] = [[]];
  for (const token of tokens(text)) {
    if (token === 'end') commands.push([]);
    else commands.at(-1)?.push({ text: token.text, start: token.start + base, end: token.end + base });
  }
  return commands.filter((command) => command.length > 0);
}

function assignmentOf(word: Word) {
  const [, name, value = ''] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word.text) ?? [];
  return name ? [{ name, values: [value], word }] : [];
}

function defaultOf(word: Word) {
  const [, name, value = ''] = /^\$\{([A-Za-z_]\w*):?=([^}]*)\}?$/.exec(word.text) ?? [];
  return name ? [{ name, values: [value], word }] : [];
}

/** The words of an exec form, `["minio", "server"]`; undefined for anything else. */
export function execWords(text: string, base = 0): Command | undefined {
  if (!/^\s*\[/.test(text)) return undefined;
  return [...text.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)"/g)].map((match) => ({
    text: unescaped(match[1] ?? ''),
    start: base + match.index + 1,
    end: base + match.index + match[0].length - 1,
  }));
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** The commands of an exec form: its words, and those of a `sh -c`. */
export const execCommands = (words: Command): Command[] => withInner(words);
