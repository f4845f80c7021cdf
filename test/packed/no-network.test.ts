import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readTree } from '../support/generate.ts';
import { needs } from '../support/needs.ts';
import { installCreate, root } from '../support/packed/packages.ts';
import { run } from '../support/packed/program.ts';
import { Workplace } from '../support/packed/workplace.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const refuseNetwork = new URL('../support/packed/refuse-network.ts', import.meta.url);
const runUnbundled = new URL('../support/packed/run-unbundled.ts', import.meta.url);
const workplace = new Workplace();
let bin: string;

beforeAll(async () => {
  bin = join(await installCreate(workplace.folder), 'node_modules/create-minio-stack/bin.js');
});
afterAll(() => workplace.remove());

/** How to run something where there is no network interface, not even the loopback: as root, or in a user namespace. */
async function isolation(): Promise<string[] | undefined> {
  for (const args of [['-n'], ['-r', '-n']]) {
    const attempt = await run('unshare', [...args, 'true'], { cwd: root }).catch(() => undefined);
    if (attempt?.code === 0) return args;
  }
  return undefined;
}
const isolated = await isolation();
const networkNamespaces = { what: 'unshare with network namespaces', isThere: isolated !== undefined };

/** Runs Node with the network refused; tells what was reached for all the same. */
async function runRefused(args: string[], cwd = workplace.emptyFolder()) {
  const uses = join(cwd, 'uses.txt');
  const nodeArgs = ['--import', refuseNetwork.href, ...args];
  const outcome = await run(process.execPath, nodeArgs, { cwd, env: { ...workplace.env, NETWORK_USES: uses } });
  return {
    ...outcome,
    reachedFor: existsSync(uses) ? readFileSync(uses, 'utf8').trim().split('\n') : [],
    written: existsSync(join(cwd, 'my-storage')) ? Object.keys(readTree(join(cwd, 'my-storage')).files) : [],
  };
}

const ways: [string, () => string[]][] = [
  ['create-minio-stack', () => [bin, 'my-storage', '--yes']],
  ['the unbundled generator', () => [fileURLToPath(runUnbundled), root, 'my-storage']],
];

describe('a run needs no network:', () => {
  it.each(ways)('%s opens no socket, looks no name up and starts no program', async (_, args) => {
    const { code, stderr, reachedFor, written } = await runRefused(args());
    expect(reachedFor).toEqual([]);
    expect(code, stderr).toBe(0);
    expect(written).toContain('render.yaml');
  });

  it('a check of images that were looked up opens none either: only --newest-images does', async () => {
    const cwd = workplace.emptyFolder();
    await runRefused([bin, 'my-storage', '--yes'], cwd);
    const pins = { serverImage: `docker.io/pgsty/silo:RELEASE.2099-01-01T00-00-00Z@sha256:${'a'.repeat(64)}` };
    const stateFile = join(cwd, 'my-storage/.yo-rc.json');
    const state = JSON.parse(readFileSync(stateFile, 'utf8'));
    Object.assign(state['generator-minio-stack'], { pins });
    writeFileSync(stateFile, JSON.stringify(state));
    expect(await runRefused([bin, 'my-storage', '--check'], cwd)).toMatchObject({ code: 2, reachedFor: [] });
    const asked = await runRefused([bin, 'my-storage', '--newest-images'], cwd);
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was written.') });
    expect(new Set(asked.reachedFor)).toEqual(new Set(['fetch']));
  });

  it.each(ways)('%s works where there is none', needs(networkNamespaces), async (_, args) => {
    const cwd = workplace.emptyFolder();
    const command = [...(isolated ?? []), process.execPath, ...args()];
    const { code, stderr } = await run('unshare', command, { cwd, env: workplace.env });
    expect(code, stderr).toBe(0);
    expect(Object.keys(readTree(join(cwd, 'my-storage')).files)).toContain('render.yaml');
  });
});

describe('what these tests would notice:', () => {
  it.each([
    ['fetch', `await fetch('http://127.0.0.1:9/')`],
    ['net.Socket.connect', `(await import('node:net')).connect(9)`],
    ['net.Socket.connect', `(await import('node:https')).get('https://127.0.0.1:9/')`],
    ['net.Server.listen', `(await import('node:http')).createServer().listen(0)`],
    ['dns.lookup', `import { lookup } from 'node:dns'; lookup('localhost', () => {})`],
    ['dns.promises.resolve4', `import { resolve4 } from 'node:dns/promises'; await resolve4('localhost')`],
    ['dgram.createSocket', `import { createSocket } from 'node:dgram'; createSocket('udp4')`],
    ['child_process.execFile', `import { execFile } from 'node:child_process'; execFile('git')`],
  ])('%s, by %s', async (use, code) => {
    expect(await runRefused(['--input-type=module', '--eval', code])).toMatchObject({ code: 1, reachedFor: [use] });
  });
});
