import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { resolveAnswers } from '../../src/answers/resolve-answers.ts';
import { generateFiles } from '../../src/templates/generate-files.ts';
import { makeCertificate } from '../render-simulator/certificate.ts';
import { DockerRegistry, dockerRegistry } from '../support/images/docker-registry.ts';
import { Front, type Rule } from '../support/images/front.ts';
import { TunnelProxy } from '../support/images/proxy.ts';
import { needs, program } from '../support/needs.ts';
import { type Dependency, digestFor, lookUp, type Proposal, Renovate, validate } from '../support/renovate.ts';
import { templates } from '../support/templates.ts';
import { date, laterBranches, newerReleases, nginx, silo } from './tags.ts';

// The first test installs Renovate: 360 MB, a minute.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

const day = 24 * 60 * 60 * 1000;
const ago = (days: number) => new Date(Date.now() - days * day).toISOString();
const digest = `sha256:${'a'.repeat(64)}`;
const server = 'minio/Dockerfile';
const console = 'console/Dockerfile';

/** A generated repository's files by path, and the copies of them that it keeps. */
function generated(images: { serverImage?: string; consoleImage?: string } = {}): Map<string, string> {
  const flags = { ...images, updates: 'renovate' };
  const answers = resolveAnswers({ prompted: {}, flags, edited: {}, stored: {}, folder: 'my-storage' });
  const files = [...generateFiles(answers, templates)].map(([path, { contents }]) => [path, contents] as const);
  const copies = files.map(([path, text]) => [`.minio-stack/base/${path}`, text] as const);
  return new Map([...files, ...copies]);
}

const config = generated().get('renovate.json') ?? '';

