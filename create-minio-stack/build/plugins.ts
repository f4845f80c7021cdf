import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import type { Plugin } from 'rolldown';
import { replaced, versionReads } from './replaced.ts';

const inPackage = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/;

/** The folder of the package that a module belongs to; undefined for our own modules. */
export const packageRoot = (id: string): string | undefined => inPackage.exec(id)?.[0];
export const packageName = (id: string): string | undefined => inPackage.exec(id)?.[1]?.replaceAll('\\', '/');

/** Module ids that stand for replaced modules. */
export const replacedPrefix = '\0replaced:';
export const builtinPrefix = '\0builtin:';

/** Puts the entries of the table `replaced` in. An import that is found nowhere ends the build. */
export const replaceModules = (root: string): Plugin => ({
  name: 'replace-modules',
  async resolveId(specifier, importer, options) {
    // What a replacement imports.
    if (importer?.startsWith(replacedPrefix)) return this.resolve(specifier, join(root, 'package.json'), options);
    const key = `${packageName(importer ?? '')} > ${specifier}`;
    if (key in replaced) return `${replacedPrefix}${key}`;
    if (!isBuiltin(specifier) && !(await this.resolve(specifier, importer, { ...options, skipSelf: true })))
      throw new Error(`'${key}' is not installed: it would be looked for at run time`);
    return undefined;
  },
  load(id) {
    return id.startsWith(replacedPrefix) ? replaced[id.slice(replacedPrefix.length)]?.by : undefined;
  },
});

/** Puts the versions of Yeoman's packages in, where these read their own package.json. */
export function replaceVersions(done: Set<string>): Plugin {
  return {
    name: 'replace-versions',
    transform(code, id) {
      const folder = packageRoot(id);
      if (!folder) return undefined;
      const key = `${packageName(id)}/${relative(folder, id).replaceAll('\\', '/')}`;
      const read = versionReads[key];
      if (!read) return undefined;
      if (code.split(read.code).length !== 2) throw new Error(`${key} no longer contains exactly one ${read.code}`);
      done.add(key);
      return code.replace(read.code, read.by(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version));
    },
  };
}

/** Builtins that are loaded when a function of theirs is called for the first time, which mostly is never. */
export const lazyBuiltins = ['crypto', 'fs/promises'];

/**
 * `import { join } from 'node:path'` makes Node read every property of the module to offer them as names, which runs
 * its lazy getters: 42 internal modules for node:util, standard input for node:process. An object has no such cost;
 * this saves about a tenth of a run.
 */
export const builtinsAsObjects: Plugin = {
  name: 'builtins-as-objects',
  resolveId(specifier, importer, { kind }) {
    const plain = kind === 'import-statement' && importer !== '\0rolldown/runtime.js' && isBuiltin(specifier);
    return plain ? `${builtinPrefix}${specifier.replace('node:', '')}` : undefined;
  },
  load(id) {
    return id.startsWith(builtinPrefix) ? builtinModule(id.slice(builtinPrefix.length)) : undefined;
  },
};

function builtinModule(name: string): string {
  const lazy = lazyBuiltins.includes(name);
  const get = name === 'process' ? 'process' : `/* @__PURE__ */ process.getBuiltinModule('node:${name}')`;
  const names = Object.entries(process.getBuiltinModule(name) ?? {})
    .filter(
      ([key, value]) => /^[a-z_$][\w$]*$/i.test(key) && key !== 'default' && (!lazy || typeof value === 'function'),
    )
    .map(([key]) => key);
  return lazy
    ? `const builtin = new Proxy({}, { get: (_, key) => ${get}[key] });
       export default builtin;
       ${names.map((key) => `export const ${key} = (...all) => builtin.${key}(...all);`).join('\n')}`
    : `const builtin = ${get};
       const property = (key) => builtin[key];
       export default builtin;
       ${names.map((key) => `export const ${key} = /* @__PURE__ */ property('${key}');`).join('\n')}`;
}
