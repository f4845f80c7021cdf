import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { systemErrorsExplained } from '../errors.ts';
import { type DiskFile, readFiles } from './files.ts';

/** A file for another program, in a folder that only this user can enter. */
export interface TemporaryFile {
  path: string;
  /** Reads what the file holds now; undefined when the program has deleted the file. */
  read(): DiskFile | undefined;
  /** Removes the file with its folder. It happens by itself when the process ends. */
  remove(): void;
}

/**
 * Writes a text into a temporary file, for an editor.
 *
 * Until the file is removed, Ctrl-C does not end this process, as in git: the terminal sends SIGINT to the editor as well,
 * and many editors go on. The caller sees by what the editor ended. SIGTERM and SIGHUP remove the file and end this process,
 * so wait for the editor without blocking: signals are dispatched by the event loop.
 * @param name the file's name, from which an editor chooses its colours; folders in it are left out
 * @throws {StackError} when the disk refuses
 */
export function temporaryFile(name: string, text: string): TemporaryFile {
  return systemErrorsExplained(() => {
    const folder = mkdtempSync(join(tmpdir(), 'minio-stack-'));
    const file = basename(name);
    const remove = () => {
      rmSync(folder, { recursive: true, force: true });
      process.off('SIGINT', goOn).off('exit', remove);
      // A signal that ended the editor may wait for its turn in the event loop. Without a listener it would be lost.
      setImmediate(() => setImmediate(letEnd));
    };
    const letEnd = () => process.off('SIGTERM', end).off('SIGHUP', end);
    const end = (signal: NodeJS.Signals) => {
      remove();
      letEnd();
      process.kill(process.pid, signal);
    };
    process.on('SIGINT', goOn).on('SIGTERM', end).on('SIGHUP', end).on('exit', remove);
    writeFileSync(join(folder, file), text);
    return { path: join(folder, file), read: () => readFiles(folder, [file]).get(file), remove };
  });
}

const goOn = () => {};
