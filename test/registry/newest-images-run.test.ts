import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleImage, serverImage } from '../../src/answers/images.ts';
import { emptyFolder, generate, readTree } from '../support/generate.ts';
import { DockerRegistry, dockerRegistry, freePort } from '../support/images/docker-registry.ts';
import { needs } from '../support/needs.ts';
import { create } from '../update/create.ts';
import { current, edit, generated, laterVersion, own, replaced, run, settled, stored } from '../update/support.ts';

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

  /** Runs, and tells what the Dockerfile of the server has then. */
  const newest = (folder: string, ...more: string[]) => {
    const { status, stderr } = create(folder, '--newest-images', ...more);
    expect(status, stderr).toBe(0);
    expect(create(folder, '--check', '--newest-images'), stderr).toMatchObject({ status: 0 });
    return from(folder, server);
  };

  describe('what is pinned now is what the Dockerfile has:', () => {
    it('a pin that somebody has raised, and that is the newest, stays', async () => {
      const folder = await pinned();
      edit(folder, { [server]: replaced(silo(releases.old), newestSilo) });
      expect(newest(folder)).toBe(newestSilo);
      expect(create(folder, '--newest-images').stderr).toContain(`${newestSilo} is the newest release.\n`);
    });

    it('a pin that somebody has turned back is raised', async () => {
      const folder = await pinned();
      newest(folder);
      edit(folder, { [server]: replaced(newestSilo, `${silo(releases.old)}@sha256:${'a'.repeat(64)}`) });
      expect(newest(folder)).toBe(newestSilo);
    });

    it('another image is looked up in its own registry', async () => {
      const digest = await registry.push('me/store', ['v2.0.1', 'v2.0.2'], { built });
      const folder = await generated(current, { 'console-image': nginx('1.30.5-alpine-slim') });
      edit(folder, { [server]: (text) => text.replace(/^FROM .*/m, `FROM ${registry.host}/me/store:v2.0.1`) });
      expect(newest(folder)).toBe(`${registry.host}/me/store:v2.0.2@${digest}`);
    });

    it('a digest that was built anew replaces the one that somebody has written', async () => {
      const digest = await registry.push('me/moving', ['1.0.0'], { built });
      const folder = await generated(current, { 'console-image': nginx('1.30.5-alpine-slim') });
      const other = `${registry.host}/me/moving:1.0.0@sha256:${'a'.repeat(64)}`;
      edit(folder, { [server]: (text) => text.replace(/^FROM .*/m, `FROM ${other}`) });
      expect(newest(folder)).toBe(`${registry.host}/me/moving:1.0.0@${digest}`);
    });

    it('a build stage in front of it is none', async () => {
      const folder = await pinned();
      edit(folder, { [server]: (text) => `FROM nowhere.invalid/a:1 AS tools\n\n${text}` });
      newest(folder);
      expect(own(folder)[server]).toContain(`\n\n# Pinned`);
      expect(own(folder)[server]).toContain(`\nFROM ${newestSilo}\n`);
    });
  });

  it('a flag names the image to start from', async () => {
    const folder = await generated(current, { 'console-image': nginx('1.30.5-alpine-slim') });
    expect(newest(folder, '--server-image', silo(releases.old))).toBe(newestSilo);
    expect(stored(folder)).not.toHaveProperty('serverImage');
  });

  it('a new repository has the newest images at once', async () => {
    const folder = emptyFolder();
    const { status, stderr } = create(
      folder,
      ...['--yes', '--newest-images', '--server-image', silo(releases.old)],
      ...['--console-image', nginx('1.30.5-alpine-slim')],
    );
    expect(status, stderr).toBe(0);
    expect([from(folder, server), from(folder, console)]).toEqual([newestSilo, newestNginx]);
  });

  it('an image that can’t be judged is left alone, and the run says why', async () => {
    const moving = nginx('stable-alpine-slim');
    const folder = await generated(current, { ...flags(), 'console-image': moving });
    expect(newest(folder)).toBe(newestSilo);
    expect(from(folder, console)).toBe(moving);
    expect(create(folder, '--newest-images').stderr).toContain(`${moving} is left alone: its tag stable-alpine-slim`);
    expect(stored(folder)).toMatchObject({ consoleImage: moving });
  });

  it('--cooldown holds a young release back', async () => {
    const folder = await pinned();
    const { stderr } = create(folder, '--newest-images', '--cooldown', '365');
    expect(from(folder, server)).toMatch(`${silo(releases.old)}@sha256:`);
    expect(stderr).toContain(`${releases.new} is held back: it is of 2026-10-26`);
  });

  describe('the pins are remembered:', () => {
    it('under a key of their own, and the choice that they replace is gone', async () => {
      const folder = await pinned();
      newest(folder);
      expect(stored(folder)).toMatchObject({ pins: { serverImage: newestSilo, consoleImage: newestNginx } });
      expect(stored(folder)).not.toHaveProperty('serverImage');
    });

    it('a later version does not turn them back', async () => {
      const folder = await pinned();
      newest(folder);
      await run(laterVersion({ [server]: (text) => `${text}ENV LATER=1\n` }, '99.0.0', current), folder);
      expect(from(folder, server)).toBe(newestSilo);
      expect(own(folder)[server]).toContain('LATER');
    });

    it('also where .yo-rc.json is lost', async () => {
      const folder = await pinned();
      newest(folder);
      edit(folder, { '.yo-rc.json': undefined });
      expect(create(folder)).toMatchObject({ status: 0 });
      expect(from(folder, server)).toBe(newestSilo);
    });

    it('until a flag chooses another image', async () => {
      const folder = await pinned();
      newest(folder);
      expect(create(folder, '--server-image', silo(releases.old))).toMatchObject({ status: 0 });
      expect(from(folder, server)).toBe(silo(releases.old));
      expect(stored(folder)).toMatchObject({ serverImage: silo(releases.old), pins: { consoleImage: newestNginx } });
    });
  });

  it.each([[[]], [['--check', '--json']]])(
    'a registry that can’t be reached: one line for each image, 1, and nothing is written: %j',
    async (more) => {
      const dead = `127.0.0.1:${await freePort()}`;
      const folder = await generated(current, {
        'server-image': `${dead}/a/silo:${releases.old}`,
        'console-image': `${dead}/a/nginx:1.30.5`,
      });
      const before = readTree(folder);
      const { status, stdout, stderr } = create(folder, '--newest-images', ...more);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      const line = (flag: string, image: string) =>
        `--newest-images can't look up --${flag} ${dead}/a/${image}: ${dead} can't be reached (ECONNREFUSED).`;
      expect(stderr).toBe(
        `create-minio-stack: ${line('server-image', `silo:${releases.old}`)}\n  ${line('console-image', 'nginx:1.30.5')}\n  Nothing was written.\n`,
      );
      expect(readTree(folder)).toEqual(before);
    },
  );
});

