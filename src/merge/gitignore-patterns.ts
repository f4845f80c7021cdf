/** The file with the secrets of the local run, which git must never take, whatever else a `.gitignore` says. */
export const secretsFile = '.env';

/**
 * Whether a `.gitignore` surely makes git ignore a file beside it (https://git-scm.com/docs/gitignore): git follows the last
 * line that matches. On the safe side: where a pattern is not understood, the file counts as not ignored.
 * @param text the `.gitignore`, with LF line ends
 */
export function isSurelyIgnored(file: string, text: string): boolean {
  const last = text.split('\n').findLast((line) => surelyIgnores(line, file) || mayTakeIn(line, file));
  return last !== undefined && surelyIgnores(last, file);
}

/** Whether a line ignores the file; false for brackets and backslashes, which are not looked into. */
function surelyIgnores(line: string, file: string): boolean {
  const pattern = line.replace(/ +$/, '');
  return !/[[\\]/.test(pattern) && !/^[!#]/.test(pattern) && matches(pattern, file, '');
}

/** Whether a line may take the file in again although an earlier line ignores the file. */
function mayTakeIn(line: string, file: string): boolean {
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
