import { createTwoFilesPatch } from 'diff';

/** What would change in a file, as a unified diff. A module of its own, because most runs show none. */
export function difference(path: string, mine: string, rendered: string): string {
  return createTwoFilesPatch(path, path, mine, rendered, 'mine', 'rendered');
}
