import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stack } from '../stack.ts';

/** A server of the test's own in place of MinIO's console. */
export interface Upstream {
  /** How it answers from now on. */
  answer: RequestListener;
  close(): void;
}

/** Starts it on this machine, and deploys the stack's console service in front of it. */
export async function ownUpstream({ console: service }: Stack): Promise<Upstream> {
  const server = createServer({ requestTimeout: 0 }, (request, response) => upstream.answer(request, response));
  const upstream: Upstream = {
    answer: (_, response) => response.end(),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  await new Promise<void>((listening) => {
    server.listen(0, '0.0.0.0', listening);
  });
  await service.deploy({
    // This machine, as the stack's network sees it: its gateway.
    MINIO_HOST: service.live.address.replace(/\d+$/, '1'),
    MINIO_CONSOLE_PORT: String((server.address() as AddressInfo).port),
  });
  return upstream;
}
