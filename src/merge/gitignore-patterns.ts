/*
 * What a line of a `.gitignore` says of a file at the repository's root (https://git-scm.com/docs/gitignore). Both
 * functions are on the safe side: where they do not know, a file counts as not ignored.
 */

/** Whether a line ignores the file; false for brackets and backslashes, which are not looked into. */
export function surelyIgnores(line: string, file: string): boolean {
  const pattern = line.replace(/ +$/, '');
  return !/[[\\]/.test(pattern) && !/^[!#]/.test(pattern) && matches(pattern, file, '');
}

/** Whether a line may take the file in again although an earlier line ignores the file. */
export function mayTakeIn(line: string, file: string): boolean {
  if (!line.startsWith('!')) return false;
  const pattern = line.slice(1).trimEnd().replace(/\/$/, '');
  // What brackets stand for may be any character, and a file system may not tell A from a.
  return matches(pattern.replaceAll(/\[.*\]/g, '*').replaceAll(/\\(.)/g, '$1'), file, 'i');
}

/** A pattern with a slash that is not its first belongs to a folder, except behind `**`. */
function matches(pattern: string, file: string, flags: string): boolean {
  const name = pattern.replace(/^\//, '').replace(/^(\*\*\/)+/, '');
  if (name.includes('/')) return false;
  const glob = name
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${glob}$`, flags).test(file);
}
