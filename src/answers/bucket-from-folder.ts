import { basename } from 'node:path';
import { bucketName } from './rules.ts';

/** The folder's name as a bucket name: what S3 doesn't allow becomes a hyphen. `media`, if the name can't be saved. */
export function bucketFromFolder(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/[.-]*\.[.-]*/g, '.')
    .slice(0, 63)
    .replaceAll(/^[.-]+|[.-]+$/g, '');
  return bucketName(name) ? 'media' : name;
}