function onDisk(files: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('the generated renovate.json', () => {
  it('is one that Renovate takes, with no warning and nothing to migrate', async () => {
    const { code, stdout, stderr } = await validate(onDisk(generated()));
    expect(stdout + stderr).toContain('Config validated successfully against 1 file(s)');
    expect(code).toBe(0);
  });

  it('has regular expressions that RE2 knows, which Renovate uses where it can', () => {
    expect(config).not.toMatch(/\(\?<?[=!]|\\\\[1-9k]/);
  });

  it('says nothing about other dependencies but what Renovate’s own first pull request says', () => {
    const { $schema, packageRules, ...others }: { $schema: string; packageRules: { matchFileNames: string[] }[] } =
      JSON.parse(config);
    expect(others).toEqual({ extends: ['config:recommended'] });
    const named = packageRules.flatMap(({ matchFileNames }) => matchFileNames);
    expect(new Set(named)).toEqual(new Set([server, console, '.minio-stack/**']));
  });
});

describe('Renovate with the generated renovate.json', () => {
  let renovate: Renovate;
  beforeAll(async () => {
    renovate = await Renovate.load(config);
  });
  afterAll(() => {
    vi.useRealTimers();
  });

  const fileOf = (image: string) => (/RELEASE|store/.test(image) ? server : console);
  const propose = (image: string, tags: string[], releaseTimestamp = '2026-08-01T00:00:00Z') => {
    const [, tag = ''] = /:([^:@]+)$/.exec(image) ?? [];
    const releases = [tag, ...tags].map((version) => ({ version, releaseTimestamp }));
    return renovate.propose(fileOf(image), `${image}@${digest}`, releases);
  };
  const newTags = (proposals: Proposal[], dependencyDashboardApproval: boolean) =>
    proposals
      .filter(
        (each) => each.updateType !== 'digest' && each.dependencyDashboardApproval === dependencyDashboardApproval,
      )
      .map(({ newValue }) => newValue);

  describe('proposes by itself the newest of the releases that --newest-images takes', () => {
    /** Renovate compares five numbers at most, so no minutes; to it, v2.4.3 and 2.4.3 are the same. */
    const otherwise = new Map([
      ['a second later', []],
      ['of any other image', ['2.4.3']],
    ]);

    it.each(newerReleases)('%s', async (name, pinned, tags, expected) => {
      expect(newTags(await propose(pinned, tags), false)).toEqual(otherwise.get(name) ?? expected.slice(0, 1));
    });
  });

  describe('proposes a later branch as a pull request of its own, once somebody asks for it', () => {
    /** Here only the newest is mentioned. */
    const otherwise = new Map([['any, of another image', ['2.5.0', '3.1.0']]]);

    it.each(laterBranches)('%s', async (name, pinned, tags, expected) => {
      expect(newTags(await propose(pinned, tags), true)).toEqual(otherwise.get(name) ?? [expected].filter(Boolean));
    });

    it('beside a patch release of this branch', async () => {
      const proposals = await propose(nginx, ['1.30.6-alpine-slim', '1.32.0-alpine-slim', '1.33.0-alpine-slim']);
      expect(newTags(proposals, false)).toEqual(['1.30.6-alpine-slim']);
      expect(newTags(proposals, true)).toEqual(['1.32.0-alpine-slim']);
    });
  });

  it.each([
    [silo, date('2027-01-01'), `Update docker.io/pgsty/silo Docker tag to ${date('2027-01-01')}`],
    [nginx, '1.30.6-alpine-slim', 'Update docker.io/library/nginx Docker tag to v1.30.6'],
  ])('pins what it proposes by digest, and names the release: %s', async (image, tag, title) => {
    const [proposal] = await propose(image, [tag]);
    expect(proposal).toMatchObject({ prTitle: title, newDigest: digestFor(tag) });
  });

  it.each([silo, nginx])('proposes the same release where its tag was built anew: %s', async (image) => {
    const [proposal, ...others] = await propose(image, []);
    expect(proposal).toMatchObject({ updateType: 'digest', dependencyDashboardApproval: false });
    expect(others).toEqual([]);
  });

  describe('waits until a release is three days old', () => {
    const cases = [
      [silo, date('2026-10-26')],
      [nginx, '1.30.6-alpine-slim'],
    ];
    it.each(cases)('%s', async (image, tag) => {
      const [young] = await propose(image, [tag], ago(2.9));
      const [old] = await propose(image, [tag], ago(3.1));
      expect(young).toMatchObject({ newValue: tag, pendingChecks: true });
      expect(old).toMatchObject({ newValue: tag });
      expect(old).not.toHaveProperty('pendingChecks', true);
    });

    it('as Docker Hub tells, which tells it of every tag', async () => {
      const [proposal] = await renovate.propose(console, `${nginx}@${digest}`, [
        { version: '1.30.5-alpine-slim' },
        { version: '1.30.6-alpine-slim' },
      ]);
      expect(proposal).toMatchObject({ newValue: '1.30.6-alpine-slim', pendingChecks: true });
    });

    it('but for no date that a registry does not tell', async () => {
      const [proposal] = await renovate.propose(server, `ghcr.io/me/silo:${date('2026-09-16')}@${digest}`, [
        { version: date('2026-09-16') },
        { version: date('2026-10-26') },
      ]);
      expect(proposal).toMatchObject({ newValue: date('2026-10-26') });
      expect(proposal).not.toHaveProperty('pendingChecks', true);
    });
  });

  it.each([silo, nginx])('works on Mondays: %s', async (image) => {
    const [proposal] = await propose(image, []);
    if (!proposal) throw new Error('nothing is proposed');
    // A week from Sunday on.
    const days = [0, 1, 2, 3, 4, 5, 6].map((index) => {
      vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 10, 22 + index, 12) });
      return renovate.isScheduledNow(proposal);
    });
    vi.useRealTimers();
    expect(days).toEqual([false, true, false, false, false, false, false]);
  });

  describe('reads tags of Silo as dates', () => {
    const versioning = () => {
      const rules: { versioning?: string }[] = JSON.parse(config).packageRules;
      const [name = '', ...others] = rules.flatMap((rule) => rule.versioning ?? []);
      expect(others).toEqual([]);
      return renovate.versioning(name);
    };

    it.each<[string, string, boolean]>([
      ['later in the month', date('2026-09-17'), true],
      ['later in the year', date('2026-10-01'), true],
      ['later in the day', 'RELEASE.2026-09-16T09-00-00Z', true],
      ['in a later year', date('2027-01-01'), true],
      ['the same', date('2026-09-16'), false],
      ['earlier', date('2026-08-31'), false],
      ['of an earlier year', date('2025-12-31'), false],
    ])('%s', (_, tag, isNewer) => {
      expect(versioning().isVersion(tag)).toBe(true);
      expect(versioning().isStable(tag)).toBe(true);
      expect(versioning().isCompatible(tag, date('2026-09-16'))).toBe(true);
      expect(versioning().isGreaterThan(tag, date('2026-09-16'))).toBe(isNewer);
    });

    it.each(['-distroless', '.fips', '-rc.1', '-cpuv1', '_1'])('with the suffix %s is another image', (suffix) => {
      expect(versioning().isCompatible(date('2026-10-01', suffix), date('2026-09-16'))).toBe(false);
      expect(versioning().isCompatible(date('2026-09-16'), date('2026-10-01', suffix))).toBe(false);
    });

    it.each(['latest', 'edge', 'RELEASE.2026-13-01T00-00-00Z', 'RELEASE.2026-10-32T00-00-00Z', 'RELEASE.2026-10-01'])(
      '%s is none',
      (tag) => {
        expect(versioning().isVersion(tag)).toBe(false);
      },
    );
  });
});

