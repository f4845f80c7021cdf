import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run } from '../render-simulator/run.ts';
import { codeBlock } from '../support/documents.ts';
import { resticProgram } from './clients/programs.ts';
import { application, type Credentials } from './clients/s3.ts';
import { goProgram } from './images/programs.ts';
import type { Stack } from './stack.ts';

/** Where a person is who copies code from the generated documents: a folder with the programs' settings, and what they write. */
export interface Terminal {
  folder: string;
  /** The code block in this language with this text, with the stack's domains put in. */
  block(language: string, text: string): string;
  /**
   * Runs shell code, each line of which has to succeed, and returns what it printed.
   * @param typed what is typed where `mcli alias set` asks, each time in turn
   */
  shell(code: string, ...typed: Credentials[]): Promise<string>;
  close(): void;
}

/** Opens a terminal with mcli and restic, which trust the stack's edge. */
export async function openTerminal(stack: Stack): Promise<Terminal> {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-terminal-'));
  const { caFile } = stack.certificate;
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'mc/certs/CAs'), { recursive: true });
  copyFileSync(caFile, join(folder, 'mc/certs/CAs/ca.pem'));
  symlinkSync(await goProgram('mc'), join(folder, 'bin/mcli'));
  symlinkSync(await resticProgram(), join(folder, 'bin/restic'));
  const env = {
    ...{ HOME: folder, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, MC_CONFIG_DIR: join(folder, 'mc') },
    ...{ CURL_CA_BUNDLE: caFile, SSL_CERT_FILE: caFile, RESTIC_PASSWORD: 'x' },
    ...{ MINIO_APP_SECRET_KEY: application(stack).secretKey },
  };
  return {
    folder,
    block: (language, text) =>
      codeBlock(stack.folder, language, text)
        .replaceAll('https://<minio-api-domain>', stack.server.url)
        .replaceAll('https://<minio-console-domain>', stack.console.url),
    shell: async (code, ...typed) => {
      const keys = [...typed];
      // Each has its own standard input: mcli reads on after what it needs.
      const typing = code.replace(/^mcli alias set/gm, (command) => {
        const next = keys.shift();
        if (!next) throw new Error(`who signs in here? ${code}`);
        const path = join(folder, `keys-${keys.length}`);
        writeFileSync(path, `${next.accessKey}\n${next.secretKey}\n`);
        return `< ${path} ${command}`;
      });
      const { status, stdout, stderr } = await run('bash', ['-eu', '-c', typing], { cwd: folder, env });
      expect([status, stderr + stdout]).toEqual([0, expect.anything()]);
      return stdout;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
