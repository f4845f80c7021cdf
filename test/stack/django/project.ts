import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { codeBlock } from '../../support/documents.ts';
import { application } from '../clients/s3.ts';
import type { Stack } from '../stack.ts';
import { type Django, djangoPython } from './environments.ts';

/** A Django project whose default storage is the stack's bucket. */
export interface Project {
  /** The value of a Python expression about `default_storage`, `Document` (a model with a `file`) and `ContentFile`. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the expression is
  eval(expression: string): Promise<any>;
  close(): void;
}

/** The environment that the README wants for the Django service, and the authority of the stack's edge. */
export function djangoEnvironment(stack: Stack): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    MINIO_ENDPOINT_URL: stack.server.url,
    MINIO_APP_SECRET_KEY: application(stack).secretKey,
    AWS_CA_BUNDLE: stack.certificate.caFile,
  };
}

/** A fresh project with the settings block of the stack's README, pasted as it is. */
export async function djangoProject(stack: Stack, version: Django): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-django-'));
  const script = fileURLToPath(new URL('evaluate.py', import.meta.url));
  const python = await djangoPython(version);
  const child = spawn(python, [script, folder], {
    env: djangoEnvironment(stack),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // A project that has ended says so when it is asked.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (text: string) => child.stdin.write(`${JSON.stringify(text)}\n`);
  send(codeBlock(stack.folder, 'python', 'STORAGES'));
  return {
    eval: async (expression) => {
      send(expression);
      const { value, done } = await lines.next();
      if (done) throw new Error('the project has ended');
      const { result, error } = JSON.parse(value);
      if (error) throw new Error(error);
      return result;
    },
    close: () => {
      child.stdin.end();
      child.on('close', () => rmSync(folder, { recursive: true, force: true }));
    },
  };
}
