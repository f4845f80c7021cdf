import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { needs, offers } from '../support/needs.ts';

/** A file system on which tests run. */
export interface FileSystem {
  name: string;
  /** What makes and mounts it, in sh: $folder is where, $image an empty file of 32 MB, $device its loop device. */
  script: string;
  /** Whether this machine has it. Then a failure to mount is a fault of the machine's set-up. */
  isOffered: boolean;
}

const isRoot = process.getuid?.() === 0;
const kernelHas = (name: string) =>
  isRoot && existsSync('/proc/filesystems') && readFileSync('/proc/filesystems', 'utf8').split(/\s+/).includes(name);

/** A disk in memory. */
export const memoryDisk = (options: string): FileSystem => ({
  name: `tmpfs (${options})`,
  script: `mount -t tmpfs -o ${options} tmpfs "$folder"`,
  isOffered: isRoot,
});

/** A file system that the kernel has, or else a program with FUSE. */
const onDisk = (name: string, make: string, driver: string, fuse: string): FileSystem => ({
  name,
  script: `device=$(losetup --find --show "$image"); ${make} "$device"; ${kernelHas(driver) ? `mount -t ${driver}` : fuse} "$device" "$folder"`,
  isOffered: kernelHas(driver) || (isRoot && existsSync('/dev/fuse')),
});
export const vfat = onDisk('vfat', 'mkfs.vfat', 'vfat', 'fusefat -o rw+');
export const exfat = onDisk('exfat', 'mkfs.exfat', 'exfat', 'mount.exfat-fuse');
export const ntfs = onDisk('ntfs', 'mkfs.ntfs --quick', 'ntfs3', 'ntfs-3g');
/** As on macOS, letter case is kept and ignored. That needs a kernel with CONFIG_UNICODE, and nothing tells whether it has. */
export const casefoldingExt4: FileSystem = {
  name: 'ext4 with casefold',
  script:
    'mkfs.ext4 -q -O casefold -E encoding=utf8 "$image"; mount -o loop "$image" "$folder"; rmdir "$folder/lost+found"; chattr +F "$folder"',
  isOffered: false,
};

/**
 * A group of tests in a folder of a file system. Where it can't be mounted, the group is skipped with the reason. With
 * STACK_TESTS=required, as in CI, that is a failure, unless the machine does not offer this file system.
 */
export function describeOn({ name, script, isOffered }: FileSystem, tests: (folder: string) => void): void {
  const place = mkdtempSync(join(tmpdir(), 'minio-stack-disk-'));
  const obstacle = run(`${script}; ${unmount}`, place);
  const missing = `${name} (${obstacle?.split('\n')[0]})`;
  const isThere = obstacle === undefined;
  describe(`on ${name}`, isOffered ? needs({ what: missing, isThere }) : offers(missing, isThere), () => {
    beforeAll(() => expect(run(script, place)).toBeUndefined());
    afterAll(() => expect(run(unmount, place)).toBeUndefined());
    tests(join(place, 'folder'));
  });
}

const unmount =
  'umount "$folder"; losetup --associated "$image" | cut -d: -f1 | xargs --no-run-if-empty losetup --detach';

/** Runs a script in sh; returns what it complains of when it fails. */
function run(script: string, place: string): string | undefined {
  const [folder, image, log] = [join(place, 'folder'), join(place, 'image'), join(place, 'log')];
  mkdirSync(folder, { recursive: true });
  // A pipe would stay open for as long as the file system is mounted: FUSE leaves a process behind that has it.
  const output = openSync(log, 'w');
  const { status, error } = spawnSync('sh', ['-euc', `truncate --size 32M "$image"\n${script}`], {
    env: { ...process.env, folder, image },
    stdio: ['ignore', output, output],
    timeout: 60_000,
  });
  closeSync(output);
  return status === 0 ? undefined : (error?.message ?? readFileSync(log, 'utf8').trim());
}
