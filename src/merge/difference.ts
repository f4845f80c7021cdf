import { createTwoFilesPatch } from 'diff';

/**
 * What would change in a file, as a unified diff. A module of its own, because most runs show none.
 * @param before the file's present text
 * @param after the text that it would have
 */
export function difference(path: string, before: string, after: string): string {
  return createTwoFilesPatch(path, path, before, after, 'now', 'after the update');
}
