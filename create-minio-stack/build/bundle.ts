/**
 * Bundles `create-minio-stack` into `dist/`: one package without dependencies. `main.js` has what a run with every answer
 * given needs; the rest is loaded at first use. Names and line breaks stay: people run this from the network, and can read it.
 * Only chunks that have nothing but other packages lose their blanks: the packages' own sources are better to read.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { builtinsAsObjects, compiledTemplates } from './plugins.ts';

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'create-minio-stack/dist');

/** Every chunk with its packages. A new package wants a look at its size, its start-up and its licence. */
const expected = {
  'main.js': 'leven',
  'answers-in-files.js': '',
  'base.js': 'diff',
  'blueprint.js': '',
  'difference.js': 'diff',
  'editor.js': '',
  'image-lines.js': '',
  'image-pins.js': '',
  'merge-file.js': 'diff',
  'newest-images.js': '',
  'prompts.js':
    '@inquirer/ansi @inquirer/core @inquirer/figures @inquirer/input @inquirer/select @inquirer/type cli-width fast-string-truncated-width fast-string-width fast-wrap-ansi mute-stream signal-exit',
  'yaml.js': 'yaml',
};

const build = await rolldown({
  input: { main: join(root, 'create-minio-stack/main.ts') },
  preserveEntrySignatures: 'allow-extension',
  platform: 'node',
  // The same code as ES modules: smaller, and faster to load, than what Node gets.
  resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') } },
  // A package counts only for what is imported from it; no bundled package does anything by being imported.
  treeshake: { moduleSideEffects: [{ test: /[\\/]node_modules[\\/]|^\0builtin:/, sideEffects: false }] },
  plugins: [compiledTemplates(root), builtinsAsObjects],
  onLog: (level, { code, message }) => {
    if (level !== 'info') throw new Error(`${code}: ${message}`);
  },
});
const { output } = await build.generate({
  format: 'esm',
  chunkFileNames: '[name].js',
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  comments: { legal: true, annotation: false, jsdoc: false },
  codeSplitting: {
    groups: [
      // Only the prompts need what rolldown adds for CommonJS: without this, it would be in main.js.
      { name: 'commonjs', test: /rolldown[\\/]runtime/ },
      { name: 'yaml', test: /node_modules[\\/]yaml[\\/]/ },
    ],
  },
});
const chunks = output.filter((each) => each.type === 'chunk');
const found = Object.fromEntries(chunks.map((chunk) => [chunk.fileName, packagesOf(chunk).join(' ')]));
if (JSON.stringify(found) !== JSON.stringify(expected))
  throw new Error(`chunks or packages have changed, see \`expected\`: ${JSON.stringify(found, null, 1)}`);
const licences = [...new Set(['rolldown', ...chunks.flatMap(packagesOf)])].sort().map(licenceOf);

// Only what passed every check is written.
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
for (const chunk of chunks) writeFileSync(join(dist, chunk.fileName), codeOf(chunk));
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
cpSync(join(root, 'CHANGELOG.md'), join(dist, 'CHANGELOG.md'));
cpSync(join(root, 'LICENSE'), join(root, 'create-minio-stack/LICENSE'));

/** The code to publish. */
function codeOf({ fileName, code, modules }: OutputChunk): string {
  const isOurs = ([id, { renderedLength }]: [string, { renderedLength: number }]) =>
    renderedLength > 0 && !id.startsWith('\0') && !id.includes('node_modules');
  if (Object.entries(modules).some(isOurs)) return code;
  const { code: squeezed, errors } = minifySync(fileName, code, { module: true, compress: false, mangle: false });
  if (errors.length > 0) throw new Error(`${fileName}: ${errors[0]?.message}`);
  return `${squeezed}\n`;
}

/** The names of the packages in a chunk, in alphabetical order. */
function packagesOf({ moduleIds }: OutputChunk): string[] {
  const inPackage = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/;
  return [...new Set(moduleIds.flatMap((id) => inPackage.exec(id)?.[1]?.replaceAll('\\', '/') ?? []))].sort();
}

/** @throws when a package has no licence text */
function licenceOf(name: string): string {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0) throw new Error(`${name} ${version} (${license}) has no licence text`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
