import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Edited } from '../person.ts';
import { temporaryFile } from '../repository/temporary-file.ts';

/**
 * Lets a person edit a text in $VISUAL or $EDITOR.
 * @param path what the text is, for the editor's window and its colours
 */
export async function edit(path: string, text: string): Promise<Edited> {
  const editor = process.env.VISUAL || process.env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');
  const failed = (why: string): Edited => ({
    kind: 'failed',
    why: `The editor "${editor}" failed: ${why}. Set EDITOR to another editor, or choose something else.`,
  });
  const file = temporaryFile(path, text);
  try {
    // Through the shell, because an editor is often given with flags: `code --wait`.
    const child = spawn(`${editor} "${file.path}"`, { shell: true, stdio: 'inherit' });
    const [code, signal] = await once(child, 'close');
    if (code !== 0) return failed(signal ? `signal ${signal}` : `exit code ${code}`);
    const saved = file.read();
    return saved?.kind === 'text' ? { kind: 'saved', text: saved.text } : failed('it has left no UTF-8 text');
  } finally {
    file.remove();
  }
}
