/**
 * Pinned image references in a Dockerfile. A newer pin that somebody set, or Dependabot, is not turned back; an older one
 * is raised; another image is the user's own choice and stays.
 */

const from = /^FROM +(?:--platform=\S+ +)?(\S+)/m;

/**
 * Settles the pin in the first `FROM` of three versions of a Dockerfile, so that it can't be a conflict.
 * @returns the same versions with the pin that wins in all three, or unchanged where there is nothing to settle
 */
export function settlePins<Sides extends { base: string; mine: string; theirs: string }>(sides: Sides): Sides {
  const pins = { base: pin(sides.base), mine: pin(sides.mine), theirs: pin(sides.theirs) };
  if (!pins.base || !pins.mine || !pins.theirs || pins.mine === pins.base) return sides;
  const winner = isOlder(pins.mine, pins.theirs) ? pins.theirs : pins.mine;
  const withWinner = (text: string) =>
    text.replace(from, (line, reference: string) => line.replace(reference, () => winner));
  return { ...sides, base: withWinner(sides.base), mine: withWinner(sides.mine), theirs: withWinner(sides.theirs) };
}

const pin = (dockerfile: string) => from.exec(dockerfile)?.[1];

/** Whether `a` is an older release of the same image and variant than `b`; false where that can't be told. */
function isOlder(a: string, b: string): boolean {
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
