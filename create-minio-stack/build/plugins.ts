import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import ejs from 'ejs';
import type { Plugin } from 'rolldown';
import { readFolder } from '../../src/repository/files.ts';
import { viewNames } from '../../src/templates/generate-files.ts';

/** Puts functions in the place of the module `templates.ts`: the templates, compiled, so that the bundle needs no EJS. */
export const compiledTemplates = (root: string): Plugin => ({
  name: 'compiled-templates',
  load(id) {
    if (id !== join(root, 'create-minio-stack/templates.ts')) return undefined;
    const functions = [...readFolder(join(root, 'generators/app/templates'))].map(([path, text]) => {
      const used = viewNames.filter((name) => text.includes(name));
      // `strict`: a module may not have the `with` statement that EJS writes otherwise.
      const options = { localsName: 'view', strict: true, destructuredLocals: used, compileDebug: false };
      const template = new ejs.Template(text.replaceAll('\r\n', '\n'), options);
      template.compile();
      if (template.source.includes('escapeFn')) throw new Error(`${path}: use <%- %>, nothing is escaped here`);
      return `${JSON.stringify(path)}: (view) => {\n${template.source}}`;
    });
    return `export const templates = {\n${functions.join(',\n')}\n};`;
  },
});

/**
 * `import { join } from 'node:path'` makes Node read every property of the module to offer them as names, which runs
 * its lazy getters: 42 internal modules for node:util. An object has no such cost.
 */
export const builtinsAsObjects: Plugin = {
  name: 'builtins-as-objects',
  resolveId(specifier, importer, { kind }) {
    if (kind !== 'import-statement' || importer === '\0rolldown/runtime.js' || !isBuiltin(specifier)) return undefined;
    return `\0builtin:${specifier.replace('node:', '')}`;
  },
  load(id) {
    if (!id.startsWith('\0builtin:')) return undefined;
    const name = id.slice('\0builtin:'.length);
    const names = Object.keys(process.getBuiltinModule(name) ?? {});
    return `const builtin = /* @__PURE__ */ process.getBuiltinModule('node:${name}');
      const property = (key) => builtin[key]; export default builtin;
      ${names.map((key) => `export const ${key} = /* @__PURE__ */ property('${key}');`).join('\n')}`;
  },
};
