/** tsc compiles; this puts beside the compiled generator what it reads: its templates, and the changelog. */
import { cpSync, rmSync } from 'node:fs';

const compiled = new URL('../dist/generators/app/templates/', import.meta.url);
rmSync(compiled, { recursive: true, force: true });
cpSync(new URL('../generators/app/templates/', import.meta.url), compiled, { recursive: true });
cpSync(new URL('../CHANGELOG.md', import.meta.url), new URL('../dist/generators/app/CHANGELOG.md', import.meta.url));
