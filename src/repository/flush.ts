import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

export const isWindows = process.platform === 'win32';
const flushDescriptor = promisify(fsync);

/**
 * Waits until files, and the names in folders, are on the disk, so that a power cut can't undo or empty them. All are
 * flushed at the same time, which takes a fraction of the time that one after the other does.
 * @throws an error of the system, for example ENOSPC: some file systems notice only here that the disk is full
 */
export async function flush(files: string[], folders: string[]): Promise<void> {
  const descriptors: number[] = [];
  try {
    // Windows flushes only files that are open for writing, and no folders.
    for (const file of files) descriptors.push(openSync(file, isWindows ? 'r+' : 'r'));
    if (!isWindows) for (const folder of folders) descriptors.push(openSync(folder, 'r'));
    const results = await Promise.allSettled(descriptors.map((descriptor) => flushDescriptor(descriptor)));
    for (const result of results)
      if (result.status === 'rejected' && !isUnsupported(result.reason)) throw result.reason;
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

/** Some network and FUSE file systems have no fsync, at least not for folders. */
const isUnsupported = ({ code = '' }: NodeJS.ErrnoException) => ['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(code);
