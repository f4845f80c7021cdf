/** Empties dist/, and puts in what tsc does not: what the compiled generator reads, its templates and the changelog. */
import { cpSync, rmSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const compiled = new URL('dist/generators/app/', root);
rmSync(new URL('dist/', root), { recursive: true, force: true });
cpSync(new URL('generators/app/templates/', root), new URL('templates/', compiled), { recursive: true });
cpSync(new URL('CHANGELOG.md', root), new URL('CHANGELOG.md', compiled));