describe('Renovate, run on a generated repository', needs(dockerRegistry, program('openssl')), () => {
  const old = '2026-08-01T00:00:00Z';
  let registry: DockerRegistry;
  let front: Front;
  let proxy: TunnelProxy;
  let env: Record<string, string>;
  /** What hub.docker.com tells of the tags, which a registry does not tell. */
  const told = new Map<string, object[]>();

  beforeAll(async () => {
    const { caFile, ...tls } = await makeCertificate(['hub.docker.com', 'index.docker.io', 'ghcr.io']);
    registry = await DockerRegistry.start();
    front = await Front.start(registry.host, { before: hub }, tls);
    proxy = await TunnelProxy.start(front.host);
    env = { HTTPS_PROXY: proxy.address, HTTP_PROXY: proxy.address, NODE_EXTRA_CA_CERTS: caFile };
  });
  afterAll(() => {
    proxy?.stop();
    front?.stop();
    registry?.stop();
  });

  /** Docker Hub's own API, with which Renovate lists tags. */
  function hub(...[, response, { pathname }]: Parameters<NonNullable<Rule['before']>>): boolean {
    const [, repository] = /^\/v2\/repositories\/(.+)\/tags$/.exec(pathname) ?? [];
    if (!repository) return false;
    const results = told.get(repository) ?? [];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ count: results.length, next: null, results }));
    return true;
  }

  /** Pushes an image for each tag; returns the digest of the last. */
  async function push(repository: string, pushed: string, tags: string[]): Promise<string> {
    let digest = '';
    const known = told.get(repository) ?? [];
    for (const name of tags) {
      digest = await registry.push(repository, [name], { content: `${repository}:${name}` });
      known.push({ id: known.length, name, last_updated: pushed, tag_last_pushed: pushed, digest, images: [] });
    }
    told.set(repository, known);
    return digest;
  }

  const updates = (found: Dependency[], file: string) =>
    found
      .find(({ packageFile }) => packageFile === file)
      ?.updates.filter(({ pendingChecks }) => !pendingChecks)
      .map(({ updateType, newValue }) => [updateType, newValue]);

  it('proposes for each image on Docker Hub what is newest, old enough and of the same kind', async () => {
    const [, , tagged = ''] = /^(.+):(.+)$/.exec(silo) ?? [];
    const silos = [tagged, ...['2026-08-20', '2027-13-01'].map((each) => date(each)), 'latest'];
    const suffixed = ['-distroless', '.fips', '-rc.1'].map((suffix) => date('2027-01-06', suffix));
    await push('pgsty/silo', old, [...silos.slice(1), ...suffixed]);
    const pinnedSilo = await push('pgsty/silo', old, [tagged]);
    const newSilo = await push('pgsty/silo', old, [date('2026-10-26')]);
    await push('pgsty/silo', ago(1), [date('2026-11-20')]);

    const variants = ['1.30.11', '1.30.11-alpine', '1.30.11-rc1-alpine-slim', '1.30-alpine-slim', 'latest'];
    const numbers = ['1.30.4', '1.30.6', '1.31.4', '1.32.0', '1.32.1', '1.33.0'];
    await push('library/nginx', old, [...variants, ...numbers.map((number) => `${number}-alpine-slim`)]);
    const pinnedNginx = await push('library/nginx', old, ['1.30.5-alpine-slim']);
    const newNginx = await push('library/nginx', old, ['1.30.10-alpine-slim']);
    await push('library/nginx', ago(1), ['1.30.12-alpine-slim']);

    const files = generated({ serverImage: `${silo}@${pinnedSilo}`, consoleImage: `${nginx}@${pinnedNginx}` });
    const { dependencies: found, problems } = await lookUp(
      onDisk(files.set('website/Dockerfile', `FROM ${nginx}\n`)),
      env,
    );

    expect(problems).toEqual([]);
    expect(new Set(proxy.tunnels)).toEqual(new Set(['hub.docker.com:443', 'index.docker.io:443']));
    expect(updates(found, server)).toEqual([['patch', date('2026-10-26')]]);
    expect(updates(found, console)).toEqual([
      ['patch', '1.30.10-alpine-slim'],
      ['minor', '1.32.1-alpine-slim'],
    ]);
    const all = found.flatMap((dependency) => dependency.updates);
    expect(all.find(({ newValue }) => newValue === date('2026-10-26'))?.newDigest).toBe(newSilo);
    expect(all.find(({ newValue }) => newValue === '1.30.10-alpine-slim')?.newDigest).toBe(newNginx);
    // Somebody else's file: nothing of ours.
    expect(updates(found, 'website/Dockerfile')).toEqual([['minor', '1.33.0-alpine-slim']]);
    const copies = found.filter(({ packageFile }) => packageFile.startsWith('.minio-stack/'));
    expect(copies.map(({ skipReason, updates: { length } }) => [skipReason, length])).toEqual([
      ['disabled', 0],
      ['disabled', 0],
    ]);
  });

  it('proposes the same for a mirror, pins what is not pinned, and stays on a mainline that somebody chose', async () => {
    await push('me/silo', old, [date('2026-09-16'), date('2026-10-26'), date('2026-10-27', '-distroless')]);
    await push('library/nginx', old, ['1.31.2-alpine-slim']);
    const serverImage = `ghcr.io/me/silo:${date('2026-09-16')}@${digest}`;
    const folder = onDisk(generated({ serverImage, consoleImage: 'docker.io/library/nginx:1.31.2-alpine-slim' }));
    const { dependencies: found, problems } = await lookUp(folder, env);
    expect(problems.filter((problem) => !problem.includes('did not have a releaseTimestamp'))).toEqual([]);
    expect(updates(found, server)).toEqual([
      ['patch', date('2026-10-26')],
      ['digest', date('2026-09-16')],
    ]);
    expect(updates(found, console)).toEqual([
      ['patch', '1.31.4-alpine-slim'],
      ['minor', '1.32.1-alpine-slim'],
      ['pinDigest', '1.31.2-alpine-slim'],
    ]);
  });
});
