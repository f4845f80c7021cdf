import type { ImageReference } from './image-reference.ts';

/** How the tags of an image tell its releases apart. It follows from the tag that is pinned now. */
export interface Releases {
  /** The releases that can replace the pinned one by themselves, newest first. */
  newer(tags: string[]): string[];
  /** The newest release of a later branch. Somebody has to decide about it: it may change more than bugs. */
  laterBranch(tags: string[]): string | undefined;
  /** When the tag says that the release was made. */
  dateOf(tag: string): Date | undefined;
  /** Where to read what a release changes; undefined where nobody knows. */
  notesOf(tag: string): string | undefined;
}

/**
 * How to find newer releases of an image.
 * @returns undefined where the tag tells no release, like `latest` or `1.30`: such a tag moves by itself
 */
export const releasesOf = ({ repository, tag }: ImageReference): Releases | undefined =>
  datedReleases(repository, tag ?? '') ?? numberedReleases(repository, tag ?? '');

/** Silo, and MinIO before it: `RELEASE.<date>Z`, and the same suffix as now, which is none for the classic image. */
function datedReleases(repository: string, pinned: string): Releases | undefined {
  const suffix = dated(pinned)?.suffix;
  if (suffix === undefined) return undefined;
  const dateOf = (tag: string) => dated(tag)?.date;
  return {
    newer: (tags) =>
      tags
        .filter((tag) => dated(tag)?.suffix === suffix && tag > pinned)
        .sort()
        .reverse(),
    laterBranch: () => undefined,
    dateOf,
    notesOf: (tag) =>
      lastOf(repository) === 'silo'
        ? `https://github.com/pgsty/silo/releases/tag/${tag.slice(0, tag.length - suffix.length)}`
        : undefined,
  };
}

function dated(tag: string): { date: Date; suffix: string } | undefined {
  const shape = /^RELEASE\.(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z([-._]\S+)?$/;
  const [, day, hour, minute, second, suffix = ''] = shape.exec(tag) ?? [];
  const date = new Date(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : { date, suffix };
}

interface Version {
  numbers: number[];
  /** What stands before and after the numbers: only tags that agree in both are of the same variant. */
  variant: string;
}

/**
 * `1.30.5-alpine-slim`: patch releases of the same branch and variant. A later branch is only mentioned. For nginx that is
 * one with an even minor number: odd ones are its mainline (nginx.org, "download").
 */
function numberedReleases(repository: string, pinned: string): Releases | undefined {
  const now = numbered(pinned);
  if (!now) return undefined;
  const isNginx = /^nginx(-|$)/.test(lastOf(repository));
  const branch = ({ numbers }: Version) => numbers.slice(0, 2);
  const later = (tags: string[], isWanted: (version: Version) => boolean) =>
    tags
      .flatMap((tag) => {
        const version = numbered(tag);
        return version && version.variant === now.variant && isWanted(version) ? [{ tag, version }] : [];
      })
      .sort((a, b) => compare(b.version.numbers, a.version.numbers))
      .map(({ tag }) => tag);
  return {
    newer: (tags) =>
      later(
        tags,
        (version) => compare(branch(version), branch(now)) === 0 && compare(version.numbers, now.numbers) > 0,
      ),
    laterBranch: (tags) =>
      later(
        tags,
        (version) => compare(branch(version), branch(now)) > 0 && (!isNginx || (version.numbers[1] ?? 0) % 2 === 0),
      )[0],
    dateOf: () => undefined,
    notesOf: (tag) =>
      isNginx ? `https://nginx.org/en/CHANGES-${numbered(tag)?.numbers.slice(0, 2).join('.')}` : undefined,
  };
}

function numbered(tag: string): Version | undefined {
  const [, prefix = '', major, minor, patch, suffix = ''] =
    /^(v?)(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-[A-Za-z]\S*)?$/.exec(tag) ?? [];
  return patch === undefined
    ? undefined
    : { numbers: [major, minor, patch].map(Number), variant: `${prefix}…${suffix}` };
}

/** Negative if `a` is the lower version. */
function compare(a: number[], b: number[]): number {
  const differing = a.findIndex((number, index) => number !== b[index]);
  return differing === -1 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}

const lastOf = (repository: string): string => repository.split('/').at(-1) ?? '';
