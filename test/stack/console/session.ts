import { type Answer, http, type Request } from '../clients/http.ts';
import { type Credentials, root } from '../clients/s3.ts';
import type { Stack } from '../stack.ts';

/** Somebody who has signed in to the console, through the edge. */
export interface Session {
  /** The whole Set-Cookie header. */
  setCookie: string;
  /** What the browser sends back. */
  cookie: string;
  /** A request of the signed-in user; the path begins with a slash. */
  request(path: string, request?: Request): Promise<Answer>;
}

/** One attempt to sign in. */
export function attempt(
  stack: Stack,
  { accessKey, secretKey }: Credentials,
  request: Request & { path?: string } = {},
) {
  const { path = '/api/v1/login', headers = {} } = request;
  return http(stack, stack.console.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ accessKey, secretKey }),
  });
}

/** Signs in as root, unless somebody else is given. */
export async function signIn(stack: Stack, credentials = root(stack), headers: Record<string, string> = {}) {
  const { status, headers: answered, body } = await attempt(stack, credentials, { headers });
  const [setCookie = ''] = answered['set-cookie'] ?? [];
  if (status !== 204) throw new Error(`the console answered ${status}: ${body}`);
  const cookie = setCookie.split(';', 1)[0] ?? '';
  const session: Session = {
    setCookie,
    cookie,
    request: (path, request = {}) =>
      http(stack, stack.console.url + path, { ...request, headers: { cookie, ...request.headers } }),
  };
  return session;
}

/** The body and the headers of an upload as the console's own page makes it. */
export async function uploadForm(content: string | Uint8Array<ArrayBuffer>): Promise<Request> {
  const form = new FormData();
  const blob = new Blob([content], { type: 'text/plain' });
  form.append(String(blob.size), blob, 'file');
  const encoded = new Response(form);
  return {
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    body: Buffer.from(await encoded.arrayBuffer()),
  };
}
