import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import type { Edited } from '../person.ts';
import { withTemporaryFile } from '../repository/temporary-file.ts';

/**
 * Lets a person edit a text in $VISUAL or $EDITOR.
 * @param path what the text is, for the editor's window and its colours
 */
export function edit(path: string, text: string): Edited {
  const editor = process.env.VISUAL || process.env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');
  return withTemporaryFile(basename(path), text, (file, read) => {
    // Through the shell, because an editor is often given with flags: `code --wait`.
    const { status, signal, error } = spawnSync(`${editor} "${file}"`, { shell: true, stdio: 'inherit' });
    if (status === 0) return { kind: 'saved', text: read() };
    const why = error?.message ?? (signal ? `signal ${signal}` : `exit code ${status}`);
    return {
      kind: 'failed',
      why: `The editor "${editor}" failed (${why}). Set EDITOR to another one, or choose again.`,
    };
  });
}
