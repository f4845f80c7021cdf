/** Runs the compiled generator of a package on Yeoman's own environment: `node run-unbundled.ts PACKAGE-FOLDER TARGET`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createEnv } from 'yeoman-environment';

const [packageFolder = '', target = ''] = process.argv.slice(2);
const resolved = join(packageFolder, 'dist/generators/app/index.js');
const { default: Generator } = await import(pathToFileURL(resolved).href);
const env = createEnv();
env.register(Generator, { namespace: 'minio-stack:app', resolved });
await env.run(['minio-stack:app', target], { yes: true } as object);
