/** Whether a person's shell takes commands as Unix shells do: Git Bash does, and sets MSYSTEM; cmd and PowerShell don't. */
export const isUnixShell = process.platform !== 'win32' || process.env.MSYSTEM !== undefined;

/**
 * A word of a command, as a person pastes it. What could mean something to a shell stands in quotes.
 *
 * cmd and PowerShell share only double quotes, in which a backslash is a backslash. A % or $ in them is no problem that
 * quotes could solve for both.
 */
export function quoted(word: string, unix = isUnixShell): string {
  if (/^[\w./:,@=-]+$/.test(word)) return word;
  return unix ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}
