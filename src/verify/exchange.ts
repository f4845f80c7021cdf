import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Agent as PlainAgent,
  request as plainRequest,
} from 'node:http';
import { type Agent as EncryptedAgent, request as encryptedRequest } from 'node:https';
import { NoAnswer, reasonOf } from './no-answer.ts';

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

/** With what a request is sent, and when it is given up. */
interface Means {
  agent: PlainAgent | EncryptedAgent;
  /** Ends the exchange. */
  ended: AbortSignal;
  /** Milliseconds for the answer. */
  patience: number;
}

/** Nothing that a check reads is longer; a server may send without end. */
const longestBody = 1 << 20;
/** Milliseconds after which clients send a body for which they have asked with "Expect", and got no answer. */
const impatience = 2000;

/**
 * One request and its answer, of which at most 1 MB is read.
 * @throws {NoAnswer} when there is none
 * @throws {Stale} when a kept connection was closed, and the request may be sent again
 */
export function exchange(url: URL, sent: Sent, { agent, ended, patience }: Means): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = opened(url, sent, agent);
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
    ended.addEventListener('abort', end, { once: true });
    const finish = (act: () => void) => {
      clearTimeout(timer);
      ended.removeEventListener('abort', end);
      act();
    };
    const answered = (part: Part) =>
      finish(() => resolve({ ...part, continued, milliseconds: performance.now() - started }));
    request.on('finish', () => {
      written = true;
    });
    request.on('continue', () => {
      continued = true;
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && error.code === 'ECONNRESET' && !sent.writes && !ending;
      finish(() => reject(stale ? new Stale() : (ending ?? new NoAnswer(reasonOf(error)))));
    });
    receive(request, answered, (error) => finish(() => reject(ending ?? new NoAnswer(reasonOf(error)))));
    write(request, sent);
  });
}

function opened(url: URL, { method = 'GET', headers, body = '' }: Sent, agent: Means['agent']): ClientRequest {
  const isEncrypted = url.protocol === 'https:';
  const bytes = Buffer.byteLength(body);
  const length = bytes > 0 || method === 'PUT' || method === 'POST' ? { 'content-length': bytes } : {};
  return (isEncrypted ? encryptedRequest : plainRequest)({
    host: hostOf(url),
    port: url.port || (isEncrypted ? 443 : 80),
    path: url.pathname + url.search,
    method,
    headers: { host: url.host, ...length, ...headers },
    agent,
  });
}

/** What comes over the wire of an answer. */
type Part = Pick<Answer, 'status' | 'headers' | 'body' | 'cut'>;

function receive(request: ClientRequest, answered: (part: Part) => void, fail: (error: Error) => void): void {
  const answer = ({ statusCode: status = 0, headers }: IncomingMessage, parts: Buffer[], cut: boolean) =>
    answered({ status, headers, body: Buffer.concat(parts), cut });
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    answer(response, [], false);
  });
  request.on('response', (response) => {
    const parts: Buffer[] = [];
    let read = 0;
    response.on('data', (part: Buffer) => {
      read += part.length;
      if (read <= longestBody) parts.push(part);
      else {
        answer(response, parts, true);
        request.destroy();
      }
    });
    response.on('end', () => answer(response, parts, false));
    response.on('error', fail);
  });
}

/** Sends the body: at once, or once the server has said "100 Continue" where the request asks for that. */
function write(request: ClientRequest, { headers, body = '' }: Sent): void {
  if (headers?.expect === undefined) {
    request.end(body);
    return;
  }
  const send = () => request.end(body);
  const timer = setTimeout(send, impatience);
  request.on('continue', () => {
    clearTimeout(timer);
    send();
  });
  request.on('close', () => clearTimeout(timer));
  request.flushHeaders();
}

/** A kept connection was closed before the request was read. */
export class Stale extends Error {}

/** The host to connect to: of an IPv6 address, without brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
