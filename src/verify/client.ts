import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  Agent as PlainAgent,
  request as plainRequest,
} from 'node:http';
import { Agent as EncryptedAgent, request as encryptedRequest, type RequestOptions } from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { NoAnswer, reasonOf } from './no-answer.ts';

/** How much a run may ask of a deployment. */
export interface Limits {
  /** Requests in all. */
  requests: number;
  /** Of these, requests that only the cleanup may use. */
  reserved: number;
  /** Milliseconds for one answer. */
  answer: number;
  /** Milliseconds for the whole run, without the cleanup. */
  run: number;
  /** Milliseconds for the cleanup. */
  cleanup: number;
}

export const limits: Limits = { requests: 150, reserved: 10, answer: 15_000, run: 120_000, cleanup: 20_000 };

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** The request can leave something behind: an interruption waits for its answer. */
  writes?: boolean;
  /** Milliseconds for the answer, where it may take longer than others. */
  patience?: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The body was longer than what is read of it. */
  cut: boolean;
  /** The server has said "100 Continue". */
  continued: boolean;
  milliseconds: number;
}

/** What surrounds a run. */
interface Surroundings {
  /** Certificates to trust beside the public ones, as PEM. */
  ca?: string | undefined;
  /** Ends the run. */
  signal?: AbortSignal | undefined;
  /** Variables of which HTTPS_PROXY, HTTP_PROXY and NO_PROXY count, since Node 22.21. */
  proxy?: NodeJS.ProcessEnv | undefined;
}

/** No proxy leads to this machine. */
function withoutLocal({ no_proxy, ...proxy }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = no_proxy ?? proxy.NO_PROXY;
  return { ...proxy, NO_PROXY: [...(others ? [others] : []), 'localhost', '127.0.0.1', '::1'].join(',') };
}

/** Nothing that a check reads is longer; a server may send without end. */
const longestBody = 1 << 20;

/**
 * Sends requests to a few addresses and nowhere else. It follows no redirect, uses no cookie, unzips nothing, reads at
 * most 1 MB of an answer, and stops at a number of requests and at a time.
 */
export class Client {
  requests = 0;
  readonly #origins: Set<string>;
  readonly #limits: Limits;
  readonly #options: object;
  readonly #agents: { 'http:': PlainAgent; 'https:': EncryptedAgent };
  #ended: AbortSignal;
  #allowed: number;
  readonly #writing = new Set<Promise<unknown>>();

