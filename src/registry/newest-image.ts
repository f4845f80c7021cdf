import { type Limits, limits } from './http.ts';
import { type ImageReference, parseReference, pinned } from './image-reference.ts';
import { Registry } from './registry.ts';
import { type Releases, releasesOf } from './releases.ts';

/** What a registry knows of an image that is pinned now. */
export interface NewestImage {
  /** The reference to pin, by tag and digest; undefined where the image is left alone. */
  newest: string | undefined;
  /** Why the image is left alone, as a clause about it. */
  leftAlone: string | undefined;
  /** What else somebody should know: releases that are not taken yet, a tag that is gone. Sentences. */
  notes: string[];
  /** The newest release of a later branch, as a reference by tag. */
  laterBranch: string | undefined;
  /** Where to read what the newest release changes. */
  releaseNotes: string | undefined;
}

export interface LookUp {
  /** Days that a release must be old. */
  cooldown: number;
  /** Defaults to the present. */
  now?: Date;
  limits?: Limits;
}

const day = 24 * 60 * 60 * 1000;

/**
 * Looks up the newest release of an image in its registry.
 * @param reference the image as it is pinned now; its tag tells which other tags are releases of the same kind
 * @throws {StackError} when the registry can't be asked
 */
export async function newestImage(reference: string, lookUp: LookUp): Promise<NewestImage> {
  const image = parseReference(reference);
  if (!image) return leftAlone('it is no image reference');
  if (!image.tag) return leftAlone('it has no tag, so nothing tells which release is newer');
  const releases = releasesOf(image);
  if (!releases)
    return leftAlone(
      `its tag ${image.tag} is neither a date (RELEASE.…Z) nor three numbers (1.30.5), but may move by itself`,
    );
  return search(image, new Registry(image, lookUp.limits ?? limits), releases, lookUp);
}

const leftAlone = (why: string): NewestImage => ({
  newest: undefined,
  leftAlone: why,
  notes: [],
  laterBranch: undefined,
  releaseNotes: undefined,
});

async function search(
  image: ImageReference,
  registry: Registry,
  releases: Releases,
  lookUp: LookUp,
): Promise<NewestImage> {
  const { name, tag: now = '' } = image;
  const tags = await registry.tags();
  const laterTag = releases.laterBranch(tags);
  const found: NewestImage = {
    newest: undefined,
    leftAlone: undefined,
    notes: [],
    laterBranch: laterTag && `${name}:${laterTag}`,
    releaseNotes: undefined,
  };
  for (const tag of releases.newer(tags)) {
    const date = releases.dateOf(tag);
    // A date in the tag spares the questions about a release that is too young.
    const early = date && tooYoung(date, lookUp);
    const digest = early ? '' : await registry.digestOf(tag);
    const problem = early ?? (await problemOf(digest, registry, date ? { ...lookUp, cooldown: 0 } : lookUp));
    if (problem) found.notes.push(`${tag} is held back: ${problem}.`);
    else return { ...found, newest: pinned(name, tag, digest), releaseNotes: releases.notesOf(tag) };
  }
  if (!tags.includes(now)) found.notes.push(`The registry has no tag ${now} any more.`);
  return tags.includes(now) ? sameRelease(image, registry, lookUp, found) : { ...found, newest: referenceOf(image) };
}

/** The pinned release itself: its tag may be built anew, for example on a newer base image, and a pin may lack the digest. */
async function sameRelease(image: ImageReference, registry: Registry, lookUp: LookUp, found: NewestImage) {
  const { name, tag = '', digest } = image;
  const served = await registry.digestOf(tag);
  if (served === digest) return { ...found, newest: referenceOf(image) };
  const problem = await problemOf(served, registry, digest ? lookUp : { ...lookUp, cooldown: 0 });
  if (!problem) return { ...found, newest: pinned(name, tag, served) };
  found.notes.push(`${tag} ${digest ? 'was built anew, and ' : ''}is held back: ${problem}.`);
  return { ...found, newest: referenceOf(image) };
}

const referenceOf = ({ name, tag = '', digest }: ImageReference): string =>
  digest ? pinned(name, tag, digest) : `${name}:${tag}`;

/** What stands against an image. */
async function problemOf(digest: string, registry: Registry, lookUp: LookUp): Promise<string | undefined> {
  const { runsOnRender, built } = await registry.look(digest);
  if (!runsOnRender) return 'it has no image for linux/amd64, which Render runs';
  return built && tooYoung(built, lookUp);
}

/**
 * What stands against a release because of its age. The date is the one in the tag, or else the one that the builder has
 * put into the index (`org.opencontainers.image.created`) or the image's configuration (`created`): the distribution API
 * does not tell when something was pushed. A build's date can be older than the push: Docker's official images have the
 * date of the last change of their Dockerfile. A release without a date is not held back, for it would be for ever.
 */
function tooYoung(date: Date, { cooldown, now = new Date() }: LookUp): string | undefined {
  if (now.getTime() - date.getTime() >= cooldown * day) return undefined;
  return `it is of ${date.toISOString().slice(0, 10)}, and a release must be ${cooldown} days old (--cooldown)`;
}
