import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The browser's only way into any network. */
export interface Proxy {
  /** The path of the Unix socket at which it listens. */
  socket: string;
  close(): void;
}

/**
 * A proxy to this machine's own ports, and to nothing else.
 * @param hosts where it finds a host name, as `address:port`; a leading `*.` stands for all below
 */
export async function openProxy(hosts: Record<string, string>): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-proxy-'));
  const socket = join(folder, 'proxy');
  const server = createServer((_, response) => response.writeHead(403).end());
  server.on('connect', ({ url = '' }, client) => tunnel(client as Socket, targetOf(url, hosts)));
  await new Promise<void>((listening) => {
    server.listen(socket, listening);
  });
  return {
    socket,
    close: () => {
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function targetOf(authority: string, hosts: Record<string, string>): string | undefined {
  const [host = ''] = authority.split(':');
  return host === 'localhost' ? authority : (hosts[host] ?? hosts[host.replace(/^[^.]+/, '*')]);
}

function tunnel(client: Socket, target: string | undefined): void {
  if (!target) {
    client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    return;
  }
  const [host = '', port] = target.split(':');
  const server = connect(Number(port), host, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    client.pipe(server).pipe(client);
  });
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
}
