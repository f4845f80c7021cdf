import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { emptyFolder, generate, isMemory, readTree } from './support/generate.ts';
import { needs, symbolicLinks } from './support/needs.ts';

const files = [
  '.env.example',
  '.gitattributes',
  '.github/workflows/minio-stack.yml',
  '.gitignore',
  '.yo-rc.json',
  'README.md',
  'compose.yaml',
  'console/Dockerfile',
  'console/away.html',
  'console/minio-console.conf.template',
  'console/minio-upstream.envsh',
  'docs/operations.md',
  'minio/Dockerfile',
  'minio/minio-check.sh',
  'minio/minio-entrypoint.sh',
  'minio/minio-init.sh',
  'render.yaml',
];
const six = ['bucket', 'serverName', 'consoleName', 'diskSize', 'region', 'consolePort'];
const typed = {
  bucket: 'media',
  serverName: 'files',
  consoleName: 'files-ui',
  diskSize: '20',
  region: 'ohio',
  consolePort: '9191',
};
const yes = { options: { yes: true } };

let folder: string;
beforeEach(() => {
  folder = emptyFolder();
});

const stored = () => JSON.parse(readTree(folder).files['.yo-rc.json'] ?? '')['generator-minio-stack'];
const put = (path: string, contents: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), contents);
};
const link = (path: string, target: string) => {
  mkdirSync(folder);
  symlinkSync(target, join(folder, path));
};

