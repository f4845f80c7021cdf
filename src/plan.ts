import type { Rendering } from './render.ts';

/**
 * What happens to one path of the rendering. `conflict`: the disk has something else there, which stays unless somebody
 * decides to `overwrite` it.
 */
export type Action = 'create' | 'identical' | 'conflict' | 'overwrite';

export interface PlannedFile {
  path: string;
  action: Action;
  /** What is rendered. */
  theirs: string;
  /** What is on the disk. */
  mine: string | undefined;
  executable: boolean;
}

/**
 * Compares the rendering with the disk. Line endings never make a difference: a checkout on Windows has others.
 * @param disk the text on the disk by path; a path that is not there is missing in the map
 */
export function planFiles(rendering: Rendering, disk: ReadonlyMap<string, string>): PlannedFile[] {
  return [...rendering].map(([path, { contents: theirs, executable }]) => {
    const mine = disk.get(path);
    const action = mine === undefined ? 'create' : sameText(mine, theirs) ? 'identical' : 'conflict';
    return { path, action, theirs, mine, executable };
  });
}

const sameText = (a: string, b: string) => a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n');
