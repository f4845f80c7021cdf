import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from './support/generate.ts';
import { needs, program } from './support/needs.ts';

const bin = fileURLToPath(new URL('../create-minio-stack/bin.js', import.meta.url));

/** Runs a program whose standard error is a small pipe that does not block, and is read late. */
const lateReader = `
import fcntl, os, subprocess, sys, time
reading, writing = os.pipe()
if sys.platform == 'linux':
    fcntl.fcntl(writing, 1031, 4096)  # F_SETPIPE_SZ
os.set_blocking(writing, False)
child = subprocess.Popen(sys.argv[1:], stderr=writing, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
os.close(writing)
time.sleep(1)
with os.fdopen(reading, 'rb') as pipe:
    sys.stdout.buffer.write(pipe.read())
sys.exit(child.wait())
`;

describe('what create-minio-stack says', () => {
  it('arrives in whole through a pipe that is full', needs(program('python3')), () => {
    const folder = emptyFolder();
    const command = [process.execPath, bin, folder, '--yes', '--dry-run'];
    const { status, stdout } = spawnSync('python3', ['-c', lateReader, ...command], { encoding: 'utf8' });
    const direct = spawnSync(process.execPath, command.slice(1), { encoding: 'utf8' });
    // More than the pipe holds.
    expect(direct.stderr.length).toBeGreaterThan(4096);
    expect({ status, stderr: stdout }).toEqual({ status: 0, stderr: direct.stderr });
  });

  it.each([
    ['a pipe', {}, false],
    ['a pipe, where colours are asked for', { FORCE_COLOR: '1' }, true],
  ])('has colours or not: %s', (_, env, coloured) => {
    const { stderr } = spawnSync(process.execPath, [bin, emptyFolder(), '--yes'], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: undefined, ...env },
    });
    expect(stderr).toContain('create');
    expect(stderr.includes('\u001B[')).toBe(coloured);
  });
});
