import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, sep } from 'node:path';
import ejs from 'ejs';
import type { Plugin } from 'rolldown';
import { viewNames } from '../../src/templates/generate-files.ts';

/** Compiles the templates to functions, so that the bundle needs no EJS: the module `templates.ts` has the same export. */
export const compiledTemplates = (root: string): Plugin => ({
  name: 'compiled-templates',
  load(id) {
    if (id !== join(root, 'create-minio-stack/templates.ts')) return undefined;
    const folder = join(root, 'generators/app/templates');
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    const functions = paths.map((path) => {
      const source = readFileSync(join(folder, path), 'utf8').replaceAll('\r\n', '\n');
      // `strict`: a module may not have the `with` statement that EJS writes otherwise.
      const options = { localsName: 'view', compileDebug: false, strict: true, destructuredLocals: viewNames };
      const template = new ejs.Template(source, options);
      template.compile();
      if (template.source.includes('escapeFn')) throw new Error(`${path}: use <%- %>, nothing is escaped here`);
      return `${JSON.stringify(path.split(sep).join('/'))}: (view) => {\n${template.source}}`;
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
    const plain = kind === 'import-statement' && importer !== '\0rolldown/runtime.js' && isBuiltin(specifier);
    return plain ? `\0builtin:${specifier.replace('node:', '')}` : undefined;
  },
  load(id) {
    if (!id.startsWith('\0builtin:')) return undefined;
    const name = id.slice('\0builtin:'.length);
    const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter((key) => /^[a-z_$][\w$]*$/i.test(key));
    return `const builtin = /* @__PURE__ */ process.getBuiltinModule('node:${name}');
       const property = (key) => builtin[key];
       export default builtin;
       ${names
         .filter((key) => key !== 'default')
         .map((key) => `export const ${key} = /* @__PURE__ */ property('${key}');`)
         .join('\n')}`;
  },
};
