import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { npm } from './program.ts';

/** The programs that the product is run with, and Renovate, which reads what is generated, at exact versions: npm picks others for a range, depending on its Node. */
export const versions = {
  yo: '7.0.1',
  verdaccio: '6.10.4',
  renovate: '44.121.2',
  cyclonedx: '10.3.0',
  '@yarnpkg/cli-dist': '4.18.1',
  '@pnpm/exe.linux-x64': '12.4.2',
  '@oven/bun-linux-x64': '1.4.5',
  '@deno/linux-x64-glibc': '2.9.6',
  node: { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' },
} as const;

export type NodeMajor = keyof typeof versions.node;

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'generator-minio-stack', 'packages');

/**
 * Packages from the npm registry, installed together into a folder outside the checkout, where later runs find them.
 * @param dependencies exact versions by name
 * @returns the folder with `node_modules` in it; not to be changed
 */
export async function cachedInstall(
  dependencies: Record<string, string>,
  overrides: Record<string, string> = {},
): Promise<string> {
  const packages = Object.entries(dependencies).map(([name, version]) => `${name.replaceAll('/', '+')}@${version}`);
  const folder = join(cache, packages.join(','));
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, '.installing-'));
  try {
    // The yo that is copied from here is read by another user.
    chmodSync(temporary, 0o755);
    writeFileSync(join(temporary, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
    await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], temporary);
    renameSync(temporary, folder);
  } catch (error) {
    // Another test file was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** The folder that has a Node of its own as `node`: the platform's package, which `node` on npm installs as well. */
export async function nodeFolder(major: NodeMajor): Promise<string> {
  const { platform, arch } = process;
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${platform === 'win32' ? 'win' : platform}-${arch}`;
  const installed = join(await cachedInstall({ [name]: versions.node[major] }), 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  return dirname(join(installed, bin.node));
}
