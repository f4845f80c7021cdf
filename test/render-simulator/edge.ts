import { randomBytes, randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import type { Certificate } from './certificate.ts';

/** Where the edge sends requests. */
export interface Target {
  address: string;
  port: number;
}

/** The public side of one service. */
export interface Edge {
  port: number;
  /** Sends everything that comes from now on elsewhere; undefined takes the service out of routing. */
  route(target: Target | undefined): void;
  close(): Promise<void>;
}

/**
 * Render's edge in front of one service, on a port of its own on localhost. It ends TLS, keeps Host, path and headers as
 * they came, adds Cloudflare's headers and X-Forwarded-*, limits and buffers nothing, and lets WebSockets through. It asks
 * the service for gzip or br, whatever the client asked for, and unzips the answer for a client that did not.
 */
export async function openEdge(certificate: Certificate): Promise<Edge> {
  let target: Target | undefined;
  // Connections to the service are kept, but never beyond a change of the target.
  let agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  const server = createServer({ key: certificate.key, cert: certificate.cert, requestTimeout: 0 });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
  });
  const onRequest = (incoming: IncomingMessage, response: ServerResponse) => forward(incoming, response, target, agent);
  server.on('request', onRequest);
  // The service decides whether it wants the body (Expect: 100-continue).
  server.on('checkContinue', onRequest);
  server.on('upgrade', (incoming, socket, head) => tunnel(incoming, socket as Socket, head, target));
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    port: (server.address() as AddressInfo).port,
    route: (to) => {
      if (to?.address === target?.address && to?.port === target?.port) return;
      target = to;
      // Requests that are under way finish where they are.
      for (const idle of Object.values(agent.freeSockets)) for (const socket of idle ?? []) socket.destroy();
      agent = new Agent({ keepAlive: true });
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        agent.destroy();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function forward(incoming: IncomingMessage, response: ServerResponse, target: Target | undefined, agent: Agent): void {
  const unavailable = () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'content-type': 'text/plain' }).end('Bad Gateway (edge)\n');
    incoming.resume();
  };
  if (!target) {
    unavailable();
    return;
  }
  const { method, url: path } = incoming;
  const headers = forwardedHeaders(incoming);
  const outgoing = request({ host: target.address, port: target.port, method, path, headers, agent });
  let answered = false;
  outgoing.on('response', (answer) => {
    answered = true;
    const unzip = unzipFor(incoming, answer);
    const dropped = unzip ? ['content-encoding', 'content-length'] : [];
    const kept = withoutHopByHop(answer.rawHeaders).filter((_, index, all) => !dropped.includes(nameAt(all, index)));
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, kept);
    if (unzip) pipeline(answer, unzip, response, () => {});
    else answer.pipe(response);
    answer.on('error', unavailable);
  });
  // A service may answer, and close, before it has read a whole upload: then what it said counts.
  outgoing.on('error', () => (answered ? incoming.unpipe(outgoing).resume() : unavailable()));
  response.on('close', () => outgoing.destroy());
  if (!incoming.headers.expect) incoming.pipe(outgoing);
  else {
    outgoing.on('continue', () => {
      response.writeContinue();
      incoming.pipe(outgoing);
    });
    outgoing.flushHeaders();
  }
}

/** A stream that unzips an answer, when it is zipped and the client did not ask for that. */
function unzipFor({ method, headers }: IncomingMessage, answer: IncomingMessage) {
  const encoding = answer.headers['content-encoding'] ?? '';
  const isWhole = method !== 'HEAD' && answer.statusCode !== 206;
  if (!isWhole || String(headers['accept-encoding'] ?? '').includes(encoding)) return undefined;
  if (encoding === 'gzip') return createGunzip();
  return encoding === 'br' ? createBrotliDecompress() : undefined;
}

/** Hands an upgraded connection through, byte by byte. */
function tunnel(incoming: IncomingMessage, socket: Socket, head: Buffer, target: Target | undefined): void {
  if (!target) {
    socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n');
    return;
  }
  const upstream = connect(target.port, target.address, () => {
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
    const headers = forwardedHeaders(incoming, ['connection', 'upgrade']);
    for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
  socket.on('error', () => upstream.destroy());
  socket.on('close', () => upstream.destroy());
}

const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

/** Of raw headers, names and values in turn: the name, in lower case, that an index belongs to. */
const nameAt = (raw: string[], index: number) => raw[index - (index % 2)]?.toLowerCase() ?? '';

/** Name after value, as they came, but for what concerns one connection only. */
function withoutHopByHop(raw: string[], kept: string[] = []): string[] {
  return raw.filter((_, index) => {
    const name = nameAt(raw, index);
    return kept.includes(name) || !hopByHop.includes(name);
  });
}

/** Headers that the edge sets, whatever the client sent: as three public request logs of 2025 show them. */
const edgeHeaders = (address: string): Record<string, string> => ({
  'Accept-Encoding': 'gzip, br',
  'CDN-Loop': 'cloudflare; loops=1',
  'CF-Connecting-IP': address,
  'CF-Ray': `${randomBytes(8).toString('hex')}-PDX`,
  'CF-Visitor': '{"scheme":"https"}',
  'Rndr-Id': randomUUID(),
  'True-Client-IP': address,
  'X-Forwarded-Proto': 'https',
});

function forwardedHeaders(incoming: IncomingMessage, kept: string[] = []): string[] {
  const address = incoming.socket.remoteAddress ?? '';
  const before = incoming.headers['x-forwarded-for'];
  const own = { ...edgeHeaders(address), 'X-Forwarded-For': before ? `${before}, ${address}` : address };
  const names = Object.keys(own).map((name) => name.toLowerCase());
  const raw = withoutHopByHop(incoming.rawHeaders, kept).filter((_, index, all) => {
    const name = nameAt(all, index);
    return !names.includes(name) && !name.startsWith('x-forwarded-');
  });
  const length = incoming.headers['transfer-encoding'] && !kept.length ? ['Transfer-Encoding', 'chunked'] : [];
  return [...raw, ...length, ...Object.entries(own).flat()];
}
