import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inMarkdown, type LookedUpPin, lookUpPins, withNewest, withNotes } from '../../scripts/newest-pins.ts';
import * as images from '../../src/answers/images.ts';
import { changesBetween } from '../../src/update/changelog.ts';
import { DockerRegistry, digestOf, dockerRegistry } from '../support/images/docker-registry.ts';
import { needs } from '../support/needs.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const lookUp = { cooldown: 3, now: new Date('2026-11-24T12:00:00Z') };
const old = 'RELEASE.2026-09-16T00-00-00Z';
const newest = 'RELEASE.2026-10-26T00-00-00Z';
const tooYoung = 'RELEASE.2026-11-23T00-00-00Z';

describe('the pins of this project', needs(dockerRegistry), () => {
  let registry: DockerRegistry;
  let text: string;
  let digests: Record<'server' | 'console', string>;
  let pins: LookedUpPin[];

  beforeAll(async () => {
    registry = await DockerRegistry.start();
    await registry.push('pgsty/silo', [old, tooYoung]);
    const built = '2026-11-01T00:00:00Z';
    digests = {
      server: await registry.push('pgsty/silo', [newest], { content: 'new' }),
      console: await registry.push('library/nginx', ['1.30.5-alpine-slim', '1.32.0-alpine-slim'], { built }),
    };
    // images.ts as it is, with this registry.
    text = read('src/answers/images.ts').replaceAll('docker.io/', `${registry.host}/`);
    pins = await lookUpPins(text, lookUp);
  });
  afterAll(() => registry?.stop());

  it('are both found in images.ts', () => {
    const found = pins.map(({ pinned }) => pinned.replace(registry.host, 'docker.io'));
    expect(found).toEqual([images.serverImage, images.consoleImage]);
  });

  it('become the newest releases by tag and digest, and nothing else in the file changes', () => {
    const server = `${registry.host}/pgsty/silo:${newest}@${digests.server}`;
    const console = `${registry.host}/library/nginx:1.30.5-alpine-slim@${digests.console}`;
    const [oldServer = '', oldConsole = ''] = pins.map(({ pinned }) => pinned);
    expect(withNewest(text, pins)).toBe(text.replace(oldServer, server).replace(oldConsole, console));
  });

  it('are up to date after that', async () => {
    const changed = withNewest(text, pins);
    const again = await lookUpPins(changed, lookUp);
    expect(withNewest(changed, again)).toBe(changed);
    expect(withNotes(read('CHANGELOG.md'), again)).toBe(read('CHANGELOG.md'));
  });

  it('are described with the release notes, what is held back, and what a person has to decide about', () => {
    const markdown = inMarkdown(pins).replaceAll(registry.host, 'docker.io');
    expect(markdown).toContain(`- \`docker.io/pgsty/silo\`: \`${old}\` → \`${newest}\`\n`);
    expect(markdown).toContain(`  - Release notes: https://github.com/pgsty/silo/releases/tag/${newest}\n`);
    expect(markdown).toContain(`  - ${tooYoung} is held back: it is of 2026-11-23`);
    expect(markdown).toContain('- `docker.io/library/nginx`: `1.30.5-alpine-slim`, built anew\n');
    expect(markdown).toContain('`docker.io/library/nginx:1.32.0-alpine-slim` is of a later branch');
  });
});

/** An image that has a newer release. */
const newer = (tag: string, digest: string): LookedUpPin => ({
  pinned: `docker.io/pgsty/silo:${old}@${digestOf('old')}`,
  newest: `docker.io/pgsty/silo:${tag}@${digestOf(digest)}`,
  leftAlone: undefined,
  notes: [],
  laterBranch: undefined,
  releaseNotes: `https://github.com/pgsty/silo/releases/tag/${tag}`,
});
const line = (tag: string) =>
  `- \`docker.io/pgsty/silo\` is pinned at \`${tag}\` ([release notes](https://github.com/pgsty/silo/releases/tag/${tag})).`;

it('a pin that can not be looked up stays, and the reason is told', () => {
  const pin = { ...newer(newest, 'new'), newest: undefined, releaseNotes: undefined, leftAlone: 'it has no tag' };
  const text = `export const serverImage =\n  '${pin.pinned}';\n`;
  expect(withNewest(text, [pin])).toBe(text);
  expect(inMarkdown([pin])).toBe('- `docker.io/pgsty/silo` is left alone: it has no tag.');
});

describe('the changelog', () => {
  it('says under "Generated repository" what is pinned now', () => {
    const changelog =
      '# Changelog\n\n## [Unreleased]\n\n### Generated repository\n\n- Else.\n\n## [0.1.0] - 2026-09-20\n';
    const noted = withNotes(changelog, [newer(newest, 'new')]);
    expect(noted).toBe(changelog.replace('- Else.', `${line(newest)}\n- Else.`));
    const released = noted.replace('[Unreleased]', '[0.2.0] - 2026-11-30');
    expect(changesBetween(released, '0.1.0', '0.2.0')).toEqual([line(newest), '- Else.']);
  });

  it('gets that heading where nothing has changed yet', () => {
    const changelog = '# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-09-20\n\n- This.\n';
    expect(withNotes(changelog, [newer(newest, 'new')])).toBe(
      `# Changelog\n\n## [Unreleased]\n\n### Generated repository\n\n${line(newest)}\n\n## [0.1.0] - 2026-09-20\n\n- This.\n`,
    );
  });

  it('has one line for an image that was bumped twice before a release', () => {
    const changelog = '# Changelog\n\n## [Unreleased]\n';
    const twice = withNotes(withNotes(changelog, [newer(newest, 'new')]), [newer(tooYoung, 'newer')]);
    expect(twice).toContain(line(tooYoung));
    expect(twice).not.toContain(line(newest));
  });

  it('stays as it is where nothing is newer', () => {
    const pin = newer(newest, 'new');
    expect(
      withNotes('# Changelog\n', [
        { ...pin, newest: pin.pinned },
        { ...pin, newest: undefined },
      ]),
    ).toBe('# Changelog\n');
  });

  it('without a section for the next release is refused', () => {
    expect(() => withNotes('# Changelog\n\n## [0.1.0]\n', [newer(newest, 'new')])).toThrow('[Unreleased]');
  });
});
