import { blueprintProblems } from './blueprint.ts';
import type { Labels } from './conflict-markers.ts';
import { settlePins } from './image-pins.ts';
import { mergeLineSet } from './merge-line-set.ts';
import {
  agreed,
  type Merged,
  markDifferences,
  markTheirChanges,
  mergeLines,
  type Sides,
  sameChange,
} from './merge-lines.ts';
import { mergeYaml } from './merge-yaml.ts';
import type { ServiceNote } from './pair-services.ts';
import { readYaml } from './yaml.ts';

/** What a merge needs to know beside the three texts. */
export interface MergeContext {
  labels: Labels;
  /** A service's name now, for the name it had. */
  newName: (name: string) => string;
}

/** A merged file, and what the caller has to say about the file's services. */
export interface MergedFile extends Merged {
  notes: ServiceNote[];
}

/** Three versions of a file; `base` is undefined for a file that was there before the generator came. */
type FileSides = Omit<Sides, 'base'> & { base: string | undefined };

/**
 * Merges three versions of one generated file; each is plain text (`text-style.ts`). Without a base, nothing says whose
 * change a difference is: each difference is a conflict. Two kinds of file need no base: a set of lines, where the missing
 * lines are added, and a map of services, where only two values of the same key are a conflict.
 * @param path relative to the repository's root: it decides how the file is merged
 */
export function mergeFile(path: string, sides: FileSides, context: MergeContext): MergedFile {
  if (path === '.gitignore' || path === '.gitattributes')
    return { ...mergeLineSet(path, sides, context.labels), notes: [] };
  if (path === 'render.yaml' || path === 'compose.yaml') return mergeServices(path, sides, context);
  const { base, mine, theirs } = sides;
  if (base === undefined) return { ...markDifferences(mine, theirs, context.labels), notes: [] };
  const known = { base, mine, theirs };
  const same = sameChange(known);
  if (same !== undefined) return { ...agreed(same), notes: [] };
  return { ...mergeLines(path.endsWith('Dockerfile') ? settlePins(known) : known, context.labels), notes: [] };
}

function mergeServices(path: string, { base = '', mine, theirs }: FileSides, context: MergeContext): MergedFile {
  const { labels, newName } = context;
  const sides = { base, mine, theirs };
  const isSound = ({ mine: ours, theirs: others }: Merged) =>
    [...new Set([ours, others])].every((text) => isNoWorse(path, text, mine));
  if (mine === base || mine === theirs) return { ...agreed(theirs), notes: [] };
  const { merged, notes } = mergeYaml(sides, labels, newName) ?? { merged: undefined, notes: [] };
  // Nothing is new; the names of the services are still worth a word.
  if (theirs === base) return { ...agreed(mine), notes };
  if (merged && isSound(merged)) return { ...merged, notes };
  // Never a broken file without a conflict: what the lines alone would settle is marked all the same.
  const byLine = markTheirChanges(sides, labels);
  return { ...(isSound(byLine) ? byLine : markDifferences(mine, theirs, labels)), notes };
}

/** A merged YAML file must be valid, and no worse a Blueprint than what the user had. */
function isNoWorse(path: string, text: string, mine: string): boolean {
  const problemsOf = path === 'render.yaml' ? blueprintProblems : (yaml: string) => readYaml(yaml).problems;
  const problems = problemsOf(text);
  if (problems.length === 0) return true;
  const before = problemsOf(mine);
  return problems.every((problem) => before.includes(problem));
}
