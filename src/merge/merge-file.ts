import { blueprintProblems } from './blueprint.ts';
import type { Labels } from './conflict-markers.ts';
import { settlePins } from './image-pins.ts';
import { agreed, type Merged, markDifferences, mergeLines, type Sides, sameChange } from './merge-lines.ts';
import { mergeYaml } from './merge-yaml.ts';
import { readYaml } from './yaml.ts';

/** What a merge needs to know beside the three texts. */
export interface MergeContext {
  labels: Labels;
  /** A service's name now, for the name it had. */
  newName: (name: string) => string;
}

/**
 * Merges three versions of one rendered file; each is plain text (`text-style.ts`). Without a base there is nothing that
 * says whose change a difference is: each is a conflict.
 * @param path relative to the repository's root: it decides how the file is merged
 */
export function mergeFile(
  path: string,
  { base, mine, theirs }: Omit<Sides, 'base'> & { base: string | undefined },
  { labels, newName }: MergeContext,
): Merged {
  if (base === undefined) return markDifferences(mine, theirs, labels);
  const sides = { base, mine, theirs };
  const same = sameChange(sides);
  if (same !== undefined) return agreed(same);
  if (path === 'render.yaml' || path === 'compose.yaml') {
    const merged = mergeYaml(sides, labels, newName);
    if (merged && isSound(path, merged.mine, sides.mine) && isSound(path, merged.theirs, sides.mine)) return merged;
    // Never a broken file without a conflict: what the lines alone would settle is marked all the same.
    const byLine = mergeLines(sides, labels);
    const sound = isSound(path, byLine.mine, sides.mine) && isSound(path, byLine.theirs, sides.mine);
    return byLine.conflicts > 0 && sound ? byLine : markDifferences(sides.mine, sides.theirs, labels);
  }
  return mergeLines(path.endsWith('Dockerfile') ? settlePins(sides) : sides, labels);
}

/** A merged YAML file must be valid, and no worse a Blueprint than what the user had. */
function isSound(path: string, text: string, mine: string): boolean {
  if (path !== 'render.yaml') return readYaml(text).problems.length === 0;
  const problems = blueprintProblems(text);
  if (problems.length === 0) return true;
  const before = blueprintProblems(mine);
  return readYaml(text).problems.length === 0 && problems.every((problem) => before.includes(problem));
}
