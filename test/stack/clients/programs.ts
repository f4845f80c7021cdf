import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '../../render-simulator/run.ts';
import { cached, recipeOf } from '../images/cache.ts';

type Log = (text: string) => void;

const goEnvironment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };

const restic = 'github.com/restic/restic/cmd/restic@v0.18.1';

/** The path of restic, from the Go module proxy. */
export async function resticProgram(log?: Log): Promise<string> {
  const install = async (path: string) => {
    mkdirSync(path);
    const args = ['install', '-trimpath', '-ldflags=-s -w', restic];
    await runOrThrow('go', args, { env: { ...goEnvironment, GOBIN: path } });
  };
  return join(await cached('restic', recipeOf(restic), install, log), 'restic');
}

/** The path of rclone.go as a program. */
export const rcloneProgram = (log?: Log): Promise<string> =>
  goProgram('rclone', { module: 'github.com/rclone/rclone', version: 'v1.76.0' }, log);

/** The path of everyday.go as a program. */
export const minioGoProgram = (log?: Log): Promise<string> =>
  goProgram('everyday', { module: 'github.com/minio/minio-go/v7', version: 'v7.4.1' }, log);

/** The path of a program whose source is here, `name.go`, and which needs one module. */
async function goProgram(name: string, needed: { module: string; version: string }, log?: Log): Promise<string> {
  const source = readFileSync(new URL(`${name}.go`, import.meta.url), 'utf8');
  const build = async (path: string) => {
    mkdirSync(path);
    writeFileSync(join(path, 'main.go'), source);
    writeFileSync(join(path, 'go.mod'), `module ${name}\n\ngo 1.24\n\nrequire ${needed.module} ${needed.version}\n`);
    // The compiler adds what is missing to go.mod: `go mod tidy` would also fetch what only tests need.
    const env = { ...goEnvironment, GOFLAGS: `${goEnvironment.GOFLAGS} -mod=mod` };
    await runOrThrow('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', name, '.'], { cwd: path, env });
  };
  return join(await cached(`go-${name}`, recipeOf(needed, source), build, log), name);
}

const s3cmdVersion = 's3cmd==2.4.0';

/** The command line of s3cmd, from PyPI: its Python and its script. */
export async function s3cmd(log?: Log): Promise<[string, string]> {
  const install = async (path: string) => {
    await runOrThrow('python3', ['-m', 'venv', path]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', s3cmdVersion];
    await runOrThrow(join(path, 'bin/python'), pip);
  };
  const bin = join(await cached('python-s3cmd', recipeOf(s3cmdVersion), install, log), 'bin');
  return [join(bin, 'python'), join(bin, 's3cmd')];
}

const awsSdk = {
  '@aws-sdk/client-s3': '3.1175.0',
  '@aws-sdk/lib-storage': '3.1175.0',
  '@aws-sdk/s3-presigned-post': '3.1164.0',
  '@aws-sdk/s3-request-presigner': '3.1169.0',
};

/** A folder whose node_modules has the AWS SDK for JavaScript. */
export function awsSdkFolder(log?: Log): Promise<string> {
  const install = async (path: string) => {
    mkdirSync(path);
    writeFileSync(join(path, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: awsSdk }));
    await runOrThrow('npm', ['install', '--silent', '--no-audit', '--no-fund'], { cwd: path });
  };
  return cached('aws-sdk', recipeOf(awsSdk), install, log);
}
