/**
 * What the bundle leaves out. Most of Yeoman's weight serves features that this generator never uses: spawning, git,
 * installing, the conflicter, globs. The build checks every table here and fails when an entry has no effect any more.
 */

/** A module whose exports throw when they are called: for code that is never reached. */
const absent = (name: string, ...exports: string[]): string =>
  [
    `const absent = (what) => () => { throw new Error(what + ' is not part of create-minio-stack'); };`,
    ...exports.map((each) => `export const ${each} = absent('${name}: ${each}');`),
    `export default absent('${name}');`,
  ].join('\n');

/** The same for a package that is loaded with require(). */
const absentCommonJs = (name: string): string =>
  `module.exports = () => { throw new Error('${name} is not part of create-minio-stack'); };`;

/** `importing package > imported module`: what the bundle gets instead, and why that is safe. */
export const replaced: Record<string, { by: string; why: string }> = {
  'yeoman-environment > @yeoman/adapter': {
    by: absent('QueuedAdapter', 'QueuedAdapter'),
    why: 'the default adapter; ours is adapter.ts',
  },
  'yeoman-environment > @yeoman/conflicter': {
    by: absent('@yeoman/conflicter', 'createConflicterTransform', 'createYoResolveTransform', 'forceYoFiles'),
    why: 'the stock commit; the generator commits by itself',
  },
  'yeoman-environment > execa': {
    by: absent('execa', 'execa', 'execaSync'),
    why: 'runs npm; the feature customInstallTask switches that off',
  },
  'yeoman-environment > fly-import': {
    by: `export class FlyRepository {}\n${absent('fly-import', 'flyImport')}`,
    why: 'installs missing generators; the environment creates one FlyRepository and does not use it',
  },
  'yeoman-environment > globby': {
    by: absent('globby', 'globbySync'),
    why: 'looks installed generators up; ours is registered',
  },
  'yeoman-environment > locate-path': {
    by: absent('locate-path', 'locatePathSync'),
    why: 'finds a generator by its path; ours is registered',
  },
  'yeoman-environment > lodash-es': {
    by: `
      export const defaults = (target, ...sources) => {
        for (const source of sources) for (const key in source) target[key] ??= source[key];
        return target;
      };
      export const pick = (object, keys) => Object.fromEntries(keys.filter((key) => key in Object(object)).map((key) => [key, object[key]]));
      export const escapeRegExp = (text) => text.replace(/[\\\\^$.*+?()[\\]{}|]/g, '\\\\$&');
      export const findLast = (array, matches) => array.findLast(matches);
      ${absent('lodash-es', 'compact', 'uniq')}`,
    why: 'four one-liners instead of 98 KB',
  },
  'yeoman-environment > which-package-manager': {
    by: absent('which-package-manager', 'whichPackageManager'),
    why: 'as execa',
  },
  'yeoman-generator > execa': {
    by: absent('execa', 'execa', 'execaSync', 'parseCommandString'),
    why: 'the generator never spawns',
  },
  'yeoman-generator > latest-version': {
    by: absent('latest-version'),
    why: 'addDependencies(); there is no package.json',
  },
  'yeoman-generator > semver': {
    by: 'export const lte = () => true;',
    why: 'asks whether the environment is new enough: it is the bundled one',
  },
  'yeoman-generator > simple-git': {
    by: absent('simple-git', 'simpleGit', 'CheckRepoActions', 'CleanOptions'),
    why: 'the generator needs no git',
  },
  '@yeoman/transform > minimatch': { by: absent('minimatch', 'Minimatch'), why: 'no transform has a pattern' },
  'debug > supports-color': {
    by: 'module.exports = undefined;',
    why: 'optional, and not installed: chalk has its own',
  },
  'mem-fs-editor > binaryextensions': { by: 'export default [];', why: 'templates are not copied with this.fs' },
  'mem-fs-editor > commondir': { by: absentCommonJs('commondir'), why: 'as binaryextensions' },
  'mem-fs-editor > ejs': { by: absent('ejs'), why: 'as binaryextensions; src/templates/generate-files.ts has its own' },
  'mem-fs-editor > isbinaryfile': { by: absent('isbinaryfile', 'isBinaryFileSync'), why: 'as binaryextensions' },
  'mem-fs-editor > minimatch': { by: absent('minimatch', 'minimatch'), why: 'as binaryextensions' },
  'mem-fs-editor > multimatch': { by: absent('multimatch'), why: 'as binaryextensions' },
  'mem-fs-editor > textextensions': { by: 'export default [];', why: 'as binaryextensions' },
  'mem-fs-editor > tinyglobby': {
    by: absent('tinyglobby', 'glob', 'globSync', 'isDynamicPattern'),
    why: 'as binaryextensions',
  },
  'vinyl > teex': { by: absentCommonJs('teex'), why: 'clones a stream; files in memory are buffers' },
  'vinyl-file > strip-bom-stream': { by: absent('strip-bom-stream'), why: 'as teex' },
  'inquirer > @inquirer/prompts': {
    by: `
      export { default as input } from '@inquirer/input';
      export { default as select } from '@inquirer/select';
      export { Separator } from '@inquirer/core';
      ${absent('this kind of prompt', 'confirm', 'number', 'rawlist', 'expand', 'checkbox', 'password', 'editor', 'search')}`,
    why: 'two kinds of questions are asked; the editor alone would bring 270 KB of character sets',
  },
};

/** Reads of `../package.json`, which would find the wrong package in the bundle: `file of a package`: the exact code. */
export const versionReads: Record<string, { code: string; by: (version: string) => string }> = {
  'yeoman-environment/dist/environment-base.js': {
    code: `require('../package.json').version`,
    by: (version) => `'${version}'`,
  },
  'yeoman-generator/dist/generator.js': {
    code: `JSON.parse(readFileSync(pathJoin(_dirname, '../package.json'), 'utf8'))`,
    by: (version) => `{ version: '${version}' }`,
  },
};

/** Every package that may be in a chunk. What is new here wants a look at its size, its start-up and its licence. */
export const expectedPackages: Record<string, string> = {
  'main.js': `@yeoman/adapter @yeoman/namespace @yeoman/transform arrify chalk clone debug deep-extend ejs
    find-up-simple grouped-queue is-plain-obj is-unicode-supported is-utf8 leven log-symbols mem-fs mem-fs-editor minimist
    ms normalize-path remove-trailing-separator replace-ext slash sort-keys strip-bom-buf text-table untildify vinyl
    vinyl-file yeoman-environment yeoman-generator yoctocolors`,
  'prompts.js': `@inquirer/ansi @inquirer/core @inquirer/figures @inquirer/input @inquirer/select @inquirer/type
    @yeoman/adapter cli-width fast-string-truncated-width fast-string-width fast-wrap-ansi inquirer mute-stream
    run-async signal-exit`,
  'difference.js': 'diff',
  'merge-file.js': 'diff',
  'base.js': 'diff',
  'blueprint.js': 'yaml',
  'editor.js': '',
};
