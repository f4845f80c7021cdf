/**
 * Preloaded into a program with `node --import`: whatever reaches for the network, or starts another program that
 * could, is written down in the file that NETWORK_USES names, and fails.
 */
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

function refuse(owner: object, name: string, label: string): void {
  const refused = () => {
    appendFileSync(process.env.NETWORK_USES as string, `${label}\n`);
    throw new Error(`${label} is refused`);
  };
  Object.defineProperty(owner, name, { value: refused, configurable: true, writable: true });
}

// fetch, http, https, http2 and tls connect through it.
refuse(net.Socket.prototype, 'connect', 'net.Socket.connect');
refuse(net.Server.prototype, 'listen', 'net.Server.listen');
refuse(dgram, 'createSocket', 'dgram.createSocket');
refuse(dgram, 'Socket', 'dgram.Socket');
refuse(globalThis, 'fetch', 'fetch');
refuse(globalThis, 'WebSocket', 'WebSocket');
for (const [owner, label] of [
  [dns, 'dns'],
  [dns.promises, 'dns.promises'],
] as const) {
  for (const name of ['lookup', 'lookupService', 'resolve', 'resolve4', 'resolve6', 'Resolver'])
    refuse(owner, name, `${label}.${name}`);
}
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'])
  refuse(childProcess, name, `child_process.${name}`);
// So that `import { lookup } from 'node:dns'` gets it as well.
syncBuiltinESMExports();
