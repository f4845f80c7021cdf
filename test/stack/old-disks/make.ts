/**
 * `node test/stack/old-disks/make.ts NAME [PROGRAM]` makes a disk of `disks.ts` anew, with a program that is that old server:
 * test/data/disks/NAME.tar.gz, and what the server says of it in NAME.json. Without a program, it compiles the server. CI
 * does not make the disks: each server takes 4 minutes of a CPU to compile, and all the disks together have 60 KB.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrThrow } from '../../render-simulator/run.ts';
import { s3 } from '../clients/s3.ts';
import { cached, recipeOf } from '../images/cache.ts';
import { startNativeServer } from '../native-server.ts';
import { contentsOf, fill } from './contents.ts';
import { archiveOf, contentsFile, type OldDiskName, oldDisks } from './disks.ts';

const [name, given] = process.argv.slice(2) as [OldDiskName, string?];
const { root, module } = oldDisks[name];

async function compile(path: string): Promise<void> {
  if (!module) throw new Error(`The Go module proxy has no ${oldDisks[name].release}: give a program that is it.`);
  mkdirSync(path);
  // Modules of 2022 use names of the runtime that today's linker hides.
  const args = ['install', '-trimpath', '-ldflags=-s -w -checklinkname=0', module];
  await runOrThrow('go', args, { env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOBIN: path } });
}

const program = given ?? join(await cached(`old-server-${name}`, recipeOf(module), compile, console.error), 'minio');
const disk = mkdtempSync(join(tmpdir(), 'minio-stack-disk-'));
const server = await startNativeServer(program, disk, { root });
try {
  // The file-system format has neither versions nor today's users, and nothing reads it any more.
  const onlyObjects = name === 'fs-2022';
  await fill({ server }, root, { onlyObjects });
  const client = await s3({ server }, root);
  if (!onlyObjects) writeFileSync(contentsFile(name), `${JSON.stringify(await contentsOf(client), null, 1)}\n`);
  client.close();
} finally {
  await server.stop();
}
// What a server writes while it runs, and makes anew.
for (const path of ['tmp', 'multipart', 'buckets/.usage.json', 'buckets/.usage-cache.bin'])
  rmSync(join(disk, '.minio.sys', path), { recursive: true, force: true });
const reproducible = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner'];
await runOrThrow('tar', ['--create', '--gzip', ...reproducible, '--file', archiveOf(name), '--directory', disk, '.']);
rmSync(disk, { recursive: true });
