import { styleText } from 'node:util';
import { type BaseOptions, default as Generator } from 'yeoman-generator';
import type { Coloured, Report } from '../src/cli/report.ts';
import { forPeople } from '../src/errors.ts';
import type { ListPrompt, SecretPrompt, TextPrompt } from '../src/person.ts';

/** One question, as Yeoman's prompt wants it. */
type Question =
  | (TextPrompt & { type: 'input' })
  | (ListPrompt & { type: 'select' })
  | (SecretPrompt & { type: 'password'; toggleMask: boolean });

/** What both generators of this package have in common: Yeoman brings a prompt and a log, and decides nothing. */
export class FrontDoor extends Generator {
  constructor(args?: string[], options?: BaseOptions) {
    // A run writes by itself, all or nothing; there is nothing to install.
    super(args, options, { customCommitTask: true, customInstallTask: true, tasksMatchingPriority: true });
  }

  /** Yeoman's own method reads the package.json of the folder, and ends the run when that file is damaged. */
  override determineAppname(): string {
    return '';
  }

  protected readonly coloured: Coloured = (style, text) => styleText(style, text, { stream: process.stderr });

  /** Prints what came of a run. @throws {StackError} with the exit code, where that is not 0 */
  protected async report(run: Promise<Report>): Promise<void> {
    const { log, output, failure } = await run.catch((error) => {
      throw forPeople(error, process.argv.includes('--debug'));
    });
    for (const text of log) this.log(text);
    if (output) process.stdout.write(output);
    if (failure) throw failure;
  }

  protected async ask(question: Question): Promise<string> {
    return (await this.prompt<Record<string, string>>([question]))[question.name] ?? '';
  }
}
