import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOrThrow } from '../render-simulator/run.ts';
import { cached, recipeOf } from '../stack/images/cache.ts';
import { type Need, program, unix } from './needs.ts';

/** What the linters of workflows are made with, once: `needs(...linters)`. actionlint hands scripts to shellcheck. */
export const linters: Need[] = [unix('shells'), program('python3'), program('go'), program('shellcheck')];

const requirements = join(import.meta.dirname, '../../.github/zizmor.txt');
const actionlintModule = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';

/** The path of zizmor, from PyPI. */
async function zizmorProgram(): Promise<string> {
  const folder = await cached('zizmor', recipeOf(readFileSync(requirements, 'utf8')), async (path) => {
    await runOrThrow('python3', ['-m', 'venv', path]);
    const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:'];
    await runOrThrow(join(path, 'bin/python'), ['-m', 'pip', 'install', ...options, '--requirement', requirements]);
  });
  return join(folder, 'bin/zizmor');
}

/** The path of actionlint, from the Go module proxy. */
async function actionlintProgram(): Promise<string> {
  const folder = await cached('actionlint', recipeOf(actionlintModule), async (path) => {
    mkdirSync(path);
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOBIN: path };
    await runOrThrow('go', ['install', '-trimpath', '-ldflags=-s -w', actionlintModule], { env });
  });
  return join(folder, 'actionlint');
}

/** zizmor's format json-v1, as far as it is read here. */
interface Finding {
  ident: string;
  desc: string;
  ignored: boolean;
  locations: {
    symbolic: { key: { Local: { verbatim_path: string } }; kind: string };
    concrete: { location: { start_point: { row: number } } };
  }[];
}

/**
 * What zizmor finds in the workflows, the actions and dependabot.yml of a repository, in its strictest persona and without
 * a network.
 * @param folder the repository; its `.github/zizmor.yml` counts
 * @returns a line for each finding: none where all is well
 */
export async function zizmor(folder: string): Promise<string[]> {
  const strictest = ['--persona', 'auditor', '--strict-collection'];
  const args = ['--offline', ...strictest, '--format', 'json-v1', '--no-exit-codes', '.'];
  const findings: Finding[] = JSON.parse(await runOrThrow(await zizmorProgram(), args, { cwd: folder }));
  return findings.filter(({ ignored }) => !ignored).map(lineOf);
}

function lineOf({ ident, desc, locations }: Finding): string {
  const primary = locations.find(({ symbolic }) => symbolic.kind === 'Primary');
  const line = (primary?.concrete.location.start_point.row ?? 0) + 1;
  return `${primary?.symbolic.key.Local.verbatim_path}:${line}: ${desc} [${ident}]`;
}

/**
 * What actionlint says of workflows; it hands their scripts to shellcheck.
 * @param files the paths of the workflows
 * @returns the lines that it prints: none where all is well
 */
export async function actionlint(files: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await run(await actionlintProgram(), ['-oneline', ...files]);
  if (status > 1) throw new Error(`actionlint ended with ${status}: ${stderr}`);
  return stdout.split('\n').filter(Boolean);
}
