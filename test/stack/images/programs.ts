import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '../../render-simulator/run.ts';
import { cached, recipeOf } from './cache.ts';

/** Upstream's last server and client: archived, with holes that are not fixed, and so only good for tests. */
const modules = {
  minio: 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c',
  mc: 'github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9',
};

/** minio-go, whose functional suite is the third-party test of the S3 API. */
const minioGo = { module: 'github.com/minio/minio-go/v7', version: 'v7.4.1', patch: 1 };

const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };

/** The path of a statically linked program, built from the Go module proxy: the server 2 to 3 minutes, the client 30 s. */
export async function goProgram(name: keyof typeof modules, log?: (text: string) => void): Promise<string> {
  const folder = await cached(
    name,
    recipeOf(modules[name]),
    async (path) => {
      mkdirSync(path);
      await runOrThrow('go', ['install', '-trimpath', '-ldflags=-s -w', modules[name]], {
        env: { ...environment, GOBIN: path },
      });
    },
    log,
  );
  return join(folder, name);
}

/**
 * The path of minio-go's own functional suite as a program. Its source is read from the module cache in a folder of its
 * own: nothing of it comes into this repository.
 */
export async function functionalSuite(log?: (text: string) => void): Promise<string> {
  const folder = await cached('minio-go-functional', recipeOf(minioGo), buildFunctionalSuite, log);
  return join(folder, 'functional');
}

async function buildFunctionalSuite(path: string): Promise<void> {
  const source = join(path, 'source');
  mkdirSync(source, { recursive: true });
  const options = { cwd: source, env: environment };
  const downloaded = await runOrThrow(
    'go',
    ['mod', 'download', '-json', `${minioGo.module}@${minioGo.version}`],
    options,
  );
  const { Dir } = JSON.parse(downloaded) as { Dir: string };
  // The suite can leave out five checksum types of 2026, which upstream's server doesn't know; on Linux it doesn't.
  const text = readFileSync(join(Dir, 'functional_tests.go'), 'utf8');
  const patched = text.replace('runtime.GOOS != "linux"', 'runtime.GOOS != ""');
  if (patched === text) throw new Error('functional_tests.go of minio-go is not the one that was expected');
  writeFileSync(join(source, 'main.go'), patched);
  writeFileSync(
    join(source, 'go.mod'),
    `module functional\n\ngo 1.24\n\nrequire ${minioGo.module} ${minioGo.version}\n`,
  );
  await runOrThrow('go', ['mod', 'tidy'], options);
  // Named as a file it is built whatever its build tag says; the tag itself would break the package that it tests.
  await runOrThrow('go', ['build', '-o', join(path, 'functional'), 'main.go'], options);
  rmSync(source, { recursive: true });
}