describe('pins that were looked up', () => {
  const digest = `@sha256:${'a'.repeat(64)}`;
  const withPins = async (pins: unknown) => {
    const folder = await generated(settled);
    const write = (text: string) => {
      const state = JSON.parse(text);
      Object.assign(state['generator-minio-stack'], { pins });
      return JSON.stringify(state);
    };
    edit(folder, { '.yo-rc.json': write });
    return folder;
  };

  it('give way to newer ones of a later version', async () => {
    const folder = await withPins({ serverImage: `docker.io/pgsty/silo:RELEASE.2026-08-25T00-00-00Z${digest}` });
    expect(create(folder)).toMatchObject({ status: 0 });
    expect(from(folder, server)).toBe(serverImage);
    expect(stored(folder)).not.toHaveProperty('pins');
  });

  it('stay where they are newer than those of a later version', async () => {
    const newer = `docker.io/pgsty/silo:RELEASE.2099-01-01T00-00-00Z${digest}`;
    const folder = await withPins({ serverImage: newer });
    expect(create(folder)).toMatchObject({ status: 0 });
    expect([from(folder, server), from(folder, console)]).toEqual([newer, consoleImage]);
  });

  it('give way to a choice that somebody writes into .yo-rc.json', async () => {
    const [pin, choice] = [
      `docker.io/pgsty/silo:RELEASE.2099-01-01T00-00-00Z${digest}`,
      `ghcr.io/me/silo:1.0.0${digest}`,
    ];
    const folder = await withPins({ serverImage: pin });
    edit(folder, { '.yo-rc.json': (text) => text.replace('"pins"', `"serverImage": "${choice}", "pins"`) });
    expect(create(folder)).toMatchObject({ status: 0 });
    expect(from(folder, server)).toBe(choice);
    expect(stored(folder)).not.toHaveProperty('pins');
  });

  it.each([
    [{ serverImage: 'silo' }, '.yo-rc.json, "pins", "serverImage": "silo" must have a tag or a digest'],
    [{ consoleImage: 1 }, '.yo-rc.json, "pins", "consoleImage": 1 must'],
    ['silo', '.yo-rc.json can\'t be read: "pins" must be an object'],
  ])('that are damaged are named: %j', async (pins, message) => {
    const folder = await withPins(pins);
    expect(create(folder)).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
  });
});
