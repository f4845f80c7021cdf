import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { offers } from '../support/needs.ts';
import { pack } from '../support/packed/packages.ts';
import { run } from '../support/packed/program.ts';
import { type Registry, startRegistry } from '../support/packed/registry.ts';
import { cachedInstall, versions } from '../support/packed/tools.ts';
import { Workplace } from '../support/packed/workplace.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let workplace: Workplace;
let registry: Registry;

beforeAll(async () => {
  workplace = new Workplace();
  const folder = join(workplace.folder, 'registry');
  mkdirSync(folder);
  registry = await startRegistry(folder);
  await registry.publish((await pack('create-minio-stack', workplace.folder)).tarball);
});
afterAll(async () => {
  await registry?.close();
  workplace?.remove();
});

/** The registry and the caches of each package manager, in its own variables. */
function surroundings(): Record<string, string> {
  const url = registry.env.npm_config_registry ?? '';
  return {
    ...workplace.env,
    ...registry.env,
    NPM_CONFIG_REGISTRY: url,
    YARN_NPM_REGISTRY_SERVER: url,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_TELEMETRY: '0',
    BUN_INSTALL_CACHE_DIR: join(workplace.folder, 'bun'),
    DENO_DIR: join(workplace.folder, 'deno'),
  };
}

/** Package managers that npm installs: the package with the program, the program in it, and its words for `npm init`. */
const natives = [
  ['pnpm', '@pnpm/exe.linux-x64', 'pnpm', ['create', 'minio-stack@latest']],
  ['bun', '@oven/bun-linux-x64', 'bin/bun', ['create', 'minio-stack@latest']],
  ['bunx --bun', '@oven/bun-linux-x64', 'bin/bun', ['x', '--bun', 'create-minio-stack@latest']],
  ['deno init', '@deno/linux-x64-glibc', 'deno', ['init', '--yes', '--npm', 'minio-stack@latest']],
  ['deno run', '@deno/linux-x64-glibc', 'deno', ['run', '--allow-all', 'npm:create-minio-stack@latest']],
] as const;

/** Makes a repository, and updates it, as a person would with this package manager. */
async function makeAndUpdate(command: string, args: readonly string[]): Promise<void> {
  const cwd = workplace.emptyFolder();
  for (const flags of [['--yes'], ['--yes', '--disk-size', '50']]) {
    const outcome = await run(command, [...args, 'my-storage', ...flags], { cwd, env: surroundings() });
    expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
  }
  expect(readFileSync(join(cwd, 'my-storage/render.yaml'), 'utf8')).toContain('sizeGB: 50\n');
}

it('yarn create makes a repository and updates it', async () => {
  const name = '@yarnpkg/cli-dist';
  const yarn = join(await cachedInstall({ [name]: versions[name] }), 'node_modules', name, 'bin/yarn.js');
  await makeAndUpdate(process.execPath, [yarn, 'create', 'minio-stack@latest']);
});

const { platform, arch } = process;
describe('on Linux', offers('Linux on x64', platform === 'linux' && arch === 'x64'), () => {
  it.each(natives)('%s makes a repository and updates it', async (_, name, program, args) => {
    const installed = await cachedInstall({ [name]: versions[name] });
    await makeAndUpdate(join(installed, 'node_modules', name, program), args);
  });
});
