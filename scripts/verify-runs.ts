/**
 * Writes what `create-minio-stack verify` prints about a good and a bad deployment, for the pictures of `npm run docs:picture`:
 * real runs on a server of this machine behind the generated nginx. Needs what the tests of verify need.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { selfSigned } from '../test/verify/certificate.ts';
import { mended } from '../test/verify/found.ts';
import { type Faults, openFront } from '../test/verify/front.ts';
import { startNginx } from '../test/verify/nginx.ts';
import { type Server, startServer } from '../test/verify/server.ts';

const [folder = '.'] = process.argv.slice(2);
const shown = { api: 'https://files.example.com', console: 'https://console.example.com' };

/** Runs verify as on a terminal with colours, and shows the addresses that a person would see. */
async function run(server: Server, api: Faults, console: Faults): Promise<string> {
  const certificate = selfSigned('localhost', 60);
  const authority = join(folder, 'authority.pem');
  writeFileSync(authority, certificate.cert);
  const nginx = await startNginx(server.console);
  const fronts = [await openFront(server.api, api, certificate), await openFront(nginx.url, console, certificate)];
  const [one = '', other = ''] = fronts.map(({ url }) => url);
  const bin = join(import.meta.dirname, '../create-minio-stack/bin.js');
  const { NO_COLOR: _, ...environment } = process.env;
  const child = spawn(process.execPath, [bin, 'verify', one, '--console', other], {
    env: {
      ...environment,
      ...{ FORCE_COLOR: '1', NODE_EXTRA_CA_CERTS: authority },
      ...{ MINIO_APP_SECRET_KEY: server.application.secretKey, MINIO_ROOT_PASSWORD: server.root.secretKey },
    },
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const printed = await text(child.stderr);
  for (const front of fronts) await front.close();
  await nginx.stop();
  const command = `$ npx create-minio-stack@latest verify ${shown.api} --console ${shown.console}`;
  return `${command}\n${printed.replaceAll(one, shown.api).replaceAll(other, shown.console)}`;
}

const server = await startServer();
writeFileSync(join(folder, 'good'), await run(server, mended, {}));
await server.mc(['anonymous', 'set', 'download', `root/${server.bucket}`]);
const rewriting: Faults = { ask: ({ headers }) => Object.assign(headers, { 'accept-encoding': 'gzip, br' }) };
const bare: Faults = { answer: ({ headers }) => delete headers['x-frame-options'] };
writeFileSync(join(folder, 'bad'), await run(server, { ...mended, ...rewriting }, bare));
await server.stop();
