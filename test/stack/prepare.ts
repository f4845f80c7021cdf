/**
 * `npm run test:stack:prepare`: brings everything that the stack tests need and that takes long to make. A second run
 * finds it all in the engine and in the cache, and takes seconds.
 */

import { findEngine } from '../render-simulator/engine.ts';
import {
  awsSdkFolder,
  awsSdkForGoProgram,
  minioGoProgram,
  rcloneProgram,
  resticProgram,
  s3cmd,
} from './clients/programs.ts';
import { djangoPython, djangos, pythonFor } from './django/environments.ts';
import { prepareImages } from './images/images.ts';
import { functionalSuite } from './images/programs.ts';
import { python } from './images/python.ts';

const log = (text: string) => console.error(`prepare: ${text}`);

const engine = await findEngine();
if (!engine) {
  log(
    'neither podman nor docker answers. On Debian 12: apt-get install --no-install-recommends podman runc netavark aardvark-dns',
  );
  process.exitCode = 1;
} else {
  log(`the container engine is ${engine.name}`);
  await Promise.all([
    prepareImages(engine, log),
    functionalSuite(log),
    python('boto3', log),
    python('podman-compose', log),
    awsSdkFolder(log),
    s3cmd(log),
  ]);
  // The compiler uses every core by itself.
  for (const build of [minioGoProgram, awsSdkForGoProgram, resticProgram, rcloneProgram]) await build(log);
  for (const django of djangos) if ((await pythonFor(django)).isThere) await djangoPython(django, log);
  log('ready');
}
