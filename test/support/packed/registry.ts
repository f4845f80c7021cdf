import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { npm } from './program.ts';
import { cachedInstall, versions } from './tools.ts';

/** A registry of the test's own on this machine, with nothing in it but what is published there. */
export interface Registry {
  /** What makes npm use this registry, and nothing of the machine's configuration or cache. */
  env: Record<string, string>;
  publish(tarball: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts verdaccio on a free port.
 * @param folder an empty folder for its storage
 */
export async function startRegistry(folder: string): Promise<Registry> {
  const server = await verdaccio(folder);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const npmrc = join(folder, 'npmrc');
  writeFileSync(npmrc, `registry=http://${host}/\n//${host}/:_authToken=${await signUp(host)}\n`);
  return {
    env: {
      npm_config_userconfig: npmrc,
      npm_config_registry: `http://${host}/`,
      npm_config_cache: join(folder, 'npm-cache'),
      npm_config_yes: 'true',
    },
    publish: async (tarball) => {
      // Provenance is what only a CI can state.
      await npm(
        ['publish', tarball, '--provenance=false', '--userconfig', npmrc, '--registry', `http://${host}/`],
        folder,
      );
      backdate(folder);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Yarn and Deno refuse what was published a moment ago. */
function backdate(folder: string): void {
  for (const file of globSync(join(folder, 'storage/*/package.json')))
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replaceAll(/"20\d\d-\d\d-\d\dT[^"]+Z"/g, '"2026-01-01T00:00:00.000Z"'),
    );
}

/** The server, which asks no other registry. */
async function verdaccio(folder: string): Promise<Server> {
  // Its dependency node-fetch@cjs is a dist-tag, which not every mirror knows; it means the newest 2.x.
  const installed = await cachedInstall({ verdaccio: versions.verdaccio }, { 'node-fetch': '^2.7.0' });
  const { runServer } = createRequire(join(installed, 'package.json'))('verdaccio');
  return runServer({
    self_path: folder,
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: {},
    packages: { '**': { access: '$all', publish: '$authenticated' } },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  });
}

/** Makes a user; returns its token. */
async function signUp(host: string): Promise<string> {
  const response = await fetch(`http://${host}/-/user/org.couchdb.user:tester`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'tester', password: 'only-for-this-run' }),
  });
  const { token } = (await response.json()) as { token?: string };
  if (!token) throw new Error(`the registry gave no token: ${response.status}`);
  return token;
}