  constructor(addresses: URL[], limits: Limits, { ca, signal, proxy }: Surroundings) {
    this.#origins = new Set(addresses.map(({ origin }) => origin));
    this.#limits = limits;
    this.#options = { ca, ...(proxy && { proxyEnv: withoutLocal(proxy) }) };
    const kept = { ...this.#options, keepAlive: true, maxSockets: 6 };
    this.#agents = { 'http:': new PlainAgent(kept), 'https:': new EncryptedAgent(kept) };
    this.#ended = AbortSignal.any([AbortSignal.timeout(limits.run), ...(signal ? [signal] : [])]);
    this.#allowed = limits.requests - limits.reserved;
  }

  /** Gives the cleanup what was reserved for it, and a time of its own, once no other request can write. */
  async startCleanup(): Promise<void> {
    await Promise.allSettled(this.#writing);
    this.#ended = AbortSignal.timeout(this.#limits.cleanup);
    this.#allowed = this.#limits.requests;
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** @throws {NoAnswer} when there is none */
  async send(url: URL, sent: Sent = {}): Promise<Answer> {
    const answer = this.#send(url, sent);
    if (!sent.writes) return answer;
    this.#writing.add(answer);
    return answer.finally(() => this.#writing.delete(answer));
  }

  async #send(url: URL, sent: Sent): Promise<Answer> {
    this.#count(url);
    const send = () => this.#exchange(url, sent);
    return send().catch((error: unknown) => {
      // The server may close a kept connection at the moment in which it is used again.
      if (!(error instanceof Stale)) throw error;
      this.#count(url);
      return send();
    });
  }

  /** Shakes hands without a request. @throws {NoAnswer} when that fails for another reason than trust */
  handshake(url: URL): Promise<{ problem: string | undefined; certificate: PeerCertificate; protocol: string }> {
    this.#count(url);
    return new Promise((resolve, reject) => {
      const request = encryptedRequest({
        host: hostOf(url),
        port: url.port || 443,
        method: 'HEAD',
        rejectUnauthorized: false,
        ALPNProtocols: ['h2', 'http/1.1'],
        agent: new EncryptedAgent(this.#options),
        timeout: this.#limits.answer,
      } as RequestOptions);
      const stop = (error: NoAnswer) => {
        request.destroy();
        reject(error);
      };
      const end = () => stop(new NoAnswer('not asked any more', true));
      this.#ended.addEventListener('abort', end, { once: true });
      request.on('close', () => this.#ended.removeEventListener('abort', end));
      request.on('timeout', () => stop(new NoAnswer(`no TLS within ${this.#limits.answer / 1000} s`)));
      request.on('error', (error) => stop(new NoAnswer(reasonOf(error))));
      request.on('socket', (given) => {
        const socket = given as TLSSocket;
        const shaken = () => {
          const problem = socket.authorizationError as unknown as Error | string | undefined;
          resolve({
            problem: problem ? String((problem as NodeJS.ErrnoException).code ?? problem) : undefined,
            certificate: socket.getPeerCertificate(),
            protocol: socket.alpnProtocol || 'http/1.1',
          });
          request.destroy();
        };
        // Behind a proxy, hands were shaken before the request gets its socket.
        if (socket.authorized || socket.authorizationError) shaken();
        else socket.once('secureConnect', shaken);
      });
    });
  }

  #count({ origin }: URL): void {
    if (!this.#origins.has(origin)) throw new Error(`${origin} is none of the addresses that were given`);
    if (this.#ended.aborted) throw new NoAnswer('not asked any more', true);
    if (this.requests >= this.#allowed) throw new NoAnswer(`not asked: ${this.#allowed} requests were sent`, true);
    this.requests += 1;
  }

  #exchange(url: URL, sent: Sent): Promise<Answer> {
    const started = performance.now();
    const isEncrypted = url.protocol === 'https:';
    const body = Buffer.from(sent.body ?? '');
    const method = sent.method ?? 'GET';
    const length = body.length > 0 || method === 'PUT' || method === 'POST' ? { 'content-length': body.length } : {};
    const patience = sent.patience ?? this.#limits.answer;
    return new Promise((resolve, reject) => {
      const request = (isEncrypted ? encryptedRequest : plainRequest)({
        host: hostOf(url),
        port: url.port || (isEncrypted ? 443 : 80),
        path: url.pathname + url.search,
        method,
        headers: { host: url.host, ...length, ...sent.headers },
        agent: this.#agents[isEncrypted ? 'https:' : 'http:'],
      });
      let continued = false;
      let written = false;
      let ending: NoAnswer | undefined;
      const stop = (error: NoAnswer) => {
        ending ??= error;
        request.destroy();
      };
      // What was written in full may be stored: only the answer tells.
      const end = () => (sent.writes && written ? undefined : stop(new NoAnswer('not asked any more', true)));
      const timer = setTimeout(() => stop(new NoAnswer(`no answer within ${patience / 1000} s`)), patience);
      this.#ended.addEventListener('abort', end, { once: true });
      const finish = (act: () => void) => {
        clearTimeout(timer);
        this.#ended.removeEventListener('abort', end);
        act();
      };
      const answerWith = (response: IncomingMessage, bytes: Buffer, cut: boolean) =>
        finish(() =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: bytes,
            cut,
            continued,
            milliseconds: performance.now() - started,
          }),
        );
      request.on('finish', () => {
        written = true;
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && error.code === 'ECONNRESET' && !sent.writes && !ending;
        finish(() => reject(stale ? new Stale() : (ending ?? new NoAnswer(reasonOf(error)))));
      });
      request.on('upgrade', (response, socket) => {
        socket.destroy();
        answerWith(response, Buffer.alloc(0), false);
      });
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        let read = 0;
        response.on('data', (part: Buffer) => {
          read += part.length;
          if (read <= longestBody) parts.push(part);
          else {
            answerWith(response, Buffer.concat(parts), true);
            request.destroy();
          }
        });
        response.on('end', () => answerWith(response, Buffer.concat(parts), false));
        response.on('error', (error) => finish(() => reject(ending ?? new NoAnswer(reasonOf(error)))));
      });
      if (sent.headers?.expect === undefined) request.end(body);
      else {
        const write = () => request.end(body);
        // As clients do: after a while they send without it.
        const impatience = setTimeout(write, 2000);
        request.on('continue', () => {
          continued = true;
          clearTimeout(impatience);
          write();
        });
        request.on('close', () => clearTimeout(impatience));
        request.flushHeaders();
      }
    });
  }
}

/** A kept connection was closed before the request was read. */
class Stale extends Error {}

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '');
