import { Agent as PlainAgent } from 'node:http';
import { Agent as EncryptedAgent, request as encryptedRequest, type RequestOptions } from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { type Answer, exchange, hostOf, type Sent, Stale } from './exchange.ts';
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
    const send = () =>
      exchange(url, sent, {
        agent: this.#agents[url.protocol === 'https:' ? 'https:' : 'http:'],
        ended: this.#ended,
        patience: sent.patience ?? this.#limits.answer,
      });
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
}
