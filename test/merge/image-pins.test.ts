import { describe, expect, it } from 'vitest';
import { consoleImage, serverImage } from '../../src/answers/images.ts';
import { merge, texts } from '../update/support.ts';

const digest = (of: string) => `@sha256:${of.repeat(64)}`;
const silo = (release: string, of = 'f') => `docker.io/pgsty/silo:RELEASE.${release}T00-00-00Z${digest(of)}`;
const nginx = (tag: string, of = 'f') => `docker.io/library/nginx:${tag}${digest(of)}`;

const dockerfile = (path: string, image: string) =>
  (texts('current')[path] ?? '').replace(/^FROM .*/m, `FROM ${image}`);
const pin = (text: string) => /^FROM (.*)/m.exec(text)?.[1];

/** Merges a Dockerfile of which only the pin differs; a pin in words stands for what would be there without an edit. */
function settle(path: string, base: string, mine: string, theirs: string) {
  const { text, conflicts } = merge(path, {
    base: dockerfile(path, base),
    mine: dockerfile(path, mine),
    theirs: dockerfile(path, theirs),
  });
  return { pin: pin(text), conflicts };
}

describe('a pin that only one side changed', () => {
  it('is taken', () => {
    expect(settle('minio/Dockerfile', silo('2026-06-01'), silo('2026-06-01'), serverImage)).toEqual({
      pin: serverImage,
      conflicts: 0,
    });
    expect(settle('minio/Dockerfile', serverImage, silo('2026-12-24'), serverImage)).toEqual({
      pin: silo('2026-12-24'),
      conflicts: 0,
    });
  });
});

describe('a pin that only the user changed', () => {
  it('stays, although the pin is older', () => {
    expect(settle('minio/Dockerfile', serverImage, silo('2025-01-01'), serverImage)).toEqual({
      pin: silo('2025-01-01'),
      conflicts: 0,
    });
  });
});

describe('a pin that both changed', () => {
  it.each<[string, string, string, string, string]>([
    ['newer than the generated one: stays', 'minio', silo('2026-06-01'), silo('2026-12-24'), 'mine'],
    ['older than the generated one: raised', 'minio', silo('2026-06-01'), silo('2026-07-22'), 'theirs'],
    ['older than what it was: raised', 'minio', silo('2026-06-01'), silo('2025-01-01'), 'theirs'],
    ['newer patch of nginx: stays', 'console', nginx('1.30.3-alpine-slim'), nginx('1.30.6-alpine-slim'), 'mine'],
    [
      'newer by number, not by letters: stays',
      'console',
      nginx('1.30.3-alpine-slim'),
      nginx('1.30.10-alpine-slim'),
      'mine',
    ],
    ['another branch: stays', 'console', nginx('1.30.3-alpine-slim'), nginx('1.31.1-alpine-slim'), 'mine'],
    ['older: raised', 'console', nginx('1.30.3-alpine-slim'), nginx('1.30.4-alpine-slim'), 'theirs'],
    ['another variant: stays', 'console', nginx('1.30.3-alpine-slim'), nginx('1.29.0-alpine'), 'mine'],
    ['another image: stays', 'console', nginx('1.30.3-alpine-slim'), `ghcr.io/ours/nginx:1.0${digest('a')}`, 'mine'],
    ['another registry: stays', 'minio', silo('2026-06-01'), `registry.example.com:5000/silo:1${digest('a')}`, 'mine'],
    ['only a digest: stays', 'minio', silo('2026-06-01'), `docker.io/pgsty/silo${digest('a')}`, 'mine'],
    [
      'only a tag, newer: stays',
      'console',
      nginx('1.30.3-alpine-slim'),
      'docker.io/library/nginx:1.30.9-alpine-slim',
      'mine',
    ],
    [
      'only a tag, older: raised',
      'console',
      nginx('1.30.3-alpine-slim'),
      'docker.io/library/nginx:1.30.4-alpine-slim',
      'theirs',
    ],
    [
      'no version in the tag: stays',
      'console',
      nginx('1.30.3-alpine-slim'),
      'docker.io/library/nginx:stable-alpine-slim',
      'mine',
    ],
    [
      'a short name: stays, for nothing says that it is the same',
      'console',
      nginx('1.30.3-alpine-slim'),
      'nginx:1.30.4-alpine-slim',
      'mine',
    ],
    ['from the environment: stays', 'console', nginx('1.30.3-alpine-slim'), '$' + '{BASE}', 'mine'],
    [
      'a build stage with a name: the name stays',
      'console',
      nginx('1.30.3-alpine-slim'),
      `${nginx('1.30.6-alpine-slim')} AS web`,
      'mine',
    ],
  ])('%s', (_, folder, base, mine, winner) => {
    const path = `${folder}/Dockerfile`;
    const theirs = folder === 'minio' ? serverImage : consoleImage;
    expect(settle(path, base, mine, theirs)).toEqual({ pin: winner === 'mine' ? mine : theirs, conflicts: 0 });
  });

  it('the same release with another digest: a rebuild of the image that the user took stays', () => {
    const rebuilt = consoleImage.replace(/@.*/, digest('a'));
    expect(settle('console/Dockerfile', nginx('1.30.3-alpine-slim'), rebuilt, consoleImage)).toEqual({
      pin: rebuilt,
      conflicts: 0,
    });
  });

  it('raised, with edits beside it: both', () => {
    const path = 'console/Dockerfile';
    const added = (text: string) => text.replace(/^(FROM .*\n)/m, '$1RUN apk add --no-cache tzdata\n');
    const { text, conflicts } = merge(path, {
      base: dockerfile(path, nginx('1.30.3-alpine-slim')),
      mine: added(dockerfile(path, nginx('1.30.4-alpine-slim'))),
      theirs: dockerfile(path, consoleImage),
    });
    expect({ text, conflicts }).toEqual({ text: added(dockerfile(path, consoleImage)), conflicts: 0 });
  });

  it('for a platform: raised, and the platform stays', () => {
    const path = 'minio/Dockerfile';
    const forArm = (text: string) => text.replace('FROM ', 'FROM --platform=linux/arm64 ');
    const { text } = merge(path, {
      base: dockerfile(path, silo('2026-06-01')),
      mine: forArm(dockerfile(path, silo('2026-07-22'))),
      theirs: dockerfile(path, serverImage),
    });
    expect(text).toBe(forArm(dockerfile(path, serverImage)));
  });

  it('a second stage is none of our pins', () => {
    const path = 'minio/Dockerfile';
    const staged = (text: string) => `FROM alpine:3.22 AS certificates\nRUN apk add ca-certificates\n\n${text}`;
    const mine = staged(dockerfile(path, silo('2026-06-01')));
    const { text, conflicts } = merge(path, {
      base: dockerfile(path, silo('2026-06-01')),
      mine,
      theirs: dockerfile(path, serverImage),
    });
    expect(text).toBe(staged(dockerfile(path, serverImage)));
    expect(conflicts).toBe(0);
  });
});
