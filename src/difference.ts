import { createTwoFilesPatch } from 'diff';
import type { PlannedFile } from './plan.ts';

/** What would change in a file, as a unified diff. A module of its own, because most runs show none. */
export function difference({ path, mine = '', theirs }: PlannedFile): string {
  return createTwoFilesPatch(path, path, mine, theirs, 'mine', 'rendered');
}
