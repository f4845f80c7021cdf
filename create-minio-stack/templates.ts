import { fileURLToPath } from 'node:url';
import { readFolder } from '../src/repository/files.ts';
import { compileTemplates } from '../src/templates/compile-templates.ts';

/** The templates, compiled when the program starts. The build puts compiled functions in this module's place. */
export const templates = compileTemplates(
  readFolder(fileURLToPath(new URL('../generators/app/templates', import.meta.url))),
);
