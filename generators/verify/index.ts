import { argumentsFromYeoman } from '../../src/cli/command-line.ts';
import { allVerifyFlags } from '../../src/cli/verify/flags.ts';
import { verifyHelp } from '../../src/cli/verify/help.ts';
import { runVerify } from '../../src/cli/verify/run-verify.ts';
import { FrontDoor } from '../front-door.ts';

const program = 'yo minio-stack:verify';

/** The front door of `yo minio-stack:verify`. */
export default class VerifyGenerator extends FrontDoor {
  override help(): string {
    return verifyHelp(program);
  }

  async writing(): Promise<void> {
    const run = runVerify(argumentsFromYeoman(this.args, this.options, process.argv, allVerifyFlags), {
      program,
      version: this.rootGeneratorVersion(),
      cwd: this.env.cwd,
      terminal: {
        input: (prompt) => this.ask({ ...prompt, type: 'input' }),
        password: (prompt) => this.ask({ ...prompt, type: 'password', toggleMask: false }),
        coloured: this.coloured,
      },
    });
    await this.report(run);
  }
}
