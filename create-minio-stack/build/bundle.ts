/**
 * Bundles the generator with yeoman-generator and yeoman-environment into `dist/`, so that `npm init minio-stack`
 * installs one package and starts in milliseconds. What a run with every answer given needs is in `main.js`; the rest
 * is loaded at first use. Not minified: people run this from the network, and can read it.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { licenceTexts } from './licences.ts';
import {
  builtinPrefix,
  builtinsAsObjects,
  lazyBuiltins,
  packageName,
  packageRoot,
  replacedPrefix,
  replaceModules,
  replaceVersions,
} from './plugins.ts';
import { expectedPackages, replaced, versionReads } from './replaced.ts';

const root = join(import.meta.dirname, '../..');
const packageFolder = join(import.meta.dirname, '..');
const dist = join(packageFolder, 'dist');

const versionsRead = new Set<string>();
const chunks = await bundle();
const modules = new Set(chunks.flatMap(({ moduleIds }) => moduleIds));
const problems = [...staleEntries(), ...chunks.flatMap(unexpectedPackages)];
if (problems.length > 0) throw new Error(`create-minio-stack/build:\n${problems.join('\n')}`);
write();

async function bundle(): Promise<OutputChunk[]> {
  const build = await rolldown({
    cwd: root,
    input: { main: join(packageFolder, 'main.ts') },
    preserveEntrySignatures: 'allow-extension',
    platform: 'node',
    // The same code as ES modules: smaller, and faster to load, than what Node gets.
    resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') } },
    // A package counts only for what is imported from it; no bundled package does anything by being imported.
    treeshake: { moduleSideEffects: [{ test: /[\\/]node_modules[\\/]|^\0builtin:/, sideEffects: false }] },
    plugins: [replaceModules(root), replaceVersions(versionsRead), builtinsAsObjects],
    onLog(level, { code, message }) {
      if (level !== 'info') throw new Error(`${code}: ${message}`);
    },
  });
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  return output.filter((each) => each.type === 'chunk');
}

/** Entries of the tables that have no effect any more. */
function staleEntries(): string[] {
  return [
    ...Object.keys(replaced).filter((key) => !modules.has(replacedPrefix + key)),
    ...Object.keys(versionReads).filter((key) => !versionsRead.has(key)),
    ...lazyBuiltins.filter((name) => !modules.has(builtinPrefix + name)),
  ].map((key) => `'${key}' is not in the bundle any more: remove it from its table`);
}

/** Packages that are in a chunk and not in its list, or the other way round. */
function unexpectedPackages({ fileName, moduleIds }: OutputChunk): string[] {
  const expected = expectedPackages[fileName]?.split(/\s+/).filter(Boolean);
  if (!expected) return [`unexpected chunk ${fileName}`];
  const bundled = new Set(moduleIds.filter((id) => !id.startsWith('\0')).flatMap((id) => packageName(id) ?? []));
  return [
    ...[...bundled].filter((name) => !expected.includes(name)).map((name) => `${fileName} has got the package ${name}`),
    ...expected.filter((name) => !bundled.has(name)).map((name) => `${fileName} has lost the package ${name}`),
  ];
}

/** Only what passed every check is written. */
function write(): void {
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8');
  const folders = new Set([...modules].filter((id) => !id.startsWith('\0')).flatMap((id) => packageRoot(id) ?? []));
  // Its helpers are in main.js.
  folders.add(join(root, 'node_modules/rolldown'));
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const { fileName, code } of chunks) writeFileSync(join(dist, fileName), code);
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenceTexts([...folders], licence));
  cpSync(join(root, 'generators/app/templates'), join(dist, 'templates'), { recursive: true });
  cpSync(join(root, 'CHANGELOG.md'), join(dist, 'CHANGELOG.md'));
  writeFileSync(join(packageFolder, 'LICENSE'), licence);
}
