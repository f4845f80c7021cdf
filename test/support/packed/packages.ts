import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkTree } from './link-tree.ts';
import { npm } from './program.ts';
import { cachedInstall, versions } from './tools.ts';

/** The checkout, and the two packages in it. */
export const root = join(import.meta.dirname, '../../..');
export const packageFolders = { 'generator-minio-stack': root, 'create-minio-stack': join(root, 'create-minio-stack') };
export type PackageName = keyof typeof packageFolders;

/** A package as npm would publish it. */
export interface Packed {
  /** the path of the .tgz */
  tarball: string;
  /** by path; the mode as in the file system */
  files: { path: string; mode: number }[];
  /** in bytes */
  unpackedSize: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tests judge what it is
  packageJson: any;
}

/**
 * Packs a package of the checkout as it was built.
 * @param destination the folder for the tarball
 * @throws when it was not built
 */
export async function pack(name: PackageName, destination: string): Promise<Packed> {
  for (const built of ['dist/generators/app/index.js', 'create-minio-stack/dist/main.js']) {
    if (!existsSync(join(root, built)))
      throw new Error(
        `${built} is missing: these tests pack what is built, so run "npm run build" (or "npm test") first`,
      );
  }
  const folder = packageFolders[name];
  // Scripts would build again, below the other tests' feet.
  const [packed] = JSON.parse(
    await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', destination], folder),
  );
  const packageJson = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { ...packed, tarball: join(destination, packed.filename), packageJson };
}

/** Installs `create-minio-stack` into an empty folder, without a network: it has no dependency. Returns the folder. */
export async function installCreate(workplace: string): Promise<string> {
  const { tarball } = await pack('create-minio-stack', workplace);
  const folder = join(workplace, 'create');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{}');
  await npm(['install', '--offline', '--no-audit', '--no-fund', tarball], folder);
  return folder;
}

/** Installs the generator beside `yo`, where `yo` looks for it. Returns the folder. */
export async function installBesideYo(workplace: string): Promise<string> {
  const { tarball, packageJson } = await pack('generator-minio-stack', workplace);
  const dependencies = Object.keys(packageJson.dependencies).map((name) => [name, installedVersion(name)]);
  const cached = await cachedInstall({ yo: versions.yo, ...Object.fromEntries(dependencies) });
  const folder = join(workplace, 'yo');
  mkdirSync(folder);
  linkTree(join(cached, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(cached, name), join(folder, name));
  await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], folder);
  return folder;
}

/** The version of a dependency that the checkout has, and all other tests run with. */
function installedVersion(name: string): string {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}
