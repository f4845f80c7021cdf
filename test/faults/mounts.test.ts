import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { emptyFolder, readTree } from '../support/generate.ts';
import { offers } from '../support/needs.ts';
import { create } from '../update/create.ts';
import { bin, faults } from './disturbed.ts';
import type { Disturbance } from './fault.ts';

const mountsAlone = spawnSync('unshare', ['--mount', 'true']).status === 0;

/** Runs a script where it can mount what it likes: nobody else sees it, and it is gone afterwards. */
function withMounts(script: string, ...args: string[]) {
  const { status, stderr } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'sh', '-euc', script, 'sh', ...args], {
    encoding: 'utf8',
    cwd: tmpdir(),
    env: { ...process.env, node: process.execPath, bin },
  });
  return { status, stderr };
}

describe('where something is mounted', offers('mount namespaces', mountsAlone), () => {
  it.each([
    ['a disk', 'mount -t tmpfs tmpfs "$1/console" && cp -R "$2/." "$1/console"'],
    ['a folder of the same disk', 'mount --bind "$2" "$1/console"'],
  ])('as a folder of the repository (%s): found before anything is written', (_, mount) => {
    const folder = emptyFolder();
    create(folder, '--yes');
    const before = readTree(folder);
    const [copy, run] = [`${folder}-copy`, '"$node" "$bin" "$1" --console-port 9191'];
    const { status, stderr } = withMounts(`cp -R "$1/console" "$2"; ${mount}; ${run}`, folder, copy);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        "create-minio-stack: Nothing was written: console is a mount of its own, so files can't be renamed into it. Unmount it first.\n",
    });
    expect(readTree(folder)).toEqual(before);
    expect(readTree(copy).files.Dockerfile).toBe(before.files['console/Dockerfile']);
  });

  it('as a file of the repository: what was moved is undone, and the file is named', () => {
    const folder = emptyFolder();
    create(folder, '--yes');
    const before = readTree(folder);
    const script = 'mount --bind "$1/render.yaml" "$1/render.yaml"; "$node" "$bin" "$1" --console-port 9191';
    expect(withMounts(script, folder)).toEqual({
      status: 1,
      stderr:
        "create-minio-stack: Nothing was written: render.yaml can't be written (EBUSY: resource busy or locked).\n",
    });
    expect(readTree(folder)).toEqual(before);
  });

  it('at the root of a file system, --updates none deletes the workflow', () => {
    const place = mkdtempSync(join(tmpdir(), 'minio-stack-root-'));
    const { status, stderr } = withMounts(
      `mount -t tmpfs tmpfs "$1"; mkdir "$1/host" "$1/proc"; mount --rbind / "$1/host"; mount -t proc proc "$1/proc"
       for name in usr lib lib64 bin tmp etc; do ln -s "host/$name" "$1/$name"; done
       chroot "$1" "/host$node" "/host$bin" / --yes --blueprint render.yaml --move-in off
       test -e "$1/.github/workflows/minio-stack.yml"
       chroot "$1" "/host$node" "/host$bin" / --updates none
       test -e "$1/.github" || echo gone >&2`,
      place,
    );
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringMatching(/gone\n$/) });
  });
});

describe('another container that shares the disk', offers('PID namespaces', mountsAlone), () => {
  /** Runs in a container, with the same process id in each. */
  function inContainer(name: string, folder: string, disturbance?: Disturbance) {
    const script = 'hostname "$0"; "$@"';
    const program = [process.execPath, '--import', pathToFileURL(faults).href, bin, folder, '--console-port', '9191'];
    const { status, stderr } = spawnSync(
      'unshare',
      ['--uts', '--pid', '--fork', '--mount-proc', 'sh', '-c', script, name, ...program],
      {
        encoding: 'utf8',
        cwd: tmpdir(),
        env: { ...process.env, DISTURBANCE: disturbance ? JSON.stringify(disturbance) : '' },
      },
    );
    return { status, stderr };
  }

  it('and has a run of the same process id is told apart, until that run must be gone', () => {
    const folder = emptyFolder();
    create(folder, '--yes');
    expect(inContainer('one', folder, { folder, fault: 'kill', at: 12 }).status).toBe(137);
    const [staging = ''] = readdirSync(join(folder, '.minio-stack')).filter((name) => name.startsWith('staging-'));
    const before = readTree(folder);
    expect(inContainer('two', folder)).toEqual({
      status: 1,
      stderr: expect.stringContaining(
        `another run is at work here. If there is none, remove .minio-stack/${staging}.\n`,
      ),
    });
    expect(readTree(folder)).toEqual(before);
    utimesSync(join(folder, '.minio-stack', staging), new Date(0), new Date(0));
    expect(inContainer('two', folder)).toMatchObject({ status: 0 });
    expect(readdirSync(join(folder, '.minio-stack'))).not.toContain(staging);
  });

  it('and is the same as before is known again: its own stale folder is taken over at once', () => {
    const folder = emptyFolder();
    create(folder, '--yes');
    expect(inContainer('one', folder, { folder, fault: 'kill', at: 12 }).status).toBe(137);
    expect(inContainer('one', folder)).toMatchObject({ status: 0 });
  });
});
