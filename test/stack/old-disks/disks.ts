import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../../render-simulator/run.ts';
import type { Credentials } from '../clients/s3.ts';

export type OldDiskName = 'fs-2022' | 'xl-2023' | 'xl-2025';

interface OldDisk {
  /** The server that wrote it. */
  release: string;
  /** The same as a version of its Go module, where the module proxy has it. */
  module?: string;
  root: Credentials;
}

/** Disks that older servers wrote, by the names of their files in test/data/disks. */
export const oldDisks: Record<OldDiskName, OldDisk> = {
  /** The last releases that made the file-system format. */
  'fs-2022': {
    release: 'RELEASE.2022-05-26T05-48-41Z',
    module: 'github.com/minio/minio@v0.0.0-20220526054841-372a08be49a2',
    root: { accessKey: 'acme-admin', secretKey: 'the-password-of-2022' },
  },
  /** The release that Render's own template pinned. Render made root's name and password. */
  'xl-2023': {
    release: 'RELEASE.2023-08-04T17-40-21Z',
    root: {
      accessKey: 'w4Kk+Xv0/5p1sQ7ZrTn8yBh2LmC6dFgJ9aEoUiVxW3M=',
      secretKey: 'Qe8/zR2t+YuI0pLkJhG5fDsA7wZxCvB1nM4q6sTgH9o=',
    },
  },
  /** The last release whose console could administer, which many pin. */
  'xl-2025': {
    release: 'RELEASE.2025-04-22T22-12-26Z',
    module: 'github.com/minio/minio@v0.0.0-20250422221226-0d7408fc9969',
    root: { accessKey: 'acme-admin', secretKey: 'the-password-of-2025' },
  },
};

const folder = fileURLToPath(new URL('../../data/disks/', import.meta.url));

/** The archive of a disk. */
export const archiveOf = (name: OldDiskName) => join(folder, `${name}.tar.gz`);

/** Where it stands what the old server itself said of the disk. */
export const contentsFile = (name: OldDiskName) => join(folder, `${name}.json`);

/** What the old server itself said of the disk: see `contentsOf`. */
export const oldContents = (name: OldDiskName) => JSON.parse(readFileSync(contentsFile(name), 'utf8'));

/** Unpacks a disk into a new folder of this machine. */
export async function unpackDisk(name: OldDiskName): Promise<string> {
  const disk = mkdtempSync(join(tmpdir(), `minio-stack-${name}-`));
  await runOrThrow('tar', ['--extract', '--no-same-owner', '--file', archiveOf(name), '--directory', disk]);
  return disk;
}
