import { chownSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DockerRegistry, digestOf, dockerRegistry, freePort } from '../support/images/docker-registry.ts';
import { needs, program } from '../support/needs.ts';
import { installBesideYo, installCreate } from '../support/packed/packages.ts';
import { run } from '../support/packed/program.ts';
import { nodeFolder } from '../support/packed/tools.ts';
import { asRoot, person, Workplace } from '../support/packed/workplace.ts';
import { current, edit, generated, laterVersion, own } from '../update/support.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const server = 'minio/Dockerfile';
const console = 'console/Dockerfile';
const built = '2026-11-01T00:00:00Z';

describe('the packed product finds newer images in a registry', needs(dockerRegistry, program('skopeo')), () => {
  let workplace: Workplace;
  let registry: DockerRegistry;
  let old: string;
  const bins: string[] = [];

  beforeAll(async () => {
    workplace = new Workplace();
    registry = await DockerRegistry.start();
    await registry.push('pgsty/silo', ['RELEASE.2026-07-22T00-00-00Z']);
    await registry.push('pgsty/silo', ['RELEASE.2026-10-26T00-00-00Z'], { content: 'new' });
    await registry.push('library/nginx', ['1.30.5-alpine-slim'], { built });
    await registry.push('library/nginx', ['1.30.7-alpine-slim'], { built, content: 'new' });
    const installed = await Promise.all([installCreate(workplace.folder), installBesideYo(workplace.folder)]);
    bins.push(...installed.map((folder) => join(folder, 'node_modules/.bin')));
    const before = laterVersion({ [server]: (text) => `${text}ENV OLD=1\n` }, '0.0.4', current);
    old = await generated(before, {
      'server-image': `${registry.host}/pgsty/silo:RELEASE.2026-07-22T00-00-00Z`,
      'console-image': `${registry.host}/library/nginx:1.30.5-alpine-slim`,
    });
    edit(old, { [console]: (text) => `# Ours.\n${text}`, 'README.md': (text) => `${text}Ours.\n` });
  });
  afterAll(() => {
    registry?.stop();
    workplace?.remove();
  });

  /** An old repository with edits, where the program runs, as its user's. */
  function repository(): { cwd: string; target: string } {
    const cwd = workplace.emptyFolder();
    const target = join(cwd, 'my-storage');
    cpSync(old, target, { recursive: true });
    if (asRoot)
      for (const path of ['', ...readdirSync(target, { recursive: true, encoding: 'utf8' })])
        chownSync(join(target, path), person, person);
    return { cwd, target };
  }

  /** What another client gets under a reference, and its hash. */
  async function pulled(reference: string): Promise<string> {
    const args = ['inspect', '--tls-verify=false', '--raw', `docker://${reference}`];
    const { code, stdout, stderr } = await run('skopeo', args, { cwd: workplace.folder });
    expect(code, stderr).toBe(0);
    return digestOf(stdout);
  }

  it.each([
    ['create-minio-stack', [] as string[]],
    ['yo', ['minio-stack']],
  ])('%s', async (program, first) => {
    const { cwd, target } = repository();
    const start = (...flags: string[]) =>
      run(program, [...first, 'my-storage', ...flags], { cwd, env: workplace.env, path: bins });
    expect(await start('--check', '--newest-images')).toMatchObject({ code: 2 });
    const { code, stderr } = await start('--newest-images', '--cooldown', '7');
    expect(code, stderr).toBe(0);
    for (const [path, image] of [
      [server, 'pgsty/silo:RELEASE.2026-10-26T00-00-00Z'],
      [console, 'library/nginx:1.30.7-alpine-slim'],
    ] as const) {
      const [, name, digest] = /^FROM (\S+)@(sha256:\w{64})$/m.exec(own(target)[path] ?? '') ?? [];
      expect(name).toBe(`${registry.host}/${image}`);
      // skopeo takes a tag or a digest, not both.
      expect(await pulled(`${name?.replace(/:[^:/]+$/, '')}@${digest}`)).toBe(digest);
      expect(await pulled(`${name}`)).toBe(digest);
    }
    expect(own(target)[server]).not.toContain('OLD');
    expect(own(target)[console]).toMatch(/^# Ours\.\n/);
    expect(own(target)['README.md']).toMatch(/\nOurs\.\n$/);
    expect(await start('--check')).toMatchObject({ code: 0 });
    expect(await start('--check', '--newest-images')).toMatchObject({ code: 0 });
  });
});

/** Node 22 is a download. */
const otherNode = { what: 'CI=true, for every Node', isThere: Boolean(process.env.CI) };

describe(
  'Node 22, which looks at HTTPS_PROXY only when it starts, and only if it is told to,',
  needs(otherNode),
  () => {
    const workplace = new Workplace();
    let bin: string;

    beforeAll(async () => {
      bin = join(await installCreate(workplace.folder), 'node_modules/create-minio-stack/bin.js');
    });
    afterAll(() => workplace.remove());

    const start = async (env: Record<string, string>) => {
      const HTTPS_PROXY = `http://127.0.0.1:${await freePort()}`;
      const image = ['--server-image', 'registry.invalid/silo:RELEASE.2026-09-16T00-00-00Z'];
      const flags = [
        'my-storage',
        '--yes',
        '--newest-images',
        ...image,
        '--console-image',
        'registry.invalid/nginx:1.30.5',
      ];
      return run(join(await nodeFolder(22), 'node'), [bin, ...flags], {
        cwd: workplace.emptyFolder(),
        env: { ...workplace.env, HTTPS_PROXY, ...env },
      });
    };

    it('is not told to: the message says how', async () => {
      const { code, stderr } = await start({});
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /registry\.invalid can't be reached \(E\w+\); HTTPS_PROXY is set, which this Node uses only with NODE_USE_ENV_PROXY=1/,
      );
    });

    it('is told to: the proxy is used', async () => {
      const { code, stderr } = await start({ NODE_USE_ENV_PROXY: '1' });
      expect(code).toBe(1);
      expect(stderr).toContain("registry.invalid can't be reached (ECONNREFUSED).");
    });
  },
);
