import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, type TestOptions, vi } from 'vitest';
import { generate, readTree, type Tree } from '../support/generate.ts';
import { needs, root } from '../support/needs.ts';
import { installBesideYo, installCreate, pack } from '../support/packed/packages.ts';
import { type Outcome, run } from '../support/packed/program.ts';
import { type Registry, startRegistry } from '../support/packed/registry.ts';
import { type NodeMajor, nodeFolder } from '../support/packed/tools.ts';
import { person, Workplace } from '../support/packed/workplace.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

const answers = {
  bucket: 'media.example.com',
  'disk-size': '25',
  region: 'frankfurt',
  'root-password': 'generate',
  'cors-origins': 'https://www.example.com,http://localhost:5173',
};
const flags = ['--yes', ...Object.entries(answers).flatMap(([flag, value]) => [`--${flag}`, value])];
const oneNode: NodeMajor = 24;
const otherNodes: NodeMajor[] = process.env.CI ? [20, 22, 26] : [];
/** Every Node is a download, and a run of all programs. */
const everyNode = { what: 'CI=true, for every Node', isThere: otherNodes.length > 0 };

const workplace = new Workplace();
const create = { path: [] as string[], bin: '', version: '' };
const yo = { path: [] as string[] };
const nodes = new Map<NodeMajor, string>();
let registry: Registry;
/** Where the test's run happens, and what `my-storage` in it is. */
let cwd: string;
let target: string;

beforeAll(async () => {
  await Promise.all([
    installCreate(workplace.folder).then((folder) => {
      create.path = [join(folder, 'node_modules/.bin')];
      create.bin = join(folder, 'node_modules/create-minio-stack/bin.js');
    }),
    installBesideYo(workplace.folder).then((folder) => {
      yo.path = [join(folder, 'node_modules/.bin')];
    }),
    ...[oneNode, ...otherNodes].map(async (major) => nodes.set(major, await nodeFolder(major))),
    startRegistryWithBoth(),
  ]);
});
afterAll(async () => {
  await registry?.close();
  workplace.remove();
});
beforeEach(() => {
  cwd = workplace.emptyFolder();
  target = join(cwd, 'my-storage');
});

async function startRegistryWithBoth(): Promise<void> {
  const folder = join(workplace.folder, 'registry');
  mkdirSync(folder);
  registry = await startRegistry(folder);
  for (const name of ['create-minio-stack', 'generator-minio-stack'] as const) {
    const { tarball, packageJson } = await pack(name, folder);
    create.version = packageJson.version;
    await registry.publish(tarball);
  }
}

const node = (major: NodeMajor) => nodes.get(major) as string;
const put = (path: string, contents: string) => {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), contents);
};
/** The installed bin, on the Node that runs the tests. */
const runCreate = (...args: string[]) => run(process.execPath, [create.bin, ...args], { cwd, env: workplace.env });
const runYo = (...args: string[]) => run('yo', ['minio-stack', ...args], { cwd, env: workplace.env, path: yo.path });

describe('the same answers give the same bytes and the same executable files as the source:', () => {
  let fromSource: Tree;
  beforeAll(async () => {
    const folder = join(workplace.emptyFolder(), 'my-storage');
    await generate(folder, { options: { yes: true, ...answers } });
    fromSource = readTree(folder);
  });

  const expectSame = ({ code, stderr }: Outcome) => {
    expect(code, stderr).toBe(0);
    expect(readTree(target)).toEqual(fromSource);
  };

  describe.each<[NodeMajor, TestOptions]>([
    [oneNode, {}],
    [22, needs(everyNode)],
    [26, needs(everyNode)],
  ])('on Node %i,', (major, options) => {
    it('create-minio-stack', options, async () => {
      const path = [node(major), ...create.path];
      expectSame(await run('create-minio-stack', ['my-storage', ...flags], { cwd, env: workplace.env, path }));
    });

    it('yo minio-stack', options, async () => {
      const path = [node(major), ...yo.path];
      expectSame(await run('yo', ['minio-stack', 'my-storage', ...flags], { cwd, env: workplace.env, path }));
    });

    it('npm init minio-stack, from a registry', options, async () => {
      const surroundings = { cwd, env: { ...workplace.env, ...registry.env }, path: [node(major)] };
      expectSame(await run('npm', ['init', 'minio-stack@latest', 'my-storage', '--', ...flags], surroundings));
    });
  });

  describe.each([
    ['create-minio-stack', create, ['my-storage', ...flags]],
    ['yo', yo, ['minio-stack', 'my-storage', ...flags]],
  ])('%s', needs(root), (program, installed, args) => {
    it('as root', async () => {
      expectSame(await run(program, args, { cwd, env: workplace.env, path: installed.path }));
    });

    it('as a normal user', async () => {
      // The Node that runs the tests may be below root's home folder.
      const ownNode = join(cwd, 'bin');
      mkdirSync(ownNode);
      copyFileSync(process.execPath, join(ownNode, 'node'));
      const path = [ownNode, ...installed.path];
      expectSame(await run(program, args, { cwd, env: workplace.env, path, uid: person }));
    });
  });
});

