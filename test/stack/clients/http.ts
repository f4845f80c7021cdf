import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import type { Stack } from '../render/stack.ts';

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
export function http(
  stack: Pick<Stack, 'certificate'>,
  url: string,
  { method = 'GET', headers = {}, body }: Request = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    // The certificate is checked for localhost, whatever the Host header says.
    const tls = { ca: stack.certificate.ca, servername: 'localhost', checkServerIdentity: () => undefined };
    const options = { ...tls, method, headers: { ...length, ...headers }, agent: false };
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
