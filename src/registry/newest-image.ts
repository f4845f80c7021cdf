import { type Limits, limits, useProxy } from './http.ts';
import { type ImageReference, parseReference, pinned } from './image-reference.ts';
import { openRegistry, type Registry } from './registry.ts';
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
  const stopProxy = useProxy();
  try {
    return await search(image, openRegistry(image, lookUp.limits ?? limits), releases, lookUp);
  } finally {
    stopProxy();
  }
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
    const { digest, problem } = await judge(tag, registry, releases.dateOf(tag), lookUp);
    if (problem) found.notes.push(`${tag} is held back: ${problem}.`);
    else return { ...found, newest: pinned(name, tag, digest), releaseNotes: releases.notesOf(tag) };
  }
  return { ...found, ...(await sameRelease(image, tags.includes(now), registry, lookUp, found.notes)) };
}

/** Looks at one release, and says what stands against it. */
async function judge(tag: string, registry: Registry, dateOfTag: Date | undefined, lookUp: LookUp) {
  const early = dateOfTag && tooYoung(dateOfTag, lookUp);
  if (early) return { digest: '', problem: early };
  const digest = await registry.digestOf(tag);
  const { runsOnRender, built } = await registry.look(digest);
  if (!runsOnRender) return { digest, problem: 'it has no image for linux/amd64, which Render runs' };
  return { digest, problem: dateOfTag || !built ? undefined : tooYoung(built, lookUp) };
}

/** The pinned release itself: its tag may be built anew, for example on a newer base image, and a pin may lack the digest. */
async function sameRelease(
  { name, tag = '', digest }: ImageReference,
  isListed: boolean,
  registry: Registry,
  lookUp: LookUp,
  notes: string[],
): Promise<Pick<NewestImage, 'newest' | 'notes'>> {
  const asItIs = digest ? pinned(name, tag, digest) : `${name}:${tag}`;
  if (!isListed) return { newest: asItIs, notes: [...notes, `The registry has no tag ${tag} any more.`] };
  const served = await registry.digestOf(tag);
  if (served === digest) return { newest: asItIs, notes };
  const { problem } = await judge(tag, registry, undefined, digest ? lookUp : { ...lookUp, cooldown: 0 });
  if (problem) return { newest: asItIs, notes: [...notes, `${tag} was built anew, and is held back: ${problem}.`] };
  return { newest: pinned(name, tag, served), notes };
}

/**
 * What stands against a release because of its age. The date is the one in the tag, or else the one that the builder has
 * put into the index (`org.opencontainers.image.created`) or the image's configuration (`created`): the distribution API
 * does not tell when something was pushed. A release without a date is not held back, for it would be for ever.
 */
function tooYoung(date: Date, { cooldown, now = new Date() }: LookUp): string | undefined {
  if (now.getTime() - date.getTime() >= cooldown * day) return undefined;
  return `it is of ${date.toISOString().slice(0, 10)}, and a release must be ${cooldown} days old (--cooldown)`;
}
