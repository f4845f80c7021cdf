/**
 * Bundles `create-minio-stack` into `dist/`: one package without dependencies. `main.js` has what a run with every answer
 * given needs; the rest is loaded at first use. In `main.js` names and line breaks stay: people run this from the network,
 * and can read it. The other chunks lose their blanks and the names of their variables: their sources are better to read.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type OutputChunk, rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { licencesOf } from '../../scripts/licence.ts';
import { builtinsAsObjects, compiledTemplates } from './plugins.ts';

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'create-minio-stack/dist');

/** The chunks that have packages in them. A new package wants a look at its size, its start-up and its licence. */
const expected = {
  ...Object.fromEntries(['base', 'difference', 'merge-file'].map((name) => [name, 'diff'])),
  main: 'leven',
  'run-verify': 'aws4fetch',
  prompts:
    '@inquirer/ansi @inquirer/core @inquirer/figures @inquirer/input @inquirer/password @inquirer/select @inquirer/type cli-width fast-string-truncated-width fast-string-width fast-wrap-ansi mute-stream signal-exit',
  yaml: 'yaml',
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
  // Only the prompts need what rolldown adds for CommonJS. What `main` shares with other chunks is to stay in it.
  codeSplitting: {
    groups: [
      { name: 'commonjs', test: /rolldown[\\/]runtime/ },
      { name: 'yaml', test: /[\\/]yaml[\\/]/ },
      { name: 'main', test: /create-minio-stack[\\/]main|builtin:path/ },
    ],
  },
});
const chunks = output.filter((each) => each.type === 'chunk');
const found = Object.fromEntries(chunks.map((each) => [each.name, packagesOf(each).join(' ')]).filter(([, is]) => is));
if (!isDeepStrictEqual(found, expected))
  throw new Error(`packages have changed, see \`expected\`: ${JSON.stringify(found, null, 1)}`);
const licences = licencesOf([...new Set(['rolldown', ...chunks.flatMap(packagesOf)])].sort());

// Only what passed every check is written.
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
for (const { name, fileName, code } of chunks)
  writeFileSync(
    join(dist, fileName),
    name === 'main' ? code : minifySync(fileName, code, { module: true, compress: false, mangle: true }).code,
  );
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
cpSync(join(root, 'CHANGELOG.md'), join(dist, 'CHANGELOG.md'));
cpSync(join(root, 'LICENSE'), join(root, 'create-minio-stack/LICENSE'));

/** The names of the packages in a chunk, in alphabetical order. */
function packagesOf({ moduleIds }: OutputChunk): string[] {
  const inPackage = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/;
  return [...new Set(moduleIds.flatMap((id) => inPackage.exec(id)?.[1]?.replaceAll('\\', '/') ?? []))].sort();
}
