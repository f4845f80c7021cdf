import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '../../render-simulator/run.ts';
import { cached, recipeOf } from '../images/cache.ts';

type Log = (text: string) => void;

const goEnvironment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };

/** Programs that people use with a bucket, from the Go module proxy: rclone takes ten minutes to build. */
const goModules = {
  rclone: 'github.com/rclone/rclone@v1.76.0',
  restic: 'github.com/restic/restic/cmd/restic@v0.18.1',
};

/** The path of a program that is written in Go. */
export async function goClient(name: keyof typeof goModules, log?: Log): Promise<string> {
  const install = async (path: string) => {
    mkdirSync(path);
    const args = ['install', '-trimpath', '-ldflags=-s -w', goModules[name]];
    await runOrThrow('go', args, { env: { ...goEnvironment, GOBIN: path } });
  };
  return join(await cached(name, recipeOf(goModules[name]), install, log), name);
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

const minioGo = { module: 'github.com/minio/minio-go/v7', version: 'v7.4.1' };

/** The path of everyday.go as a program. */
export async function minioGoProgram(log?: Log): Promise<string> {
  const source = readFileSync(new URL('everyday.go', import.meta.url), 'utf8');
  const build = async (path: string) => {
    mkdirSync(path);
    writeFileSync(join(path, 'main.go'), source);
    writeFileSync(join(path, 'go.mod'), `module everyday\n\ngo 1.24\n\nrequire ${minioGo.module} ${minioGo.version}\n`);
    const options = { cwd: path, env: goEnvironment };
    await runOrThrow('go', ['mod', 'tidy'], options);
    await runOrThrow('go', ['build', '-o', 'everyday', '.'], options);
  };
  return join(await cached('minio-go-everyday', recipeOf(minioGo, source), build, log), 'everyday');
}
