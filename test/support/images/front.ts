import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What a front has been asked. */
export interface Asked {
  method: string;
  path: string;
  authorization: string | undefined;
}

/** Answers a request itself, or changes an answer of the registry behind it. */
export interface Rule {
  /** Returns true if it has answered, or will. */
  before?(request: IncomingMessage, response: ServerResponse, url: URL): boolean;
  after?(answer: { status: number; headers: Headers; body: Buffer }, url: URL): void;
}

/** A small server in front of a registry, which does what registries on the internet do, or gets something wrong. */
export class Front {
  readonly asked: Asked[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param upstream the registry's host and port
   * @param tls a key and a certificate for https
   */
  static async start(upstream: string, rule: Rule = {}, tls?: { key: string; cert: string }): Promise<Front> {
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? '', `${tls ? 'https' : 'http'}://${request.headers.host}`);
      const { authorization } = request.headers;
      front.asked.push({ method: request.method ?? '', path: url.pathname, authorization });
      if (!rule.before?.(request, response, url)) pass(upstream, request, response, url, rule);
    };
    const server = tls ? createTlsServer(tls, handle) : createServer(handle);
    const front = new Front(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return front;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often a path was asked for that ends like this. */
  count(ending: string): number {
    return this.asked.filter(({ path }) => path.endsWith(ending)).length;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function pass(upstream: string, request: IncomingMessage, response: ServerResponse, url: URL, rule: Rule) {
  const { method = 'GET', headers } = request;
  const from = await fetch(`http://${upstream}${url.pathname}${url.search}`, {
    method,
    headers: { accept: headers.accept ?? '*/*' },
  });
  const answer = {
    status: from.status,
    headers: new Headers(from.headers),
    body: Buffer.from(await from.arrayBuffer()),
  };
  answer.headers.delete('transfer-encoding');
  rule.after?.(answer, url);
  if (method !== 'HEAD') answer.headers.set('content-length', String(answer.body.length));
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(answer.body);
}

/** Splits the list of tags into pages, as Docker Hub and ghcr.io do (distribution-spec, "Listing Tags"). */
export const paged = (size: number): Rule => ({
  after(answer, url) {
    if (!url.pathname.endsWith('/tags/list')) return;
    const list = JSON.parse(answer.body.toString());
    const all: string[] = list.tags.toSorted();
    const start = all.indexOf(url.searchParams.get('last') ?? '') + 1;
    const tags = all.slice(start, start + size);
    answer.body = Buffer.from(JSON.stringify({ ...list, tags }));
    if (start + size < all.length)
      answer.headers.set('link', `<${url.pathname}?last=${tags.at(-1)}&n=${size}>; rel="next"`);
  },
});

/** Asks for a token, and hands one out to everybody (distribution, "Token Authentication Specification"). */
export const withToken = (token: string): Rule => ({
  before({ headers }, response, url) {
    if (url.pathname === '/token') {
      const isRight = url.searchParams.get('service') === 'front' && url.searchParams.get('scope')?.endsWith(':pull');
      response.writeHead(isRight ? 200 : 400).end(JSON.stringify({ token }));
      return true;
    }
    if (headers.authorization === `Bearer ${token}`) return false;
    const scope = `repository:${url.pathname.split('/').slice(2, 4).join('/')}:pull`;
    const challenge = `Bearer realm="${url.origin}/token",service="front",scope="${scope}"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
    return true;
  },
});
