import { describe, expect, it } from 'vitest';
import { parseReference } from '../../src/registry/image-reference.ts';
import { releasesOf } from '../../src/registry/releases.ts';
import { date, laterBranches, newerReleases, nginx, silo } from './tags.ts';

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

describe('releases that replace the pinned one, newest first', () => {
  it.each(newerReleases)('%s', (_, pinned, tags, expected) => {
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
  it.each(laterBranches)('%s', (_, pinned, tags, expected) => {
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