describe('on Node 20', needs(everyNode), () => {
  it('create-minio-stack says in one line what it needs, and exits with 1', async () => {
    const surroundings = { cwd, env: workplace.env, path: [node(20), ...create.path] };
    const { code, stdout, stderr } = await run('create-minio-stack', ['my-storage', ...flags], surroundings);
    expect(stderr).toMatch(/^create-minio-stack needs Node 22\.18, 24\.11 or newer; this is Node 20\.\d+\.\d+\.\n$/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(existsSync(target)).toBe(false);
  });
});

describe('yo minio-stack', () => {
  it.each([
    ['an unknown flag, with the nearest known one', ['--bukcet', 'x'], 'unknown flag --bukcet; did you mean --bucket?'],
    ['a value that breaks a rule', ['--bucket', 'My_Media'], '--bucket "My_Media" must '],
    ['a number out of its bounds', ['--disk-size', '0'], '--disk-size "0" must be a whole number of GB'],
    ['a flag without its value', ['--region'], '--region needs a value; for example '],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await runYo('my-storage', '--yes', ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
    expect(existsSync(target)).toBe(false);
  });

  it('exits with 3 when a file is in the way, and writes nothing', async () => {
    put('console/away.html', 'Mine.\n');
    const { code, stderr } = await runYo('my-storage', '--yes');
    expect(stderr).toContain('Nothing was written');
    expect(code).toBe(3);
    expect(readTree(target).files).toEqual({ 'console/away.html': 'Mine.\n' });
  });

  it('takes a bucket name that looks like a number to the letter', async () => {
    expect((await runYo('my-storage', '--yes', '--bucket', '1e3')).code).toBe(0);
    expect(readTree(target).files['render.yaml']).toMatch(/value: "1e3"\n/);
  });

  it('takes a directory behind a flag, and tells its version', async () => {
    expect((await runYo('--yes', 'my-storage')).code).toBe(0);
    expect(existsSync(join(target, 'render.yaml'))).toBe(true);
    expect(await runYo('--version')).toMatchObject({ code: 0, stdout: `${create.version}\n` });
  });

  it('has the help of create-minio-stack under its own name', async () => {
    const [ours, underYo] = await Promise.all([runCreate('--help'), runYo('--help')]);
    expect(underYo.code).toBe(0);
    const renamed = ours.stdout
      .replaceAll('create-minio-stack verify', 'yo minio-stack:verify')
      .replaceAll('create-minio-stack', 'yo minio-stack');
    expect(underYo.stdout.trim()).toBe(renamed.trim());
  });
});

describe('create-minio-stack', () => {
  it('shows with --help the usage, the flags by group with their defaults, and examples', async () => {
    const { code, stdout, stderr } = await runCreate('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: create-minio-stack \[directory\] \[flags\]\n/);
    for (const group of ['Storage', 'Services', 'Access', 'Images', 'Repository', 'Running', 'Examples'])
      expect(stdout).toContain(`\n${group}:\n  `);
    expect(stdout).toMatch(/\n {2}--disk-size GB .*\(default: 10\)\n/);
    expect(stdout).toContain('\n  create-minio-stack my-storage --yes ');
  });

  it('prints with --version its version and nothing else', async () => {
    expect(await runCreate('--version')).toEqual({ code: 0, stdout: `${create.version}\n`, stderr: '' });
  });

  it.each([
    [
      'an unknown flag, with the nearest known one',
      ['--bukcet', 'x'],
      ['unknown flag --bukcet; did you mean --bucket?'],
    ],
    [
      'all bad values in one message',
      ['--bucket', 'A', '--disk-size', '1.5', '--region', 'mars', '--server-plan', 'free'],
      ['--bucket "A" ', '--disk-size "1.5" ', '--region "mars" ', '--server-plan "free" '],
    ],
  ])('refuses %s', async (_, args, messages) => {
    const { code, stdout, stderr } = await runCreate('my-storage', '--yes', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^create-minio-stack: /);
    expect(messages.filter((message) => !stderr.includes(message))).toEqual([]);
    expect(stderr.trim().split('\n')).toHaveLength(messages.length);
    expect(existsSync(target)).toBe(false);
  });

  it('names all missing answers when there is no terminal, and does not even make the folder', async () => {
    const { code, stderr } = await runCreate('my-storage', '--bucket', 'media');
    for (const flag of ['--server-name', '--console-name', '--disk-size', '--region', '--console-port', '--yes'])
      expect(stderr).toContain(flag);
    expect(stderr).not.toContain('--bucket');
    expect(code).toBe(1);
    expect(existsSync(target)).toBe(false);
  });

  it('never overwrites a file that is not its own: exit code 3, nothing written', async () => {
    put('minio/Dockerfile', 'FROM scratch\n');
    const before = readTree(target);
    const { code, stderr } = await runCreate('my-storage', '--yes');
    expect(stderr).toContain('\n    minio/Dockerfile: it was there before\n');
    expect(code).toBe(3);
    expect(readTree(target)).toEqual(before);
  });

  it('overwrites it with --force', async () => {
    put('minio/Dockerfile', 'FROM scratch\n');
    expect((await runCreate('my-storage', '--yes', '--force')).code).toBe(0);
    expect(readTree(target).files['minio/Dockerfile']).toMatch(/^COPY /m);
  });

  it.each([
    ['with --yes', ['--yes']],
    ['without any flag, asking nothing', []],
  ])('changes nothing when it is run again %s', async (_, again) => {
    await runCreate('my-storage', ...flags);
    const before = readTree(target);
    const { code, stderr } = await runCreate('my-storage', ...again);
    expect(code, stderr).toBe(0);
    expect(readTree(target)).toEqual(before);
  });

  it('moves into a repository that was there before', async () => {
    put('README.md', 'Mine.\n');
    put('render.yaml', 'services: [{type: web, name: shop}]\n');
    const { code, stderr } = await runCreate('my-storage', '--yes');
    expect(code, stderr).toBe(0);
    expect(readTree(target).files).toMatchObject({ 'README.md': 'Mine.\n', 'minio/README.md': expect.any(String) });
    expect(readTree(target).files['render.yaml']).toMatch(/^services: \[\{type: web, name: shop\}, \{/);
  });

  it('prints no colours when nobody looks at a terminal', async () => {
    put('console/away.html', 'Mine.\n');
    const outcomes = [await runCreate('my-storage', '--yes'), await runCreate('my-storage', '--yes', '--bucket', 'a')];
    outcomes.push(await runCreate('my-storage', '--yes', '--force'), await runCreate('my-storage', '--yes'));
    expect(outcomes.map(({ code }) => code)).toEqual([3, 1, 0, 0]);
    for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toContain('\u001B');
  });

  it.each([
    ['the current folder', () => [cwd, '.']],
    ['no folder at all, which is the current one', () => [cwd]],
    ['an absolute path', () => [target, target]],
    ['a folder within folders that are not there', () => [join(cwd, 'a/b'), 'a/b']],
    ['a name with spaces and letters from everywhere', () => [join(cwd, 'mein Spëicher 保存'), 'mein Spëicher 保存']],
  ])('writes to %s', async (_, place) => {
    const [folder = '', ...args] = place();
    const elsewhere = join(workplace.emptyFolder(), 'my-storage');
    expect((await runCreate(...args, ...flags)).code).toBe(0);
    await runCreate(elsewhere, ...flags);
    expect(readTree(folder)).toEqual(readTree(elsewhere));
  });
});
