import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import { type BaseOptions, default as Generator } from 'yeoman-generator';
import { argumentsFromYeoman } from '../../src/cli/command-line.ts';
import { helpText } from '../../src/cli/help.ts';
import { runProgram } from '../../src/cli/program.ts';
import { forPeople } from '../../src/errors.ts';
import type { ListPrompt, TextPrompt } from '../../src/person.ts';
import { readFolder } from '../../src/repository/files.ts';
import { compileTemplates } from '../../src/templates/compile-templates.ts';

const program = 'yo minio-stack';

/** The front door of `yo minio-stack`. */
export default class MinioStackGenerator extends Generator {
  constructor(args?: string[], options?: BaseOptions) {
    // The run writes by itself, all or nothing; there is nothing to install.
    super(args, options, { customCommitTask: true, customInstallTask: true, tasksMatchingPriority: true });
  }

  override help(): string {
    return helpText(program);
  }

  /** Yeoman's own method reads the package.json of the folder, and ends the run when that file is damaged. */
  override determineAppname(): string {
    return '';
  }

  async writing(): Promise<void> {
    const report = await runProgram(argumentsFromYeoman(this.args, this.options, process.argv), {
      program,
      version: this.rootGeneratorVersion(),
      cwd: this.env.cwd,
      templates: compileTemplates(readFolder(this.templatePath())),
      changelog: join(dirname(this.sourceRoot()), 'CHANGELOG.md'),
      terminal: {
        input: (prompt) => this.#ask({ ...prompt, type: 'input' }),
        select: (prompt) => this.#ask({ ...prompt, type: 'select' }),
        show: (text) => this.log(text),
        coloured: (style, text) => styleText(style, text, { stream: process.stderr }),
      },
    }).catch((error) => {
      throw forPeople(error, process.argv.includes('--debug'));
    });
    for (const text of report.log) this.log(text);
    if (report.output) process.stdout.write(report.output);
    if (report.failure) throw report.failure;
  }

  async #ask(question: (TextPrompt & { type: 'input' }) | (ListPrompt & { type: 'select' })): Promise<string> {
    return (await this.prompt<Record<string, string>>([question]))[question.name] ?? '';
  }
}
