/**
 * What changed in the generated repository between two versions.
 * @param changelog a changelog in Keep-a-Changelog form, with these changes under *Generated repository*
 * @param from the version that wrote the repository last, not included
 * @param to this version, included
 * @returns the lines of those sections, newest first
 */
export function changesBetween(changelog: string, from: string, to: string): string[] {
  return changelog.split(/^## /m).flatMap((section) => {
    const version = /^\[?(\d+\.\d+\.\d+)/.exec(section)?.[1];
    if (!version || compareVersions(version, from) <= 0 || compareVersions(version, to) > 0) return [];
    const generated = section.split(/^### /m).find((part) => part.startsWith('Generated repository\n')) ?? '';
    return generated.split('\n').slice(1).filter(Boolean);
  });
}

/** Negative if version `a` is older than `b`, 0 if they are the same, positive if `a` is newer. Ignores what follows a hyphen. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => (version.split('-')[0] ?? '').split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  const differing = left.findIndex((number, index) => number !== right[index]);
  return differing === -1 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
