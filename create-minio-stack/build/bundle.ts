/**
 * Bundles `create-minio-stack` into `dist/`: one package without dependencies, which starts in milliseconds. `main.js` has
 * what a run with every answer given needs; the rest is loaded at first use. Not minified: people run this from the
 * network, and can read it.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { licenceTexts } from './licences.ts';
import { builtinsAsObjects, compiledTemplates } from './plugins.ts';

const root = join(import.meta.dirname, '../..');
const packageFolder = join(import.meta.dirname, '..');
const dist = join(packageFolder, 'dist');

/** Every chunk with its packages. A new package wants a look at its size, its start-up and its licence. */
const expected: Record<string, string> = {
  'main.js': 'leven',
  'answers-in-files.js': '',
  'base.js': 'diff',
  'blueprint.js': 'yaml',
  'difference.js': 'diff',
  'editor.js': '',
  'image-pins.js': '',
  'merge-file.js': 'diff',
  'ignore.js': 'ignore',
  'prompts.js': `@inquirer/ansi @inquirer/core @inquirer/figures @inquirer/input @inquirer/select @inquirer/type cli-width
    fast-string-truncated-width fast-string-width fast-wrap-ansi mute-stream signal-exit`,
  'rolldown-runtime.js': '',
};

const build = await rolldown({
  cwd: root,
  input: { main: join(packageFolder, 'main.ts') },
  preserveEntrySignatures: 'allow-extension',
  platform: 'node',
  // The same code as ES modules: smaller, and faster to load, than what Node gets.
  resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') } },
  // A package counts only for what is imported from it; no bundled package does anything by being imported.
  treeshake: { moduleSideEffects: [{ test: /[\\/]node_modules[\\/]|^\0builtin:/, sideEffects: false }] },
  plugins: [compiledTemplates(root), builtinsAsObjects],
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
const chunks = output.filter((each) => each.type === 'chunk');
const unexpected = chunks.flatMap((chunk) => {
  const [has, listed] = [packagesOf(chunk).join(' '), expected[chunk.fileName]?.split(/\s+/).join(' ')];
  return has === listed ? [] : `${chunk.fileName} has the packages "${has}", and is listed with "${listed}"`;
});
if (unexpected.length > 0) throw new Error(`create-minio-stack/build/bundle.ts:\n${unexpected.join('\n')}`);

// Only what passed every check is written.
const licence = readFileSync(join(root, 'LICENSE'), 'utf8');
// rolldown's helpers are in main.js.
const packages = new Set(['rolldown', ...chunks.flatMap(packagesOf)]);
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
for (const { fileName, code } of chunks) writeFileSync(join(dist, fileName), code);
writeFileSync(
  join(dist, 'THIRD-PARTY-LICENSES.txt'),
  licenceTexts([...packages].map((name) => join(root, 'node_modules', name))),
);
cpSync(join(root, 'CHANGELOG.md'), join(dist, 'CHANGELOG.md'));
writeFileSync(join(packageFolder, 'LICENSE'), licence);

/** The names of the packages in a chunk, in alphabetical order. */
function packagesOf({ moduleIds }: OutputChunk): string[] {
  const inPackage = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/;
  const names = moduleIds.flatMap((id) => inPackage.exec(id)?.[1]?.replaceAll('\\', '/') ?? []);
  return [...new Set(names)].sort();
}
