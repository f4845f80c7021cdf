import { dirname, join } from 'node:path';
import { argumentsFromYeoman } from '../../src/cli/command-line.ts';
import { helpText } from '../../src/cli/help.ts';
import { runProgram } from '../../src/cli/program.ts';
import { readFolder } from '../../src/repository/files.ts';
import { compileTemplates } from '../../src/templates/compile-templates.ts';
import { FrontDoor } from '../front-door.ts';

const program = 'yo minio-stack';

/** The front door of `yo minio-stack`. */
export default class MinioStackGenerator extends FrontDoor {
  override help(): string {
    return helpText(program);
  }

  async writing(): Promise<void> {
    const run = runProgram(argumentsFromYeoman(this.args, this.options, process.argv), {
      program,
      version: this.rootGeneratorVersion(),
      cwd: this.env.cwd,
      templates: compileTemplates(readFolder(this.templatePath())),
      changelog: join(dirname(this.sourceRoot()), 'CHANGELOG.md'),
      terminal: {
        input: (prompt) => this.ask({ ...prompt, type: 'input' }),
        select: (prompt) => this.ask({ ...prompt, type: 'select' }),
        show: (text) => this.log(text),
        coloured: this.coloured,
      },
    });
    await this.report(run);
  }
}
