import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { emptyFolder, readTree } from '../support/generate.ts';
import { offers } from '../support/needs.ts';
import { create } from './create.ts';
import { edit, generated, laterVersion, run, settled } from './support.ts';

const ignoresCase = () => existsSync(dirname(emptyFolder()).toUpperCase());
const onWindows = offers('Windows', process.platform === 'win32');

describe('a folder on a drive or a share that is not there', onWindows, () => {
  it.each([
    ['Q:\\my-storage', 'Q:\\'],
    ['Q:\\a\\b\\my-storage', 'Q:\\'],
    ['q:my-storage', 'q:\\'],
    ['\\\\host.invalid\\share\\my-storage', '\\\\host.invalid\\share\\'],
  ])('is refused, and the drive or share is named: %s', (folder, root) => {
    for (const flags of [['--yes'], ['--dry-run', '--yes'], ['--check']])
      expect(create(folder, ...flags)).toEqual({
        status: 1,
        stdout: '',
        stderr: `create-minio-stack: There is no drive or share ${root}; name another directory\n`,
      });
  });
});

describe('where letter case is ignored', offers('a file system that ignores letter case', ignoresCase()), () => {
  it.each([
    ['Render.yaml', 'render.yaml', 'Render reads only render.yaml.'],
    ['Console/Dockerfile', 'console/Dockerfile', 'On Linux, where Render builds, only console/Dockerfile is found.'],
  ])("a person's %s is named in every run, and --check is not 0", (mine, ours, why) => {
    const folder = emptyFolder();
    edit(folder, { [mine]: '' });
    const { stderr } = create(folder, '--yes', '--on-conflict', 'theirs');
    expect(stderr).toContain(`${mine} is taken for ${ours}, and keeps its name. ${why}`);
    expect(create(folder, '--check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`${mine} must be called ${ours}. ${why} Rename it: git mv ${mine} ${ours}`),
    });
  });
});

describe('on Windows, which does not replace every file', onWindows, () => {
  let program: ChildProcess | undefined;
  afterEach(() => program?.kill());
  /** Starts a program, and waits until it has begun. */
  async function start(script: string, cwd = tmpdir()): Promise<void> {
    program = spawn(process.execPath, ['-e', `${script}; process.stdout.write("begun")`], { cwd });
    await once(program.stdout as NonNullable<typeof program.stdout>, 'data');
  }
  const opened = (file: string) => `const file = fs.openSync(${JSON.stringify(file)}); setInterval(() => {}, 1000)`;
  const refused = {
    status: 1,
    stderr: expect.stringMatching(
      /: Nothing was written: render\.yaml can't be written \(\w+: .*\)\. Is it read-only, or open in another program\?\n$/,
    ),
  };

  it.each([
    ['is read-only', async (file: string) => chmodSync(file, 0o444)],
    ['is open in another program', (file: string) => start(opened(file))],
  ])('a file that %s is named, and nothing is written', async (_, disturb) => {
    const folder = emptyFolder();
    create(folder, '--yes');
    const before = readTree(folder);
    await disturb(join(folder, 'render.yaml'));
    expect(create(folder, '--console-port', '9191')).toMatchObject(refused);
    expect(readTree(folder)).toEqual(before);
  });

  it('a file that is open for a moment is waited for', async () => {
    const folder = emptyFolder();
    create(folder, '--yes');
    const file = join(folder, 'render.yaml');
    // The first file has left the staging folder: this one is next.
    const isMoving = `fs.readdirSync(".minio-stack").some((name) => fs.existsSync(".minio-stack/" + name + "/journal.json") && !fs.existsSync(".minio-stack/" + name + "/0"))`;
    const letGo = `setInterval(() => { if (${isMoving}) setTimeout(() => process.exit(), 100) }, 1)`;
    await start(`${opened(file)}; ${letGo}`, folder);
    expect(create(folder, '--console-port', '9191')).toMatchObject({ status: 0 });
  });

  it('an emptied folder in which a program runs is no error, and stays', async () => {
    const folder = await generated(settled);
    await start('setInterval(() => {}, 1000)', join(folder, '.github'));
    await run(laterVersion({ '.github/dependabot.yml': undefined }), folder);
    expect(existsSync(join(folder, '.github/dependabot.yml'))).toBe(false);
    expect(Object.keys(readTree(folder).files).filter((path) => path.includes('staging-'))).toEqual([]);
  });
});
