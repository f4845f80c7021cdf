import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answerNames, questions } from '../../src/answers/questions.ts';
import { runFlags } from '../../src/cli/run-flags.ts';
import { codeBlock } from '../support/documents.ts';
import { pack } from '../support/packed/packages.ts';
import { npm, run } from '../support/packed/program.ts';
import { type Registry, startRegistry } from '../support/packed/registry.ts';
import { Workplace } from '../support/packed/workplace.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let workplace: Workplace;
let registry: Registry;
let folder: string;

beforeAll(async () => {
  workplace = new Workplace();
  folder = join(workplace.folder, 'registry');
  mkdirSync(folder);
  registry = await startRegistry(folder);
  const { tarball } = await pack('create-minio-stack', workplace.folder);
  await registry.publish(tarball);
  // npx has installed it before several of them ask for it at once.
  await npmInit(workplace.emptyFolder(), 'minio-stack@latest', '--', '--version');
});
afterAll(async () => {
  await registry?.close();
  workplace?.remove();
});

/** Runs npm itself, as a person would. Its own `--yes` is left to its caller: it is what a swallowed one looks like. */
const npmInit = (cwd: string, ...args: string[]) =>
  run('npm', ['init', ...args], { cwd, env: { ...workplace.env, ...registry.env } });

describe('verify through npm', () => {
  it('runs, and ends with 4 where nobody answers', async () => {
    const { code, stderr } = await npmInit(
      workplace.emptyFolder(),
      'minio-stack@latest',
      'verify',
      'http://127.0.0.1:1',
    );
    expect(stderr).toContain('nothing listens there (ECONNREFUSED)');
    expect(code).toBe(4);
  });

  it('is refused where npm took its flags, with the line for npx', async () => {
    const args = ['verify', 'http://127.0.0.1:1', '--console', 'http://127.0.0.1:2', '--json'];
    const { code, stderr } = await npmInit(workplace.emptyFolder(), 'minio-stack@latest', ...args);
    const line = 'npx create-minio-stack@latest verify http://127.0.0.1:1 --console http://127.0.0.1:2 --json';
    expect(stderr).toContain(line);
    expect(code).toBe(1);
    const typed = await run('npx', [...line.split(' ').slice(1)], {
      cwd: workplace.emptyFolder(),
      env: { ...workplace.env, ...registry.env },
    });
    expect([typed.code, JSON.parse(typed.stdout).verdict]).toEqual([4, 'FAIL']);
  });
});

describe('a flag without -- before it, which npm takes for its own:', () => {
  const flags = [
    ...Object.values(runFlags).map(({ flag, kind }) => [flag, kind === 'choice' ? 'theirs' : 'value']),
    ...answerNames.map((name) => [questions[name].flag, questions[name].example]),
  ] as [string, string][];

  it.each(flags)('--%s, in all three spellings, writes nothing', async (flag, value) => {
    const spellings = [[`--${flag}`], [`--${flag}`, value], [`--${flag}=${value}`]];
    await Promise.all(
      spellings.map(async (spelling) => {
        const cwd = workplace.emptyFolder();
        await npmInit(cwd, 'minio-stack@latest', 'my-storage', ...spelling);
        for (const place of ['my-storage', value, '.'])
          expect(existsSync(join(cwd, place, 'render.yaml')), `${spelling.join(' ')}: ${place}`).toBe(false);
      }),
    );
  });

  it.each([
    [['--dry-run'], 'npm init minio-stack@latest my-storage -- --dry-run\n'],
    [['--disk-size', '50'], 'npm init minio-stack@latest my-storage -- --disk-size 50\n'],
    [['--disk-size=50'], 'npm init minio-stack@latest my-storage -- --disk-size 50\n'],
    [['--updates', 'none'], 'npm init minio-stack@latest my-storage -- --updates none\n'],
  ])('%j: the message has the same line with --', async (args, line) => {
    const { code, stderr } = await npmInit(workplace.emptyFolder(), 'minio-stack@latest', 'my-storage', ...args);
    expect(stderr).toContain(line);
    expect(code).toBe(1);
  });
});

it('a flag behind -- reaches the program, which writes: the tests above would notice', async () => {
  const cwd = workplace.emptyFolder();
  await npmInit(cwd, 'minio-stack@latest', 'my-storage', '--', '--yes');
  expect(existsSync(join(cwd, 'my-storage', 'render.yaml'))).toBe(true);
});

it('the commands of the generated documents update the repository, grow its disk and allow origins', async () => {
  const cwd = workplace.emptyFolder();
  await npmInit(cwd, 'minio-stack@latest', 'my-storage', '--', '--yes');
  const repository = join(cwd, 'my-storage');
  const type = async (command: string) => {
    const outcome = await run('bash', ['-c', command], { cwd: repository, env: { ...workplace.env, ...registry.env } });
    expect(outcome.code, outcome.stderr).toBe(0);
    return outcome.stdout + outcome.stderr;
  };
  expect(await type(codeBlock(repository, 'bash', 'npm init minio-stack@latest\n'))).toContain('Up to date');
  await type(codeBlock(repository, 'bash', '--disk-size'));
  await type(codeBlock(repository, 'bash', '--cors-origins'));
  const blueprint = readFileSync(join(repository, 'render.yaml'), 'utf8');
  expect(blueprint).toContain('sizeGB: 20\n');
  expect(blueprint).toContain('value: "https://app.example.com,https://www.example.com"\n');
});

describe("npx's cache of an older version", () => {
  it('is used by the bare command and not by @latest, which is why every document says @latest', async () => {
    const cwd = workplace.emptyFolder();
    await npmInit(cwd, 'minio-stack', 'my-storage', '--', '--yes');
    const { tarball, packageJson } = await pack('create-minio-stack', workplace.emptyFolder());
    const newer = join(workplace.emptyFolder(), 'newer');
    await npm(['install', '--offline', '--no-audit', '--no-fund', '--prefix', newer, tarball], workplace.folder);
    const source = join(newer, 'node_modules/create-minio-stack');
    const version = '99.0.0';
    writeFileSync(join(source, 'package.json'), JSON.stringify({ ...packageJson, version, scripts: {} }));
    const main = join(source, 'dist/main.js');
    writeFileSync(
      main,
      readFileSync(main, 'utf8').replaceAll(JSON.stringify(packageJson.version), JSON.stringify(version)),
    );
    await npm(['pack', '--pack-destination', newer], source);
    await registry.publish(join(newer, `create-minio-stack-${version}.tgz`));
    const versionOf = async (name: string) =>
      (await npmInit(cwd, name, '--', '--version')).stdout.trim().split('\n').at(-1);
    expect(await versionOf('minio-stack')).toBe(packageJson.version);
    expect(await versionOf('minio-stack@latest')).toBe(version);
  });
});
