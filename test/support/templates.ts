import { fileURLToPath } from 'node:url';
import { readFolder } from '../../src/repository/files.ts';
import { compileTemplates } from '../../src/templates/compile-templates.ts';
import type { Templates } from '../../src/templates/generate-files.ts';

/** The templates in a folder. */
export const templatesIn = (folder: string): Templates => compileTemplates(readFolder(folder));

/** The templates of this checkout. */
export const templates = templatesIn(fileURLToPath(new URL('../../generators/app/templates', import.meta.url)));
