import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Credentials, Signer } from '../../src/verify/signer.ts';
import { cacheFolder } from '../stack/images/cache.ts';
import type { Need } from '../support/needs.ts';

/** The path of a program that `prepare.ts` has built; its folder has the name and a checksum of what it is made from. */
const binary = (name: 'minio' | 'mc'): string | undefined => {
  const folders = existsSync(cacheFolder) ? readdirSync(cacheFolder) : [];
  const folder = folders.find((each) => new RegExp(`^${name}-[0-9a-f]{12}$`).test(each));
  return folder && join(cacheFolder, folder, name);
};

export const minio: Need = {
  what: 'the MinIO server and client (npm run test:verify:prepare)',
  isThere: binary('minio') !== undefined && binary('mc') !== undefined,
};

const init = readFileSync(join(import.meta.dirname, '../../generators/app/templates/minio/minio-init.sh'), 'utf8');

/** A MinIO server on this machine, prepared as minio-init.sh does. */
export interface Server {
  api: string;
  console: string;
  bucket: string;
  application: Credentials;
  root: Credentials;
  /** Runs `mc` as root; `root` is the server's alias. */
  mc(args: string[], input?: string): Promise<string>;
  /** The path of a new file with this text. */
  file(text: string): string;
  /** The keys of all objects, and of all uploads that are not finished, in the bucket. */
  keys(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startServer(environment: Record<string, string> = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'verify-minio-'));
  const root = {
    accessKey: environment.MINIO_ROOT_USER ?? 'minio-admin',
    secretKey: environment.MINIO_ROOT_PASSWORD ?? 'the-root-password-of-it',
  };
  const application = { accessKey: 'minio-app', secretKey: 'app+secret/of=it "and" more' };
  const bucket = 'my-storage';
  const [port, consolePort] = [await freePort(), await freePort()];
  const address = (each: number) => `http://127.0.0.1:${each}`;
  const child = spawn(
    binary('minio') ?? '',
    [
      'server',
      '--quiet',
      '--address',
      `127.0.0.1:${port}`,
      '--console-address',
      `127.0.0.1:${consolePort}`,
      join(folder, 'data'),
    ],
    {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        MINIO_ROOT_USER: root.accessKey,
        MINIO_ROOT_PASSWORD: root.secretKey,
        MINIO_BROWSER_REDIRECT: 'off',
        MINIO_UPDATE: 'off',
        ...environment,
      },
    },
  );
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const server: Server = {
    api: address(port),
    console: address(consolePort),
    bucket,
    application,
    root,
    mc: (args, input) =>
      run(binary('mc') ?? '', args, input, { MC_CONFIG_DIR: join(folder, 'mc'), PATH: process.env.PATH ?? '' }),
    file: (text) => {
      const path = join(folder, `${randomUUID()}.json`);
      writeFileSync(path, text);
      return path;
    },
    keys: async () => [...(await namesOf(server, '?list-type=2')), ...(await namesOf(server, '?uploads'))],
    stop: async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  while (
    !(await fetch(`${server.api}/minio/health/cluster`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await sleep(50);
  await prepare(server);
  return server;
}

/** Without curl's --variable, which minio-init.sh needs and Debian 12 lacks; the policy is the script's own. */
async function prepare({ mc, file, api, bucket, application, root }: Server): Promise<void> {
  await mc(['alias', 'set', '--api', 'S3v4', 'root', api], `${root.accessKey}\n${root.secretKey}\n`);
  await mc(['mb', '--ignore-existing', `root/${bucket}`]);
  await mc(['admin', 'user', 'add', 'root'], `${application.accessKey}\n${application.secretKey}\n`);
  await mc(['admin', 'policy', 'create', 'root', 'minio-stack-app', file(await applicationPolicy(bucket))]);
  await mc(['admin', 'policy', 'attach', 'root', 'minio-stack-app', '--user', application.accessKey]);
}

/** What minio-init.sh gives the application. */
export async function applicationPolicy(bucket: string): Promise<string> {
  const start = init.indexOf('allow() {');
  const end = init.indexOf('policy_is_stored()');
  return run('sh', ['-c', `${init.slice(start, end)}\npolicy`], '', {
    MINIO_BUCKET: bucket,
    PATH: process.env.PATH ?? '',
  });
}

async function run(command: string, args: string[], input = '', env: Record<string, string>): Promise<string> {
  const running = promisify(execFile)(command, args, { env });
  // A command that reads nothing may have ended; its exit code says what became of it.
  running.child.stdin?.on('error', () => {}).end(input);
  return (await running).stdout;
}

async function namesOf({ api, bucket, root }: Server, query: string): Promise<string[]> {
  const url = new URL(`/${bucket}${query}`, api);
  const answer = await fetch(url, { headers: await new Signer(root).headers(url, 'GET', {}, '') });
  return [...(await answer.text()).matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
