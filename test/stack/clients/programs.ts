import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '../../render-simulator/run.ts';
import { codeBlock, defaultRepository } from '../../support/documents.ts';
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
  goProgram('rclone', { 'github.com/rclone/rclone': 'v1.76.0' }, sourceOf('rclone'), log);

/** The path of everyday.go as a program. */
export const minioGoProgram = (log?: Log): Promise<string> =>
  goProgram('everyday', { 'github.com/minio/minio-go/v7': 'v7.4.1' }, sourceOf('everyday'), log);

const awsSdkForGo = {
  'github.com/aws/aws-sdk-go-v2': 'v1.48.0',
  'github.com/aws/aws-sdk-go-v2/config': 'v1.33.18',
  'github.com/aws/aws-sdk-go-v2/service/s3': 'v1.114.10',
  'github.com/aws/smithy-go': 'v1.28.9',
};

/** The path of aws-sdk.go as a program, with the client that the generated documents show. */
export function awsSdkForGoProgram(log?: Log): Promise<string> {
  const snippet = codeBlock(defaultRepository, 'go', 's3.NewFromConfig');
  const client = snippet.replace('"https://<minio-api-domain>"', 'os.Getenv("ENDPOINT")');
  if (client === snippet) throw new Error('the snippet does not name the API');
  const source = sourceOf('aws-sdk').replace(/^\t\/\/ The snippet of .*\n/m, () => client);
  return goProgram('aws-sdk', awsSdkForGo, source, log);
}

const sourceOf = (name: string) => readFileSync(new URL(`${name}.go`, import.meta.url), 'utf8');

/** The path of a program that is one file, and the modules that it needs with their versions. */
async function goProgram(name: string, modules: Record<string, string>, source: string, log?: Log): Promise<string> {
  const build = async (path: string) => {
    mkdirSync(path);
    writeFileSync(join(path, 'main.go'), source);
    const required = Object.entries(modules).map(([module, version]) => `require ${module} ${version}\n`);
    writeFileSync(join(path, 'go.mod'), `module ${name}\n\ngo 1.24\n\n${required.join('')}`);
    // The compiler adds what is missing to go.mod: `go mod tidy` would also fetch what only tests need.
    const env = { ...goEnvironment, GOFLAGS: `${goEnvironment.GOFLAGS} -mod=mod` };
    await runOrThrow('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', name, '.'], { cwd: path, env });
  };
  return join(await cached(`go-${name}`, recipeOf(modules, source), build, log), name);
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
