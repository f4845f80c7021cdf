import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newestImage } from '../../src/registry/newest-image.ts';
import { DockerRegistry, dockerRegistry } from '../support/images/docker-registry.ts';
import { Front, paged, type Rule, withToken } from '../support/images/front.ts';
import { needs } from '../support/needs.ts';

const now = new Date('2026-11-24T12:00:00Z');
const lookUp = { cooldown: 3, now };
const release = (day: string, suffix = '') => `RELEASE.${day}T00-00-00Z${suffix}`;
const old = release('2026-09-16');
const built = '2026-11-01T00:00:00Z';

describe('the newest image', needs(dockerRegistry), () => {
  let registry: DockerRegistry;
  const fronts: Front[] = [];
  let count = 0;

  beforeAll(async () => {
    registry = await DockerRegistry.start();
  });
  afterEach(() => {
    for (const front of fronts.splice(0)) front.stop();
  });
  afterAll(() => registry?.stop());

  /** An image name of its own. */
  const name = () => {
    count += 1;
    return `test/image-${count}`;
  };
  const at = (image: string, tag: string, digest?: string) =>
    `${registry.host}/${image}:${tag}${digest ? `@${digest}` : ''}`;
  const behind = async (...rules: Rule[]) => {
    let host = registry.host;
    for (const rule of rules) {
      const front = await Front.start(host, rule);
      fronts.push(front);
      host = front.host;
    }
    return host;
  };

  it('has the digest of the index, which stands for every platform', async () => {
    const image = name();
    await registry.push(image, [old]);
    const digest = await registry.push(image, [release('2026-10-26')], { content: 'new' });
    expect(await newestImage(at(image, old), lookUp)).toMatchObject({
      newest: at(image, release('2026-10-26'), digest),
      notes: [],
    });
  });

  it('of one platform alone has the digest of its manifest', async () => {
    const image = name();
    await registry.push(image, [old]);
    const digest = await registry.push(image, [release('2026-10-26')], { platforms: ['linux/amd64'] });
    expect((await newestImage(at(image, old), lookUp)).newest).toBe(at(image, release('2026-10-26'), digest));
  });

  it('is found among 300 tags on many pages, beside odd suffixes and pre-releases', async () => {
    const image = name();
    const tags = Array.from({ length: 297 }, (_, index) => `1.30.${index}-alpine-slim`);
    await registry.push(image, [...tags, '1.30.999-alpine', '1.30.999-alpine-slim-rc1', '1.30.999']);
    const digest = await registry.push(image, ['1.30.296-alpine-slim'], { built });
    const host = await behind(paged(7));
    const found = await newestImage(`${host}/${image}:1.30.5-alpine-slim`, lookUp);
    expect(found.newest).toBe(`${host}/${image}:1.30.296-alpine-slim@${digest}`);
    expect(fronts[0]?.count('/tags/list')).toBe(Math.ceil(300 / 7));
  });

  it('is read with a token, where the registry asks for one', async () => {
    const image = name();
    await registry.push(image, [old]);
    const digest = await registry.push(image, [release('2026-10-26')], { content: 'new' });
    const host = await behind(paged(1), withToken('let-me-in'));
    const found = await newestImage(`${host}/${image}:${old}`, lookUp);
    expect(found.newest).toBe(`${host}/${image}:${release('2026-10-26')}@${digest}`);
    expect(fronts[1]?.count('/token')).toBe(1);
  });

  it('is read once more with a new token, when the first one has expired', async () => {
    const image = name();
    await registry.push(image, [old]);
    let answered = 0;
    const forgetful: Rule = {
      before(request, response, url) {
        if (url.pathname !== '/token' && request.headers.authorization) answered += 1;
        const { before } = withToken(answered > 1 ? 'second' : 'first');
        return before?.(request, response, url) ?? false;
      },
    };
    const host = await behind(forgetful);
    const found = await newestImage(`${host}/${image}:${old}`, lookUp);
    expect(found.newest).toMatch(/@sha256:/);
    expect(fronts[0]?.count('/token')).toBe(2);
  });

  it('is the pinned one where nothing is newer', async () => {
    const image = name();
    const digest = await registry.push(image, [old, release('2025-01-01')]);
    const pinned = at(image, old, digest);
    expect(await newestImage(pinned, lookUp)).toMatchObject({ newest: pinned, notes: [], releaseNotes: undefined });
  });

  it('is the pinned tag with its digest, where the pin has none', async () => {
    const image = name();
    const digest = await registry.push(image, ['1.30.5'], { built: now.toISOString() });
    expect((await newestImage(at(image, '1.30.5'), lookUp)).newest).toBe(at(image, '1.30.5', digest));
  });

  it('is the pinned tag with another digest, where it was built anew', async () => {
    const image = name();
    const before = await registry.push(image, ['1.30.5-alpine-slim'], { built });
    const after = await registry.push(image, ['1.30.5-alpine-slim'], { built, content: 'moved' });
    expect(await newestImage(at(image, '1.30.5-alpine-slim', before), lookUp)).toMatchObject({
      newest: at(image, '1.30.5-alpine-slim', after),
      notes: [],
    });
  });

  it('a tag that is gone stays pinned, and the run says so', async () => {
    const image = name();
    await registry.push(image, ['1.29.0']);
    expect(await newestImage(at(image, '1.30.5'), lookUp)).toMatchObject({
      newest: at(image, '1.30.5'),
      notes: ['The registry has no tag 1.30.5 any more.'],
    });
  });

  describe('a release that is too young is held back', () => {
    it.each<[string, string, string, object, string]>([
      ['by the date in the tag', old, release('2026-11-22'), {}, '2026-11-22'],
      ['by the date of its build', '1.30.5', '1.30.6', { built: '2026-11-22T00:00:00Z' }, '2026-11-22'],
      ['by the date in the index', '1.30.5', '1.30.6', { built, annotated: '2026-11-23T00:00:00Z' }, '2026-11-23'],
    ])('%s', async (_, before, after, made, day) => {
      const image = name();
      const digest = await registry.push(image, [before], { built });
      const newer = await registry.push(image, [after], { ...made, content: 'new' });
      const found = await newestImage(at(image, before, digest), lookUp);
      expect(found.newest).toBe(at(image, before, digest));
      const why = `it is of ${day}, and a release must be 3 days old (--cooldown)`;
      expect(found.notes).toEqual([`${after} is held back: ${why}.`]);
      const taken = await newestImage(at(image, before, digest), { cooldown: 0, now });
      expect(taken).toMatchObject({ newest: at(image, after, newer), notes: [] });
    });

    it('for an older one that is not', async () => {
      const image = name();
      await registry.push(image, ['1.30.5', '1.30.6'], { built });
      const digest = await registry.push(image, ['1.30.6'], { built, content: 'six' });
      await registry.push(image, ['1.30.7'], { built: now.toISOString() });
      const found = await newestImage(at(image, '1.30.5'), lookUp);
      expect(found.newest).toBe(at(image, '1.30.6', digest));
      expect(found.notes).toHaveLength(1);
    });

    it('also where the pinned tag was built anew', async () => {
      const image = name();
      const before = await registry.push(image, ['1.30.5'], { built });
      await registry.push(image, ['1.30.5'], { built: now.toISOString() });
      const found = await newestImage(at(image, '1.30.5', before), lookUp);
      expect(found).toMatchObject({
        newest: at(image, '1.30.5', before),
        notes: [expect.stringContaining('1.30.5 was built anew, and is held back')],
      });
    });

    it('exactly as old as it must be: taken', async () => {
      const image = name();
      await registry.push(image, [old]);
      await registry.push(image, [release('2026-11-21')]);
      const noon = new Date('2026-11-24T00:00:00Z');
      const found = await newestImage(at(image, old), { cooldown: 3, now: noon });
      expect(found.newest).toContain(release('2026-11-21'));
    });

    it.each([['1970-01-01T00:00:00Z'], ['0001-01-01T00:00:00Z'], [undefined], ['soon']])(
      'not without a date: %s',
      async (date) => {
        const image = name();
        await registry.push(image, ['1.30.5']);
        const digest = await registry.push(image, ['1.30.6'], { ...(date && { built: date }), content: 'new' });
        expect((await newestImage(at(image, '1.30.5'), lookUp)).newest).toBe(at(image, '1.30.6', digest));
      },
    );
  });

  it.each([[['linux/arm64']], [['linux/arm64', 'windows/amd64']]])(
    'that is not for Render, but for %j, is held back',
    async (platforms) => {
      const image = name();
      const digest = await registry.push(image, [old]);
      await registry.push(image, [release('2026-10-26')], { platforms });
      expect(await newestImage(at(image, old, digest), lookUp)).toMatchObject({
        newest: at(image, old, digest),
        notes: [`${release('2026-10-26')} is held back: it has no image for linux/amd64, which Render runs.`],
      });
    },
  );

  it('a newer stable branch is only mentioned', async () => {
    const image = `${name()}/nginx`;
    const digest = await registry.push(image, ['1.30.5-alpine-slim', '1.31.2-alpine-slim', '1.32.0-alpine-slim']);
    expect(await newestImage(at(image, '1.30.5-alpine-slim', digest), lookUp)).toMatchObject({
      newest: at(image, '1.30.5-alpine-slim', digest),
      laterBranch: at(image, '1.32.0-alpine-slim'),
    });
  });
});

describe('an image is left alone, and no registry is asked, where', () => {
  it.each([
    ['it has only a digest', `nowhere.invalid/silo@sha256:${'a'.repeat(64)}`, 'it has no tag'],
    ['its tag moves by itself', 'nowhere.invalid/silo:latest', 'its tag latest is neither a date'],
    ['its tag is a branch', 'nowhere.invalid/nginx:1.30-alpine-slim', 'its tag 1.30-alpine-slim is neither'],
    ['it is a variable', '$' + '{BASE}', 'it is no image reference'],
  ])('%s', async (_, reference, why) => {
    expect(await newestImage(reference, lookUp)).toMatchObject({
      newest: undefined,
      leftAlone: expect.stringContaining(why),
    });
  });
});
