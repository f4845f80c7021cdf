import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from '../../render-simulator/certificate.ts';

/** An HTTPS server with nothing but an empty page: the origin of scripts. */
export interface Pages {
  /** Where it listens, as `address:port`. */
  address: string;
  close(): void;
}

export async function servePages({ key, cert }: Certificate): Promise<Pages> {
  const server = createServer({ key, cert }, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>An application</title>');
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
