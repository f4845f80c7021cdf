import { chownSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readTree } from '../support/generate.ts';
import { needs, program } from '../support/needs.ts';
import { installBesideYo, installCreate } from '../support/packed/packages.ts';
import { run } from '../support/packed/program.ts';
import { Terminal } from '../support/packed/terminal.ts';
import { asRoot, person, Workplace } from '../support/packed/workplace.ts';
import { edit, generated, own, replaced, texts, versionFolder } from '../update/support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

const conf = 'console/minio-console.conf.template';
const mine = 'proxy_read_timeout 900s;';
const theirs = 'proxy_read_timeout 3600s;';

let workplace: Workplace;
const bins: string[] = [];
let outdated: string;
let conflicting: string;
let cwd: string;
let target: string;

beforeAll(async () => {
  workplace = new Workplace();
  const installed = await Promise.all([installCreate(workplace.folder), installBesideYo(workplace.folder)]);
  bins.push(...installed.map((folder) => join(folder, 'node_modules/.bin')));
  outdated = await generated(versionFolder('0.0.2'));
  conflicting = await generated(versionFolder('0.0.2'));
  edit(outdated, { 'README.md': (text) => `${text}Ours.\n` });
  edit(conflicting, { [conf]: replaced('proxy_read_timeout 300s;', mine) });
});
afterAll(() => workplace.remove());
beforeEach(() => {
  cwd = workplace.emptyFolder();
  target = join(cwd, 'my-storage');
});

/** Puts a repository where the program runs, as its user's. */
function put(repository: string): void {
  cpSync(repository, target, { recursive: true });
  if (!asRoot) return;
  for (const path of ['', ...readdirSync(target, { recursive: true, encoding: 'utf8' })])
    chownSync(join(target, path), person, person);
}

describe.each([
  ['create-minio-stack', [] as string[]],
  ['yo', ['minio-stack']],
])('the packed product, %s:', (program, first) => {
  const start = (...flags: string[]) =>
    run(program, [...first, 'my-storage', ...flags], { cwd, env: workplace.env, path: bins });

  it.each<[string, () => string, string[], number]>([
    ['an update', () => outdated, [], 0],
    ['a check that finds one', () => outdated, ['--check'], 2],
    ['a check that finds a conflict', () => conflicting, ['--check'], 3],
    ['a conflict without a terminal', () => conflicting, [], 3],
    ['a conflict that is decided', () => conflicting, ['--on-conflict', 'mine'], 0],
    ['a conflict that is marked', () => conflicting, ['--on-conflict', 'markers'], 3],
    ['a rename that is refused', () => outdated, ['--bucket', 'other'], 1],
  ])('%s', async (_, repository, flags, code) => {
    put(repository());
    const before = readTree(target);
    const outcome = await start(...flags);
    expect(outcome.code, outcome.stderr).toBe(code);
    const written = code === 0 || flags.includes('markers');
    if (written) expect(own(target)['render.yaml']).toBe(texts('current')['render.yaml']);
    else expect(readTree(target)).toEqual(before);
    if (repository() === outdated && written) expect(own(target)['README.md']).toMatch(/Ours\.\n$/);
  });

  it('--json alone is on standard output', async () => {
    put(outdated);
    const { stdout } = await start('--json', '--check');
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, previousVersion: '0.0.2', outdated: true });
  });
});

describe('on a terminal, a conflict', needs(program('tmux')), () => {
  let terminal: Terminal;
  beforeEach(() => put(conflicting));
  afterEach(() => terminal.close());

  const shown = (text: string) => expect.poll(() => terminal.screen(), { timeout: 30_000 }).toContain(text);
  const start = async (command: string, env: Record<string, string> = {}) => {
    terminal = new Terminal(`${command} my-storage`, cwd, { env: { ...workplace.env, ...env }, path: bins });
    await shown('What do you want to keep?');
  };
  const choose = (downwards: number) => terminal.press(...Array.from({ length: downwards }, () => 'Down'), 'Enter');

  it.each([['create-minio-stack'], ['yo minio-stack']])('is asked about by %s: the file as it is', async (command) => {
    await start(command);
    choose(0);
    await shown('code=0');
    expect(own(target)[conf]).toContain(mine);
    expect(own(target)['render.yaml']).toBe(texts('current')['render.yaml']);
  });

  it('the generated file, after a look at the difference', async () => {
    await start('create-minio-stack');
    choose(4);
    await shown(`-    ${mine}`);
    await shown('What do you want to keep?');
    choose(1);
    await shown('code=0');
    expect(own(target)[conf]).toContain(theirs);
  });

  it('both, with markers', async () => {
    await start('create-minio-stack');
    choose(2);
    await shown('code=3');
    expect(own(target)[conf]).toMatch(/^<{7} mine.*^>{7} theirs/ms);
  });

  it('what the editor saves, once no marker is left', async () => {
    await start('create-minio-stack', {
      EDITOR: "sed -i -e '/^[<=>]\\{7\\}/d' -e 's/proxy_read_timeout [0-9]*s;/proxy_read_timeout 1200s;/'",
    });
    choose(3);
    await shown('code=0');
    expect(own(target)[conf]).toContain('proxy_read_timeout 1200s;');
    expect(own(target)[conf]).not.toContain('<<<<<<<');
  });

  it.each(['false', '/no/such/editor'])(
    'an editor that fails is named, and they are asked again: %s',
    async (editor) => {
      await start('create-minio-stack', { EDITOR: editor });
      choose(3);
      await shown(`The editor "${editor}" failed: exit code`);
      await shown('What do you want to keep?');
      choose(0);
      await shown('code=0');
      expect(own(target)[conf]).toContain(mine);
    },
  );

  it('an editor that empties the file: taken only after a question', async () => {
    await start('create-minio-stack', { EDITOR: 'truncate -s 0' });
    choose(3);
    await shown('❯ no, ask me again');
    expect(terminal.screen()).toContain('without any text');
    choose(0);
    await shown('❯ mine in these places');
    choose(3);
    await shown('❯ no, ask me again');
    choose(1);
    await shown('code=0');
    expect(own(target)[conf]).toBe('');
  });

  it.each<[string, () => void, string]>([
    ['stopping', () => choose(5), 'code=3'],
    ['Ctrl-C', () => terminal.press('C-c'), 'code=130'],
  ])('%s writes nothing at all', async (_, press, code) => {
    const before = readTree(target);
    await start('create-minio-stack');
    press();
    await shown(code);
    expect(readTree(target)).toEqual(before);
  });
});
