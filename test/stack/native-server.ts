import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from './clients/s3.ts';

/** A MinIO server that runs on this machine, in no container and behind no edge. */
export interface NativeServer {
  url: string;
  root: Credentials;
  stop(): Promise<void>;
}

export interface NativeOptions {
  root: Credentials;
  /** The certificate of an authority (PEM, a file's path) that it trusts, as root of a folder `CAs`. */
  certificates?: string;
}

/** Starts a server on a folder, on 127.0.0.1, and waits until its buckets are loaded. */
export async function startNativeServer(program: string, data: string, options: NativeOptions): Promise<NativeServer> {
  const { accessKey, secretKey } = options.root;
  const home = mkdtempSync(join(tmpdir(), 'minio-stack-native-'));
  const port = await freePort();
  const certificates = options.certificates ? ['--certs-dir', options.certificates] : [];
  const child = spawn(program, ['server', '--address', `127.0.0.1:${port}`, ...certificates, data], {
    env: {
      ...{ PATH: process.env.PATH, HOME: home, MINIO_BROWSER: 'off', MINIO_UPDATE: 'off' },
      ...{ MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  const ended = new Promise<void>((done) => {
    child.on('close', () => done());
  });
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 30_000; (await statusOf(`${url}/minio/health/cluster`)) !== 200; await sleep(50)) {
    if (child.exitCode === null && Date.now() < end) continue;
    await stop();
    throw new Error(`${program} did not start:\n${log}`);
  }
  return { url, root: options.root, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => resolve(response.resume().statusCode)).on('error', () =>
      resolve(undefined),
    );
  });
}
