import { parseDocument } from 'yaml';
import { blueprintProblems } from './blueprint.ts';
import type { Labels } from './conflict-markers.ts';
import { type Merged, markDifferences, mergeLines, type Sides } from './merge-text.ts';
import { mergeYaml } from './merge-yaml.ts';
import { settlePins } from './pins.ts';

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
  if (path === 'render.yaml' || path === 'compose.yaml') {
    const merged = mergeYaml(sides, labels, newName);
    const sound = merged && (merged.conflicts > 0 || isSound(path, merged.text, sides.mine));
    return sound ? merged : markDifferences(sides.mine, sides.theirs, labels);
  }
  return mergeLines(path.endsWith('Dockerfile') ? settlePins(sides) : sides, labels);
}

/** A merged YAML file must be valid, and no worse a Blueprint than what the user had. */
function isSound(path: string, text: string, mine: string): boolean {
  const { errors } = parseDocument(text);
  if (errors.length > 0) return false;
  if (path !== 'render.yaml') return true;
  const before = blueprintProblems(mine);
  return blueprintProblems(text).every((problem) => before.includes(problem));
}
