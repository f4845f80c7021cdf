import { StackError } from '../errors.ts';

/** How long a registry may take. */
export interface Limits {
  /** Milliseconds for one answer, its body included. */
  timeout: number;
  /** Milliseconds before each further attempt. */
  pauses: number[];
  /** Seconds that a registry may ask us to wait; it is asked again later by hand if it wants more. */
  patience: number;
}

export const limits: Limits = { timeout: 15_000, pauses: [500, 2000], patience: 30 };

/** An answer with its whole body. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
  /** Who has answered, after redirects. */
  url: URL;
}

/** No tag list or manifest comes near it: Docker Hub's longest lists have 100 kB. */
const longestBody = 16 * 1024 * 1024;

/** What passes by itself: too many requests, and a server or a proxy in front of it that is in trouble. */
const isPassing = (status: number) => status === 429 || status >= 500;

/**
 * Sends a request without a body, and sends it again where the trouble may pass by itself.
 * @returns an answer of any status below 500 but 429
 * @throws {StackError} naming the host, and what is wrong with it
 */
export async function request(url: URL, init: { method: string; headers: Record<string, string> }, limits: Limits) {
  for (let attempt = 0; ; attempt += 1) {
    const pause = limits.pauses[attempt];
    const answer = await send(url, init, limits.timeout).catch((error: unknown) => {
      if (pause === undefined || !mayPass(error)) throw explained(error, url, limits);
      return undefined;
    });
    if (answer && !isPassing(answer.status)) return answer;
    const wait = answer ? waitOf(answer, pause ?? 0) : (pause ?? 0);
    if (answer && (pause === undefined || wait > limits.patience * 1000)) throw inTrouble(answer, wait);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function send(url: URL, init: { method: string; headers: Record<string, string> }, timeout: number) {
  // fetch drops the token when it follows a redirect to another host, so a blob's storage never sees it.
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeout) });
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    body: await bodyOf(response),
    url: new URL(response.url),
  };
  if (url.protocol === 'https:' && answer.url.protocol !== 'https:')
    throw new StackError(`${url.host} sends us to ${answer.url.host} without encryption`);
  return answer;
}

async function bodyOf({ body, url }: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > longestBody) throw new StackError(`${new URL(url).host} answers with more than 16 MB`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A JSON object of which nothing is known. */
export type Found = Record<string, unknown>;

/** The JSON object that an answer holds. */
export function objectIn({ body, url }: Answer): Found {
  const value = parsed(body.toString());
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Found;
  throw new StackError(`${url.host} answers with something else than a JSON object; is it a registry?`);
}

/** Undefined where the text is no JSON: a page for people, for example the login page of a network. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Milliseconds until the next attempt: a registry may say it in seconds or as a date (RFC 9110, section 10.2.3). */
function waitOf({ headers }: Answer, pause: number): number {
  const after = headers.get('retry-after');
  if (after === null) return pause;
  const wait = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return Number.isNaN(wait) ? pause : Math.max(wait, 0);
}

function inTrouble({ status, url }: Answer, wait: number): StackError {
  if (status !== 429) return new StackError(`${url.host} is in trouble (HTTP ${status}); try again later`);
  const when = wait > 0 ? `in ${Math.ceil(wait / 1000)} s` : 'later';
  return new StackError(`${url.host} has had too many requests from this address (HTTP 429); try again ${when}`);
}

/** The code of the error below fetch's own "fetch failed". */
function codeOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return name;
  const below = cause as NodeJS.ErrnoException | undefined;
  return below?.code ?? below?.message ?? message;
}

const isTls = (code: string) => /CERT|SELF_SIGNED|^ERR_(TLS|SSL)|^UNABLE_TO|HOSTNAME_MISMATCH/.test(code);
const mayPass = (error: unknown) => !(error instanceof StackError) && !isTls(codeOf(error));

function explained(error: unknown, { host }: URL, { timeout }: Limits): StackError {
  if (error instanceof StackError) return error;
  const code = codeOf(error);
  if (code === 'TimeoutError')
    return new StackError(`${host} has not answered within ${timeout / 1000} s${proxyHint()}`);
  if (isTls(code))
    return new StackError(
      `the certificate of ${host} is not trusted (${code}); where a proxy has its own, name it in NODE_EXTRA_CA_CERTS`,
    );
  return new StackError(`${host} can't be reached (${code})${proxyHint()}`);
}

interface ProxyFromEnv {
  /** Since Node 24.14 and 25.4. */
  setGlobalProxyFromEnv?: () => () => void;
}

const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];
const proxyVariable = () => proxies.find((name) => process.env[name]);
const proxyFromEnv = () => (process.getBuiltinModule('node:http') as ProxyFromEnv).setGlobalProxyFromEnv;

/**
 * Makes `fetch` use the proxy that the environment names, where this Node can do that while it runs.
 * @returns what undoes it
 */
export function useProxy(): () => void {
  return (proxyVariable() && proxyFromEnv()?.()) || (() => {});
}

/** Older Nodes read the variables only when they start, and only if they are told to (nodejs.org, "Enterprise network"). */
function proxyHint(): string {
  const variable = proxyVariable();
  if (!variable || process.env.NODE_USE_ENV_PROXY || proxyFromEnv()) return '';
  return `; ${variable} is set, which this Node uses only with NODE_USE_ENV_PROXY=1, and from Node 22.21 on`;
}
