import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../render-simulator/certificate.ts';
import { DockerRegistry, dockerRegistry } from '../support/images/docker-registry.ts';
import { Front, paged, type Rule, withToken } from '../support/images/front.ts';
import { TunnelProxy } from '../support/images/proxy.ts';
import { needs, program } from '../support/needs.ts';
import { run } from '../support/packed/program.ts';
import { generated, own, settled, stored } from '../update/support.ts';

const bin = fileURLToPath(new URL('../../create-minio-stack/bin.js', import.meta.url));
const release = 'RELEASE.2026-10-26T00-00-00Z';
const built = '2026-11-01T00:00:00Z';

describe('Docker Hub behind a proxy', needs(dockerRegistry, program('openssl')), () => {
  let registry: DockerRegistry;
  let pages: Front;
  let hub: Front;
  let proxy: TunnelProxy;
  let env: Record<string, string>;
  /** What Docker Hub does otherwise in one test. */
  let dishonest: Rule = {};

  beforeAll(async () => {
    const { caFile, ...tls } = await makeCertificate(['registry-1.docker.io']);
    registry = await DockerRegistry.start();
    pages = await Front.start(registry.host, paged(2));
    const honest = withToken('anonymous');
    const before: Rule['before'] = (...request) =>
      (dishonest.before?.(...request) || honest.before?.(...request)) ?? false;
    hub = await Front.start(pages.host, { before }, tls);
    proxy = await TunnelProxy.start(hub.host);
    env = { HTTPS_PROXY: proxy.address, NODE_EXTRA_CA_CERTS: caFile };
  });
  afterAll(() => {
    proxy?.stop();
    hub?.stop();
    pages?.stop();
    registry?.stop();
  });

  it('has the newest of the images that an old version has pinned', async () => {
    const folder = await generated(settled);
    const server = await registry.push('pgsty/silo', [release, 'RELEASE.2026-08-20T00-00-00Z', 'latest']);
    await registry.push('library/nginx', ['1.30.4-alpine-slim', '1.30.9', '1.31.1-alpine-slim'], { built });
    const console = await registry.push('library/nginx', ['1.30.7-alpine-slim'], { built, content: 'new' });

    const { code, stderr } = await run(process.execPath, [bin, folder, '--newest-images'], { cwd: tmpdir(), env });
    expect(code, stderr).toBe(0);
    expect(new Set(proxy.tunnels)).toEqual(new Set(['registry-1.docker.io:443']));
    expect(own(folder)['minio/Dockerfile']).toContain(`\nFROM docker.io/pgsty/silo:${release}@${server}\n`);
    expect(own(folder)['console/Dockerfile']).toContain(
      `\nFROM docker.io/library/nginx:1.30.7-alpine-slim@${console}\n`,
    );
    expect(Object.keys(stored(folder).pins)).toEqual(['serverImage', 'consoleImage']);
  });

  it.each<[string, number, (place: string) => Record<string, string>, RegExp]>([
    [
      'sends us to',
      307,
      (place) => ({ location: place }),
      /registry-1\.docker\.io sends us to 127\S+ without encryption/,
    ],
    [
      'asks for a token from',
      401,
      (place) => ({ 'www-authenticate': `Bearer realm="${place}"` }),
      /registry-1\.docker\.io asks for a token from 127\S+, without encryption/,
    ],
  ])('is not followed where it %s a place without encryption', async (_, status, headers, message) => {
    const folder = await generated(settled);
    dishonest = {
      before(_, response) {
        response.writeHead(status, headers(`http://${pages.host}/v2/`)).end('{}');
        return true;
      },
    };
    const args = [bin, folder, '--newest-images'];
    const { code, stderr } = await run(process.execPath, args, {
      cwd: tmpdir(),
      env: { ...env, NO_PROXY: '127.0.0.1' },
    });
    dishonest = {};
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('is not believed with a certificate that nobody has signed', async () => {
    const folder = await generated(settled);
    const { HTTPS_PROXY = '' } = env;
    const args = [bin, folder, '--newest-images'];
    const { code, stderr } = await run(process.execPath, args, { cwd: tmpdir(), env: { HTTPS_PROXY } });
    expect(code).toBe(1);
    expect(stderr).toContain('the certificate of registry-1.docker.io is not trusted');
  });
});
