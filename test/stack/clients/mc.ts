import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, run } from '../../render-simulator/run.ts';
import { goProgram } from '../images/programs.ts';
import type { Stack } from '../stack.ts';
import { type Credentials, type Endpoint, root } from './s3.ts';

/** MinIO's own client on this machine, with one alias, `stack`, through the edge. */
export interface Mc {
  /** Runs it, whatever its status is. */
  try(...args: string[]): Promise<Finished>;
  /** Runs it; it has to succeed. Returns what it printed. */
  do(...args: string[]): Promise<string>;
  /** The path of a new file with this text. */
  file(text: string): string;
  close(): void;
}

/** @param credentials root's, where the server is a stack and nothing else is given */
export async function mc(stack: Stack): Promise<Mc>;
export async function mc(server: Endpoint, credentials: Credentials): Promise<Mc>;
export async function mc(stack: Endpoint, { accessKey, secretKey } = root(stack as Stack)): Promise<Mc> {
  const program = await goProgram('mc');
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-mc-'));
  const authorities = join(folder, 'certs', 'CAs');
  mkdirSync(authorities, { recursive: true });
  if (stack.certificate) copyFileSync(stack.certificate.caFile, join(authorities, 'ca.pem'));
  const attempt = (args: string[], input = '') => run(program, ['--config-dir', folder, ...args], { input });
  const alias = ['alias', 'set', '--api', 'S3v4', 'stack', stack.server.url];
  await attempt(alias, `${accessKey}\n${secretKey}\n`);
  return {
    try: (...args) => attempt(args),
    do: async (...args) => {
      const { status, stdout, stderr } = await attempt(args);
      if (status !== 0) throw new Error(`mc ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`);
      return stdout;
    },
    file: (text) => {
      const path = join(folder, randomUUID());
      writeFileSync(path, text);
      return path;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
