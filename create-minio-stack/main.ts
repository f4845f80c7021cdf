import { fileURLToPath } from 'node:url';
import { runProgram } from '../src/cli/program.ts';
import { refuseSwallowedFlags } from '../src/cli/swallowed-flags.ts';
import { exitCodes, forPeople } from '../src/errors.ts';
import packageJson from './package.json' with { type: 'json' };
import { coloured, print } from './standard-error.ts';
import { templates } from './templates.ts';

/**
 * The front door of `npm init minio-stack`.
 * @param argv the arguments behind the program's name
 */
export async function main(argv: string[]): Promise<void> {
  const program = 'create-minio-stack';
  try {
    refuseSwallowedFlags(argv, process.env);
    const { output, log, failure } = await runProgram(argv, {
      program,
      version: packageJson.version,
      cwd: process.cwd(),
      templates,
      changelog: fileURLToPath(new URL('CHANGELOG.md', import.meta.url)),
      terminal: {
        input: async (prompt) => (await import('./prompts.ts')).input(prompt),
        select: async (prompt) => (await import('./prompts.ts')).select(prompt),
        show: print,
        coloured,
      },
    });
    for (const text of log) print(text);
    if (output) process.stdout.write(output);
    if (failure) throw failure;
    process.exitCode = exitCodes.done;
  } catch (error) {
    const { message, code } = forPeople(error, argv.includes('--debug'));
    print(`${program}: ${message.replaceAll('\n', '\n  ')}`);
    process.exitCode = code;
  }
}
