import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { Stack } from '../stack.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Request {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** One request through the edge, without credentials of its own; redirects are not followed. */
export async function http(stack: Pick<Stack, 'certificate'>, url: string, asked: Request = {}): Promise<Answer> {
  const response = await open(stack, url, asked);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

/** The same request, answered with a body that is not read yet. */
export function open(
  stack: Pick<Stack, 'certificate'>,
  url: string,
  { method = 'GET', headers = {}, body }: Request = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    // The certificate is checked for localhost, whatever the Host header says.
    const tls = { ca: stack.certificate.ca, servername: 'localhost', checkServerIdentity: () => undefined };
    const options = { ...tls, method, headers: { ...length, ...headers }, agent: false };
    const sent = request(url, options, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}
