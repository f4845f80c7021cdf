import * as plain from 'node:http';
import * as encrypted from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request with its whole body. */
export interface Asked {
  method: string;
  path: string;
  headers: plain.OutgoingHttpHeaders;
  body: Buffer;
}

export interface Answered {
  status: number;
  headers: plain.OutgoingHttpHeaders;
  body: Buffer;
}

type Instead = Answered | 'answered' | undefined;

/** What is wrong with an edge. */
export interface Faults {
  /** Changes a request on its way. */
  ask?(asked: Asked): void;
  /** Answers in the server's place; undefined lets the request through. */
  instead?(asked: Asked, response: plain.ServerResponse): Instead | Promise<Instead>;
  /** Changes an answer on its way. */
  answer?(answered: Answered, asked: Asked): void;
  /** What it does with Expect: 100-continue in the place of an answer. */
  expect?: 'refuses' | 'ignores';
}

export interface Front {
  url: string;
  asked: Asked[];
  close(): Promise<void>;
}

/** An edge before a server, with faults. It keeps Host and everything else as it came. */
export async function openFront(
  target: string,
  faults: Faults = {},
  tls?: { key: string; cert: string },
): Promise<Front> {
  const front: Front = { url: '', asked: [], close: async () => {} };
  const handle = async (incoming: plain.IncomingMessage, response: plain.ServerResponse) => {
    const body = await buffer(incoming);
    const asked = { method: incoming.method ?? '', path: incoming.url ?? '', headers: { ...incoming.headers }, body };
    front.asked.push(asked);
    delete asked.headers.expect;
    const own = await faults.instead?.(asked, response);
    if (own === 'answered') return;
    faults.ask?.(asked);
    const answered = own ?? (await forward(target, asked));
    faults.answer?.(answered, asked);
    response.writeHead(answered.status, answered.headers).end(asked.method === 'HEAD' ? undefined : answered.body);
  };
  const listener = (incoming: plain.IncomingMessage, response: plain.ServerResponse) => {
    handle(incoming, response).catch(() => response.destroy());
  };
  const server = tls ? encrypted.createServer(tls) : plain.createServer();
  server.on('request', listener);
  server.on('checkContinue', (incoming, response) => {
    if (faults.expect === 'refuses') {
      response.writeHead(417).end();
      return;
    }
    if (!faults.expect) response.writeContinue();
    listener(incoming, response);
  });
  server.on('upgrade', async (incoming, socket) => {
    const asked = { method: 'GET', path: incoming.url ?? '', headers: { ...incoming.headers }, body: Buffer.alloc(0) };
    front.asked.push(asked);
    faults.ask?.(asked);
    const { status } = await forward(target, asked);
    const upgraded = status === 101 ? 'upgrade: websocket\r\nconnection: Upgrade' : 'content-length: 0';
    socket.on('error', () => {}).end(`HTTP/1.1 ${status} Answer\r\n${upgraded}\r\n\r\n`, () => socket.destroy());
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  front.url = `${tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`;
  front.close = () =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return front;
}

/** Sends a request on. */
export function forward(target: string, { method, path, headers, body }: Asked): Promise<Answered> {
  const { hostname, port } = new URL(target);
  return new Promise((resolve, reject) => {
    const request = plain.request({ host: hostname, port, method, path, headers, agent: false }, async (answer) => {
      const whole = await buffer(answer);
      const { connection, 'keep-alive': _, 'transfer-encoding': __, ...kept } = answer.headers;
      resolve({ status: answer.statusCode ?? 0, headers: kept, body: whole });
    });
    request.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode ?? 0, headers: {}, body: Buffer.alloc(0) });
    });
    request.on('error', reject);
    request.end(body);
  });
}
