import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run, runOrThrow } from '../../render-simulator/run.ts';
import { codeBlock, defaultRepository } from '../../support/documents.ts';
import type { Need } from '../../support/needs.ts';
import { cached, recipeOf } from '../images/cache.ts';

/** The Djangos that the README's settings are for, with the oldest Python 3 that each of them runs on. */
export const djangos = [
  { django: '5.2.19', python: 10 },
  { django: '6.1.3', python: 12 },
] as const;

export type Django = (typeof djangos)[number];

/** The versions that are tested, of what the README says to install. */
const pins = ['django-storages==1.14.6', 'boto3==1.44.5'];

/** The Python that a Django needs. */
export async function pythonFor({ python }: Django): Promise<Need> {
  return { what: `Python 3.${python}`, isThere: (await findPython(python)) !== undefined };
}

/** The path of a Python with a Django and what the README installs beside it, in a virtual environment of its own. */
export async function djangoPython({ django, python }: Django, log?: (text: string) => void): Promise<string> {
  // Both in one command, so that pip refuses a README that the pins contradict.
  const packages = [`Django==${django}`, ...readmePackages(), ...pins];
  const folder = await cached(
    `python-django-${django}`,
    recipeOf(packages),
    async (path) => {
      const program = await findPython(python);
      if (!program) throw new Error(`Django ${django} needs Python 3.${python}`);
      await runOrThrow(program, ['-m', 'venv', path]);
      const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
      await runOrThrow(join(path, 'bin/python'), install);
    },
    log,
  );
  return join(folder, 'bin/python');
}

/** What the README's command installs. */
function readmePackages(): string[] {
  const command = codeBlock(defaultRepository, 'bash', 'pip install');
  return [...command.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
}

/** A Python 3 of at least this minor version: the system's, one of that name on the PATH, or one of pyenv's. */
async function findPython(minor: number): Promise<string | undefined> {
  const newer = [14, 13, 12].map((number) => `python3.${number}`);
  const check = `import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, ${minor}))`;
  for (const program of ['python3', ...newer, ...pyenvs()]) {
    const { status } = await run(program, ['-c', check]).catch(() => ({ status: 127 }));
    if (status === 0) return program;
  }
  return undefined;
}

function pyenvs(): string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  try {
    return readdirSync(versions).map((version) => join(versions, version, 'bin', 'python3'));
  } catch {
    return [];
  }
}
