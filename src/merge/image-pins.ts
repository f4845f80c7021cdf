/**
 * Pinned image references in a Dockerfile. A newer pin that somebody set, or Renovate, is not turned back; an older one
 * is raised; another image is the user's own choice and stays.
 */

const from = /^FROM +(?:--platform=\S+ +)?(\S+)/gm;

/**
 * Settles the pin of three versions of a Dockerfile, so that it can't be a conflict.
 * @returns the same versions with the pin that wins in all three, or unchanged where there is nothing to settle
 */
export function settlePins<Sides extends { base: string; mine: string; theirs: string }>(sides: Sides): Sides {
  const name = parse(pins(sides.base).at(-1) ?? '')?.name;
  const [base, mine, theirs] = [sides.base, sides.mine, sides.theirs].map(
    (text) => pins(text)[indexOfOurs(text, name)],
  );
  if (!base || !mine || !theirs || mine === base) return sides;
  const winner = isOlder(mine, theirs) ? theirs : mine;
  const settled = (text: string) => withPin(text, indexOfOurs(text, name), winner);
  return { ...sides, base: settled(sides.base), mine: settled(sides.mine), theirs: settled(sides.theirs) };
}

const pins = (dockerfile: string) => [...dockerfile.matchAll(from)].map((match) => match[1] ?? '');

/** A user may have put build stages in front: ours is the one with the image's name, else the stage that runs, the last. */
function indexOfOurs(dockerfile: string, name: string | undefined): number {
  const all = pins(dockerfile);
  const same = all.findIndex((reference) => parse(reference)?.name === name);
  return same === -1 ? all.length - 1 : same;
}

function withPin(dockerfile: string, index: number, pin: string): string {
  let count = -1;
  return dockerfile.replaceAll(from, (line: string, reference: string) => {
    count += 1;
    return count === index ? line.replace(reference, () => pin) : line;
  });
}

/** Whether `a` is an older release of the same image and variant than `b`; false where that can't be told. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [parse(a), parse(b)];
  if (!left || !right || left.name !== right.name || left.variant !== right.variant) return false;
  return left.version.localeCompare(right.version, 'en', { numeric: true }) < 0;
}

/** `1.30.5-alpine-slim` is version 1.30.5 of the variant alpine-slim; `RELEASE.2026-09-16T00-00-00Z` is a date. */
function parse(reference: string): { name: string; version: string; variant: string } | undefined {
  const [, name = '', tag = ''] = /^(.+?):([^:/@]+)(?:@.*)?$/.exec(reference) ?? [];
  const release = /^(RELEASE\.[\dTZ-]+)(.*)$/.exec(tag) ?? /^(v?\d+(?:\.\d+)*)(.*)$/.exec(tag);
  return release ? { name, version: release[1] ?? '', variant: release[2] ?? '' } : undefined;
}

/** The image of a Dockerfile that stands for a reference: of the stage with the same name, else of the last one. */
export const pinFor = (dockerfile: string, reference: string): string | undefined =>
  pins(dockerfile)[indexOfOurs(dockerfile, parse(reference)?.name)];

/** What was generated last, as if it had been generated with the pin that the user has now. */
export function withPinOf(mine: string, base: string): string {
  const reference = pins(base).at(-1) ?? '';
  const pin = pinFor(mine, reference);
  return pin ? withPin(base, indexOfOurs(base, parse(reference)?.name), pin) : base;
}

/** The image that a Dockerfile runs: that of its last stage. */
export const runningImage = (dockerfile: string): string | undefined => pins(dockerfile).at(-1);
