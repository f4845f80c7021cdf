import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { python } from '../images/python.ts';
import type { Stack } from '../stack.ts';

export interface Credentials {
  accessKey: string;
  secretKey: string;
  /** Of temporary credentials. */
  sessionToken?: string;
}

/** What S3 answered instead of a result. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number | undefined;

  constructor({ code, status, message }: { code: string; status?: number; message: string }) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: boto3's answers, as they come
type Answer = any;

/** boto3's S3 client in a Python process of its own. */
export interface S3 {
  /**
   * Calls a method of the client, or one of the functions of s3.py, by its Python name. Bytes are Buffers on this side.
   * @throws S3Error
   */
  call(method: string, parameters?: Record<string, unknown>): Promise<Answer>;
  /** A presigned URL for a method such as `get_object`. */
  presign(method: string, parameters: Record<string, unknown>, seconds?: number): Promise<string>;
  close(): void;
}

/** The credentials that the application has, from the service's environment. */
export function application(stack: Stack): Credentials {
  const { MINIO_APP_ACCESS_KEY: accessKey = '', MINIO_APP_SECRET_KEY: secretKey = '' } = stack.server.environment;
  return { accessKey, secretKey };
}

/** Nobody's: requests go out unsigned. */
export const anonymous: Credentials = { accessKey: '', secretKey: '' };

/** The administrator's credentials. */
export function root(stack: Stack): Credentials {
  const { MINIO_ROOT_USER: accessKey = '', MINIO_ROOT_PASSWORD: secretKey = '' } = stack.server.environment;
  return { accessKey, secretKey };
}

/** Where a server answers, and the file with the authority that signed its certificate. A stack is one. */
export interface Endpoint {
  server: Pick<Stack['server'], 'url'>;
  certificate?: Pick<Stack['certificate'], 'caFile'>;
}

/** Starts a client of the stack's API behind its edge. */
export async function s3(stack: Stack): Promise<S3>;
/** Starts a client of any server. */
export async function s3(server: Endpoint, credentials: Credentials): Promise<S3>;
export async function s3(stack: Endpoint, credentials = application(stack as Stack)): Promise<S3> {
  const script = fileURLToPath(new URL('s3.py', import.meta.url));
  const child = spawn(await python('boto3'), [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const setup = { endpoint: stack.server.url, ca: stack.certificate?.caFile, ...credentials };
  child.stdin.write(`${JSON.stringify(setup)}\n`);
  let last: Promise<unknown> = Promise.resolve();
  const call: S3['call'] = (method, parameters = {}) => {
    const answered = last.then(async () => {
      child.stdin.write(`${JSON.stringify([method, writeBytes(parameters)])}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the Python client ended');
      const { result, error } = JSON.parse(value, readBytes);
      if (error) throw new S3Error(error);
      return result;
    });
    last = answered.catch(() => {});
    return answered;
  };
  return {
    call,
    presign: (ClientMethod, Params, ExpiresIn = 60) =>
      call('generate_presigned_url', { ClientMethod, Params, ExpiresIn }),
    close: () => child.stdin.end(),
  };
}

/** The code of what S3 refuses a call with, in whole or for the first of several objects, or `allowed`. */
export function outcome(client: S3, method: string, parameters: Record<string, unknown> = {}): Promise<string> {
  return client.call(method, parameters).then(
    (answer) => answer?.Errors?.[0]?.Code ?? 'allowed',
    (error) => (error instanceof S3Error ? error.code : Promise.reject(error)),
  );
}

function writeBytes(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return { $bytes: value.toString('base64') };
  if (Array.isArray(value)) return value.map(writeBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, writeBytes(inner)]));
}

function readBytes(_name: string, value: unknown): unknown {
  const { $bytes } = (value ?? {}) as { $bytes?: string };
  return $bytes === undefined ? value : Buffer.from($bytes, 'base64');
}
