import { styleText } from 'node:util';
import { type BaseOptions, default as Generator } from 'yeoman-generator';
import { argumentsFromYeoman } from '../../src/cli/command-line.ts';
import { allVerifyFlags } from '../../src/cli/verify/flags.ts';
import { verifyHelp } from '../../src/cli/verify/help.ts';
import { runVerify } from '../../src/cli/verify/run-verify.ts';
import { forPeople } from '../../src/errors.ts';

const program = 'yo minio-stack:verify';

/** The front door of `yo minio-stack:verify`. */
export default class VerifyGenerator extends Generator {
  constructor(args?: string[], options?: BaseOptions) {
    super(args, options, { customCommitTask: true, customInstallTask: true, tasksMatchingPriority: true });
  }

  override help(): string {
    return verifyHelp(program);
  }

  /** Yeoman's own method reads the package.json of the folder, and ends the run when that file is damaged. */
  override determineAppname(): string {
    return '';
  }

  async writing(): Promise<void> {
    const ask = async (question: { name: string; message: string; type: 'input' | 'password'; toggleMask?: boolean }) =>
      (await this.prompt<Record<string, string>>([question]))[question.name] ?? '';
    const report = await runVerify(argumentsFromYeoman(this.args, this.options, process.argv, allVerifyFlags), {
      program,
      version: this.rootGeneratorVersion(),
      cwd: this.env.cwd,
      terminal: {
        input: (prompt) => ask({ ...prompt, type: 'input' }),
        password: (prompt) => ask({ ...prompt, type: 'password', toggleMask: false }),
        coloured: (style, text) => styleText(style, text, { stream: process.stderr }),
      },
    }).catch((error) => {
      throw forPeople(error, process.argv.includes('--debug'));
    });
    for (const text of report.log) this.log(text);
    if (report.output) process.stdout.write(report.output);
    if (report.failure) throw report.failure;
  }
}
