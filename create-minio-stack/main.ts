import { fileURLToPath } from 'node:url';
import { EnvironmentBase } from 'yeoman-environment';
import MinioStackGenerator from '../generators/app/index.ts';
import { parseCommandLine } from '../src/cli/command-line.ts';
import { helpText } from '../src/cli/help.ts';
import { refuseSwallowedFlags } from '../src/cli/swallowed-flags.ts';
import { exitCodes, StackError } from '../src/errors.ts';
import { LazyAdapter } from './adapter.ts';
import packageJson from './package.json' with { type: 'json' };

const namespace = 'minio-stack:app';

/**
 * What `yo` would do for the generator: reads the command line, runs it on an environment, turns errors into exit codes.
 * @param argv the arguments behind the program's name
 */
export async function main(argv: string[]): Promise<void> {
  try {
    refuseSwallowedFlags(argv, process.env);
    const commandLine = parseCommandLine(argv);
    if (commandLine.help) console.log(helpText('create-minio-stack [directory] [flags]'));
    else if (commandLine.version) console.log(packageJson.version);
    else {
      const env = new EnvironmentBase({ adapter: new LazyAdapter() });
      env.register(MinioStackGenerator, { namespace, resolved: fileURLToPath(import.meta.url) });
      await env.runGenerator(await env.create(namespace, { generatorOptions: { commandLine } as object }));
    }
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** Prints what a person can act on; an error that nobody foresaw keeps its stack. Returns the exit code. */
function explain(error: unknown): number {
  const foreseen = error instanceof StackError || (error instanceof Error && error.name === 'ExitPromptError');
  console.error(foreseen ? `create-minio-stack: ${error.message.replaceAll('\n', '\n  ')}` : error);
  return foreseen && 'code' in error ? Number(error.code) : exitCodes.failed;
}
