import { fileURLToPath } from 'node:url';
import { runProgram } from '../src/cli/program.ts';
import type { Report } from '../src/cli/report.ts';
import { refuseSwallowedFlags } from '../src/cli/swallowed-flags.ts';
import { exitCodes, forPeople } from '../src/errors.ts';
import packageJson from './package.json' with { type: 'json' };
import { coloured, print } from './standard-error.ts';
import { templates } from './templates.ts';

const program = 'create-minio-stack';

/**
 * The front door of `npm init minio-stack`.
 * @param argv the arguments behind the program's name
 */
export async function main(argv: string[]): Promise<void> {
  try {
    const { output, log, failure } = await (argv[0] === 'verify' ? verify(argv.slice(1)) : generate(argv));
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

async function generate(argv: string[]): Promise<Report> {
  refuseSwallowedFlags(argv, process.env);
  return runProgram(argv, {
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
}

async function verify(argv: string[]): Promise<Report> {
  const { runVerify } = await import('../src/cli/verify/run-verify.ts');
  return runVerify(argv, {
    program: `${program} verify`,
    version: packageJson.version,
    cwd: process.cwd(),
    terminal: {
      input: async (prompt) => (await import('./prompts.ts')).input(prompt),
      password: async (prompt) => (await import('./prompts.ts')).password({ ...prompt, toggleMask: false }),
      coloured,
    },
  });
}
