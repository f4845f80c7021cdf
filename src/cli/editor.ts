import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { StackError } from '../errors.ts';

/**
 * Lets a person edit a text in $VISUAL or $EDITOR.
 * @param path what the text is, for the editor's window and its colours
 * @returns what they saved
 * @throws {StackError} when the editor can't be started, or fails
 */
export function edit(path: string, text: string): string {
  const editor = process.env.VISUAL || process.env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-'));
  const file = join(folder, basename(path));
  try {
    writeFileSync(file, text);
    // Through the shell, because an editor is often given with flags: `code --wait`.
    const { status, error } = spawnSync(`${editor} "${file}"`, { shell: true, stdio: 'inherit' });
    if (status !== 0) throw new StackError(`The editor "${editor}" failed: ${error?.message ?? `exit code ${status}`}`);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
