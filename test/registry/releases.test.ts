import { describe, expect, it } from 'vitest';
import { parseReference } from '../../src/registry/image-reference.ts';
import { releasesOf } from '../../src/registry/releases.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('an image reference', () => {
  it.each<[string, string, string, string | undefined, string | undefined]>([
    ['nginx:1.30.5', 'registry-1.docker.io', 'library/nginx', '1.30.5', undefined],
    ['pgsty/silo:a', 'registry-1.docker.io', 'pgsty/silo', 'a', undefined],
    ['docker.io/nginx:1', 'registry-1.docker.io', 'library/nginx', '1', undefined],
    [`docker.io/pgsty/silo:a@${digest}`, 'registry-1.docker.io', 'pgsty/silo', 'a', digest],
    [`ghcr.io/me/silo@${digest}`, 'ghcr.io', 'me/silo', undefined, digest],
    ['ghcr.io/a/b/c:1', 'ghcr.io', 'a/b/c', '1', undefined],
    ['localhost:5000/silo:1', 'localhost:5000', 'silo', '1', undefined],
    ['localhost/silo:1', 'localhost', 'silo', '1', undefined],
    ['registry:5000/silo:1', 'registry:5000', 'silo', '1', undefined],
  ])('%s', (text, host, repository, tag, pinnedDigest) => {
    expect(parseReference(text)).toMatchObject({ host, repository, tag, digest: pinnedDigest });
  });

  it.each(['', 'a b:1', '$' + '{BASE}', 'nginx:1@sha256:0', 'https://ghcr.io/a:1', '-x:..@'])('%j is none', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});

const releases = (text: string) => {
  const found = releasesOf(parseReference(text) ?? { name: '', host: '', repository: '', tag: '', digest: undefined });
  if (!found) throw new Error(`${text} has no releases`);
  return found;
};
const silo = 'docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z';
const nginx = 'docker.io/library/nginx:1.30.5-alpine-slim';
const date = (day: string, suffix = '') => `RELEASE.${day}T00-00-00Z${suffix}`;

describe('releases that replace the pinned one, newest first', () => {
  it.each<[string, string, string[], string[]]>([
    ['later dates', silo, [date('2026-10-01'), date('2026-11-01')], [date('2026-11-01'), date('2026-10-01')]],
    ['not older ones, nor the same', silo, [date('2026-09-16'), date('2026-09-15'), date('2025-12-31')], []],
    ['later on the same day', silo, ['RELEASE.2026-09-16T00-00-01Z'], ['RELEASE.2026-09-16T00-00-01Z']],
    [
      'not with a suffix',
      silo,
      [date('2026-10-01', '-distroless'), date('2026-10-01', '-cpuv1'), 'latest', 'edge'],
      [],
    ],
    ['not a date that is none', silo, ['RELEASE.2026-13-01T00-00-00Z', 'RELEASE.2026-10-01', 'RELEASE.zzzz'], []],
    [
      'with the suffix that is pinned',
      `ghcr.io/me/minio:${date('2026-09-16', '-distroless')}`,
      [date('2026-10-01'), date('2026-10-01', '-distroless')],
      [date('2026-10-01', '-distroless')],
    ],
    [
      'patches, by number',
      nginx,
      ['1.30.9-alpine-slim', '1.30.10-alpine-slim', '1.30.4-alpine-slim'],
      ['1.30.10-alpine-slim', '1.30.9-alpine-slim'],
    ],
    ['not of another variant', nginx, ['1.30.6', '1.30.6-alpine', '1.30.6-alpine3.22-slim', '1.30-alpine-slim'], []],
    ['not a pre-release', nginx, ['1.30.6-rc1-alpine-slim', '1.30.6-alpine-slim-rc1', '1.30.6-1-alpine-slim'], []],
    ['not of another branch', nginx, ['1.31.0-alpine-slim', '1.32.0-alpine-slim', '2.0.0-alpine-slim'], []],
    ['not with another prefix', nginx, ['v1.30.6-alpine-slim'], []],
    ['of any other image', 'quay.io/me/store:v2.4.1', ['v2.4.2', '2.4.3', 'v2.5.0'], ['v2.4.2']],
  ])('%s', (_, pinned, tags, expected) => {
    expect(releases(pinned).newer(tags)).toEqual(expected);
  });

  it.each(['latest', '1.30-alpine-slim', '1', 'stable-alpine-slim', 'RELEASE.latest', '2026-09-16', '1.2.3.4'])(
    'are not known for the tag %s',
    (tag) => {
      expect(releasesOf({ name: 'a', host: 'a', repository: 'a', tag, digest: undefined })).toBeUndefined();
    },
  );
});

describe('a later branch is only mentioned', () => {
  it.each<[string, string, string[], string | undefined]>([
    ['the newest with an even minor', nginx, ['1.32.0-alpine-slim', '1.32.1-alpine-slim'], '1.32.1-alpine-slim'],
    ['not nginx’s mainline', nginx, ['1.31.4-alpine-slim'], undefined],
    ['not the pinned branch, nor an older one', nginx, ['1.30.9-alpine-slim', '1.28.3-alpine-slim'], undefined],
    ['of a mirror', 'ghcr.io/me/nginx-unprivileged:1.30.5', ['1.31.0', '1.32.0'], '1.32.0'],
    ['from the mainline to the next stable branch', 'nginx:1.31.2', ['1.30.9', '1.32.0', '1.33.0'], '1.32.0'],
    ['any, of another image', 'quay.io/me/store:2.4.1', ['2.5.0', '3.1.0'], '3.1.0'],
    ['none where releases are dates', silo, [date('2027-01-01')], undefined],
  ])('%s', (_, pinned, tags, expected) => {
    expect(releases(pinned).laterBranch(tags)).toBe(expected);
  });
});

describe('release notes', () => {
  it.each([
    [silo, date('2026-10-26'), `https://github.com/pgsty/silo/releases/tag/${date('2026-10-26')}`],
    [
      'ghcr.io/me/silo:RELEASE.2026-09-16T00-00-00Z-x',
      date('2026-10-26', '-x'),
      `https://github.com/pgsty/silo/releases/tag/${date('2026-10-26')}`,
    ],
    ['ghcr.io/me/other:RELEASE.2026-09-16T00-00-00Z', date('2026-10-26'), undefined],
    [nginx, '1.30.7-alpine-slim', 'https://nginx.org/en/CHANGES-1.30'],
    ['quay.io/me/store:2.4.1', '2.4.2', undefined],
  ])('of %s', (pinned, tag, expected) => {
    expect(releases(pinned).notesOf(tag)).toBe(expected);
  });
});
