import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A proxy for https that leads every connection to one server, whatever host is asked for. */
export class TunnelProxy {
  /** The hosts and ports that were asked for. */
  readonly tunnels: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param destination the server's host and port */
  static async start(destination: string): Promise<TunnelProxy> {
    const [host, port] = destination.split(':');
    const server = createServer().on('connect', ({ url = '' }, client) => {
      proxy.tunnels.push(url);
      const there = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        there.pipe(client).pipe(there);
      });
      for (const end of [client, there]) end.on('error', () => {});
    });
    const proxy = new TunnelProxy(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
