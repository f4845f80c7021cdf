import { resolve } from 'node:path';
import { isInCi, type Person } from '../person.ts';
import { run, type Tools } from '../run.ts';
import { parseCommandLine } from './command-line.ts';
import { helpText } from './help.ts';
import { type Coloured, type Report, reportOf } from './report.ts';

/** What a front door brings: who calls, from where, and how to ask. */
export interface FrontDoor extends Pick<Tools, 'version' | 'templates'> {
  /** How the program is called: `create-minio-stack`, `yo minio-stack`. */
  program: string;
  /** The folder in which the person's shell is. */
  cwd: string;
  /** The path of this generator's changelog. */
  changelog: string;
  /** Asks on a terminal, and prints for a person. */
  terminal: Omit<Person, 'edit'> & { coloured: Coloured };
}

/**
 * The program behind both front doors: from the command line to what is printed.
 * @param argv the arguments behind the program's name
 * @throws {StackError} when the run was refused before there was anything to report
 */
export async function runProgram(argv: string[], door: FrontDoor): Promise<Report> {
  const { line, problems } = parseCommandLine(argv);
  if (problems.length === 0 && line.help) return { output: helpText(door.program), log: [], failure: undefined };
  if (problems.length === 0 && line.version) return { output: `${door.version}\n`, log: [], failure: undefined };
  const asksNothing = line.yes || line.check || line.json || isInCi() || process.stdin.isTTY !== true;
  const person: Person = {
    ...door.terminal,
    edit: async (path, text) => (await import('./editor.ts')).edit(path, text),
  };
  const request = {
    ...line,
    folder: resolve(door.cwd, line.directory ?? '.'),
    problems,
    newestImages: line.newestImages ? { cooldown: line.cooldown } : undefined,
    mode: line.check ? 'check' : line.dryRun ? 'plan' : 'write',
  } as const;
  const outcome = await run(request, { ...door, person: asksNothing ? undefined : person });
  return reportOf(outcome, {
    json: line.json,
    from: door.cwd,
    changelog: door.changelog,
    coloured: door.terminal.coloured,
  });
}
