import { once } from 'node:events';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Stack } from '../stack.ts';

/** How the console answered the wish for a WebSocket. */
export interface Handshake {
  status: number;
  /** The connection, when the status is 101. */
  socket?: Duplex;
}

/** Asks for a WebSocket through the edge, as a browser does on a page of this origin. */
export async function openWebSocket(
  stack: Stack,
  path: string,
  { origin = stack.console.url, cookie = '' },
): Promise<Handshake> {
  const sent = request(stack.console.url + path, {
    ca: stack.certificate.ca,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      origin,
      cookie,
    },
  });
  sent.end();
  const answered = once(sent, 'response').then(([response]): Handshake => {
    response.resume();
    return { status: response.statusCode };
  });
  const upgraded = once(sent, 'upgrade').then(([, socket]): Handshake => ({ status: 101, socket }));
  answered.catch(() => {});
  return Promise.race([answered, upgraded]);
}

/** A text message of less than 126 bytes, masked as a client's have to be (RFC 6455). */
export function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
