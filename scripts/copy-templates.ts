/** tsc compiles; this puts the templates beside the compiled generator, where Yeoman looks for them. */
import { cpSync, rmSync } from 'node:fs';

const compiled = new URL('../dist/generators/app/templates/', import.meta.url);
rmSync(compiled, { recursive: true, force: true });
cpSync(new URL('../generators/app/templates/', import.meta.url), compiled, { recursive: true });
