import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '../../render-simulator/run.ts';
import { cached, recipeOf } from './cache.ts';

/** What is installed from PyPI, by the name of the virtual environment. */
const environments = {
  boto3: ['boto3==1.44.5'],
  'podman-compose': ['podman-compose==1.6.0'],
  'template-tools': ['copier==9.19.1', 'cookiecutter==2.7.1'],
};

/** The path of the Python of a virtual environment. */
export async function python(name: keyof typeof environments, log?: (text: string) => void): Promise<string> {
  const packages = environments[name];
  const folder = await cached(
    `python-${name}`,
    recipeOf(packages),
    async (path) => {
      await runOrThrow('python3', ['-m', 'venv', path]);
      const requirements = join(path, 'requirements.txt');
      writeFileSync(requirements, packages.join('\n'));
      const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements];
      await runOrThrow(join(path, 'bin/python'), install);
    },
    log,
  );
  return join(folder, 'bin/python');
}
