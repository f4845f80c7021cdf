import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate, readTree } from '../support/generate.ts';
import { DockerRegistry, dockerRegistry } from '../support/images/docker-registry.ts';
import { needs } from '../support/needs.ts';
import { create } from './create.ts';
import { current, edit, generated, laterVersion, own } from './support.ts';

const matchesSchema = new Ajv.default().compile(
  JSON.parse(readFileSync(new URL('../../docs/plan.schema.json', import.meta.url), 'utf8')),
);
const [server, console] = ['minio/Dockerfile', 'console/Dockerfile'];
/** A version before this one: its server's Dockerfile has one line more. */
const older = laterVersion({ [server]: (text) => `${text}ENV OLDER=1\n` }, '0.0.4', current);
const from = (folder: string, path: string) => /^FROM (.*)$/m.exec(own(folder)[path] ?? '')?.[1];

describe('--newest-images', needs(dockerRegistry), () => {
  let registry: DockerRegistry;
  let silo: (tag: string) => string;
  let nginx: (tag: string) => string;
  let newestSilo: string;
  let newestNginx: string;
  const built = '2026-11-01T00:00:00Z';
  const releases = { old: 'RELEASE.2026-07-22T00-00-00Z', new: 'RELEASE.2026-10-26T00-00-00Z' };

  beforeAll(async () => {
    registry = await DockerRegistry.start();
    silo = (tag) => `${registry.host}/pgsty/silo:${tag}`;
    nginx = (tag) => `${registry.host}/library/nginx:${tag}`;
    await registry.push('pgsty/silo', [releases.old], { content: 'old' });
    await registry.push('library/nginx', ['1.30.5-alpine-slim', '1.30.9'], { content: 'old' });
    newestSilo = silo(`${releases.new}@${await registry.push('pgsty/silo', [releases.new], { content: 'new' })}`);
    const digest = await registry.push('library/nginx', ['1.30.7-alpine-slim', '1.32.0-alpine-slim'], { built });
    newestNginx = nginx(`1.30.7-alpine-slim@${digest}`);
  });
  afterAll(() => registry?.stop());

  const flags = () => ({ 'server-image': silo(releases.old), 'console-image': nginx('1.30.5-alpine-slim') });
  const pinned = (version = current) => generated(version, flags());

  it('pins both images by tag and digest, and a check agrees', async () => {
    const folder = await pinned(older);
    edit(folder, { [server]: (text) => `# Ours.\n${text}`, 'README.md': (text) => `${text}Ours.\n` });
    const run = create(folder, '--newest-images');
    expect(run.status, run.stderr).toBe(0);
    expect([from(folder, server), from(folder, console)]).toEqual([newestSilo, newestNginx]);
    expect(own(folder)[server]).toMatch(/^# Ours\.\n(?!.*OLDER)/s);
    expect(own(folder)['README.md']).toMatch(/Ours\.\n$/);
    expect(create(folder, '--check')).toMatchObject({ status: 0 });
    expect(create(folder, '--check', '--newest-images')).toMatchObject({ status: 0 });
  });

  it('works under yo as well', async () => {
    const folder = await pinned();
    await generate(folder, { options: { newestImages: true, cooldown: 0 } });
    expect([from(folder, server), from(folder, console)]).toEqual([newestSilo, newestNginx]);
  });

  it.each([
    ['--check', 2],
    ['--dry-run', 0],
  ])('%s shows old and new with the release notes, and writes nothing', async (mode, status) => {
    const folder = await pinned();
    const before = readTree(folder);
    const run = create(folder, '--newest-images', mode);
    expect(run.status, run.stderr).toBe(status);
    expect(run.stderr).toContain(`${silo(releases.old)}\n  → ${newestSilo}\n`);
    expect(run.stderr).toContain(`https://github.com/pgsty/silo/releases/tag/${releases.new}\n`);
    expect(run.stderr).toContain('https://nginx.org/en/CHANGES-1.30\n');
    expect(run.stderr).toContain(`--console-image ${nginx('1.32.0-alpine-slim')}\n`);
    if (mode === '--check') expect(run.stderr).toContain('npm init minio-stack@latest -- --newest-images');
    expect(readTree(folder)).toEqual(before);
  });

  it('--json: the images are in the document, which keeps its schema', async () => {
    const { stdout } = create(await pinned(), '--newest-images', '--check', '--json');
    const document = JSON.parse(stdout);
    expect(matchesSchema(document), JSON.stringify(matchesSchema.errors)).toBe(true);
    expect(document).toMatchObject({
      outdated: true,
      images: [
        { flag: 'server-image', pinned: silo(releases.old), newest: newestSilo, leftAlone: null, laterBranch: null },
        { flag: 'console-image', newest: newestNginx, laterBranch: nginx('1.32.0-alpine-slim'), notes: [] },
      ],
    });
  });
});