describe('a first run', () => {
  it('writes the repository', async () => {
    await generate(folder, yes);
    expect(Object.keys(readTree(folder).files).filter((path) => !isMemory(path))).toEqual(files);
  });

  it('asks the six questions and uses what is typed', async () => {
    const asked: string[] = [];
    await generate(folder, { answers: typed, onPrompt: (name) => asked.push(name) });
    expect(asked).toEqual(six);
    expect(readTree(folder).files['render.yaml']).toMatch(/name: "?files-ui"?\n/);
    expect(stored()).toMatchObject({ bucket: 'media', serverName: 'files', region: 'ohio', consolePort: 9191 });
  });

  it('does not ask for what a flag gives', async () => {
    const asked: string[] = [];
    const options = { bucket: 'media', 'disk-size': 5 };
    await generate(folder, { options, answers: typed, onPrompt: (name) => asked.push(name) });
    expect(asked).toEqual(['serverName', 'consoleName', 'region', 'consolePort']);
  });

  it.each([
    ['workflow', ['.github/workflows/minio-stack.yml']],
    ['renovate', ['renovate.json']],
    ['none', []],
  ])('--updates %s writes what proposes newer images', async (updates, expected) => {
    await generate(folder, { options: { yes: true, updates } });
    const written = ['.github', '.github/workflows/minio-stack.yml', 'renovate.json'].filter((path) =>
      existsSync(join(folder, path)),
    );
    expect(written.filter((path) => path !== '.github')).toEqual(expected);
    expect(written.includes('.github')).toBe(updates === 'workflow');
  });

  it('without a terminal names every missing answer at once, and writes nothing', async () => {
    await expect(generate(folder, { options: { bucket: 'media' } })).rejects.toMatchObject({
      message:
        'No terminal to ask on. Give --server-name, --console-name, --disk-size, --region, --console-port, or --yes to take the defaults.',
      code: 1,
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses bad flags before it asks anything, and writes nothing', async () => {
    const asked: string[] = [];
    const run = generate(folder, { options: { region: 'mars' }, answers: typed, onPrompt: (name) => asked.push(name) });
    await expect(run).rejects.toThrow('--region "mars" must be one of');
    expect(asked).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('lives beside what another generator keeps in .yo-rc.json', async () => {
    put('.yo-rc.json', '{"generator-other": {"kept": true}}');
    await generate(folder, yes);
    expect(JSON.parse(readTree(folder).files['.yo-rc.json'] ?? '')).toMatchObject({
      'generator-other': { kept: true },
    });
  });
});

describe('a run in a folder that was generated', () => {
  beforeEach(async () => {
    await generate(folder, { answers: typed });
  });

  it('asks nothing and changes nothing', async () => {
    const before = readTree(folder);
    await generate(folder, { options: {} });
    expect(readTree(folder)).toEqual(before);
  });

  it('does not ask for what was left at its default either', async () => {
    const other = emptyFolder();
    await generate(other, yes);
    const asked: string[] = [];
    await generate(other, { answers: {}, onPrompt: (name) => asked.push(name) });
    expect(asked).toEqual([]);
  });

  it('asks again with --ask-answered', async () => {
    const asked: string[] = [];
    const answers = { ...typed, diskSize: '40' };
    await generate(folder, {
      options: { 'ask-answered': true, force: true },
      answers,
      onPrompt: (name) => asked.push(name),
    });
    expect(asked).toEqual(six);
    expect(stored().diskSize).toBe(40);
  });

  it('takes line endings and modes of another system for the same', async () => {
    put('README.md', readTree(folder).files['README.md']?.replaceAll('\n', '\r\n') ?? '');
    chmodSync(join(folder, 'render.yaml'), 0o664);
    const before = readTree(folder);
    await generate(folder, yes);
    expect(readTree(folder)).toEqual(before);
  });

  it('leaves a file deleted that was deleted', async () => {
    rmSync(join(folder, 'console'), { recursive: true });
    await generate(folder, yes);
    expect(existsSync(join(folder, 'console'))).toBe(false);
  });

  it('refuses a stored value that was broken by hand', async () => {
    put('.yo-rc.json', JSON.stringify({ 'generator-minio-stack': { ...stored(), diskSize: 'big' } }));
    await expect(generate(folder, yes)).rejects.toThrow('.yo-rc.json, "diskSize": "big" must be a whole number');
  });
});

describe('a file that differs', () => {
  beforeEach(() => {
    put('console/away.html', 'Mine.\n');
    put('minio/minio-init.sh', 'mine\n');
  });

  it('is never overwritten without a terminal: exit code 3, nothing written', async () => {
    const before = readTree(folder);
    await expect(generate(folder, yes)).rejects.toMatchObject({
      code: 3,
      message: expect.stringMatching(
        /Nothing was written.*\n {2}console\/away.html: .*\n {2}minio\/minio-init.sh: .*\n/,
      ),
    });
    expect(readTree(folder)).toEqual(before);
  });

  it('stays when the person keeps it; everything else is written', async () => {
    await generate(folder, { answers: { ...typed, choice: 'mine' } });
    const { files: written } = readTree(folder);
    expect(written['console/away.html']).toBe('Mine.\n');
    expect(written['minio/minio-init.sh']).toBe('mine\n');
    expect(Object.keys(written).filter((path) => !isMemory(path))).toEqual(files);
  });

  it('is replaced when the person says so', async () => {
    await generate(folder, { answers: { ...typed, choice: 'theirs' } });
    expect(readTree(folder).files['minio/minio-init.sh']).toContain('make_bucket_private');
  });

  it('is left with everything else when the person stops', async () => {
    const before = readTree(folder);
    await expect(generate(folder, { answers: { ...typed, choice: 'stop' } })).rejects.toMatchObject({ code: 3 });
    expect(readTree(folder)).toEqual(before);
  });

  it('is replaced with --force', async () => {
    await generate(folder, { options: { yes: true, force: true } });
    expect(readTree(folder).files['console/away.html']).not.toBe('Mine.\n');
  });
});

describe('what is in the way', () => {
  const refused = async (prepare: () => void, message: string) => {
    prepare();
    const before = readdirSync(dirname(folder), { recursive: true });
    await expect(generate(folder, { options: { yes: true, force: true } })).rejects.toThrow(message);
    expect(readdirSync(dirname(folder), { recursive: true })).toEqual(before);
  };

  it.each([
    [
      'a folder where a file belongs',
      () => mkdirSync(join(folder, 'render.yaml'), { recursive: true }),
      'render.yaml must be a file, but a folder is there',
    ],
    ['a file where a folder belongs', () => put('minio', ''), 'minio must be a folder, but a file is there'],
    ['a damaged .yo-rc.json', () => put('.yo-rc.json', '{'), ".yo-rc.json can't be read: "],
    [
      'a .yo-rc.json that is no object',
      () => put('.yo-rc.json', '[]'),
      ".yo-rc.json can't be read: it must hold an object",
    ],
    ['a file in place of the target', () => writeFileSync(folder, ''), 'is not a folder; name another directory'],
  ])('%s is named, and nothing is written', (_, prepare, message) => refused(prepare, message));

  it.each([
    [
      'a link in place of a file',
      () => link('README.md', '/etc/passwd'),
      'README.md must be a file, but a symbolic link is there',
    ],
    [
      'a link in place of a folder',
      () => link('console', mkdtempSync(join(tmpdir(), 'minio-stack-outside-'))),
      'console must be a folder, but a symbolic link is there',
    ],
  ])('%s is named, and nothing is written', needs(symbolicLinks()), (_, prepare, message) => refused(prepare, message));

  it('a damaged package.json of the user is none of our business', async () => {
    put('package.json', '{');
    await generate(folder, yes);
    expect(readTree(folder).files['package.json']).toBe('{');
  });
});
