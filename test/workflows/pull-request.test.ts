import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needs, program, unix } from '../support/needs.ts';
import { callsOf, readWorkflow, runStep, scriptOf, stub } from '../support/workflow-steps.ts';

const workflow = readWorkflow(join(import.meta.dirname, '../../.github/workflows/pull-request.yml'));
const steps = {
  push: scriptOf(workflow, 'pull-request', 'Push the branch'),
  open: scriptOf(workflow, 'pull-request', 'Open or update the pull request'),
};

const url = 'https://github.com/o/r/pull/7';
/** What `gh` does in a repository without pull requests. */
const nothingOpen = 'exit 0';
const alreadyOpen = `case "$*" in "pr list"*) echo ${url};; esac`;
const forbidden = `case "$*" in "pr create"*)
  echo "pull request create failed: GraphQL: GitHub Actions is not permitted to create or approve pull requests (createPullRequest)" >&2
  exit 1;; esac`;

describe('a pull request from a patch', needs(program('git'), unix('shells')), () => {
  let folder: string;
  let checkout: string;
  let remote: string;

  const git = (cwd: string, ...args: string[]) => {
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
    return execFileSync('git', [...author, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
  };
  const onRemote = (...args: string[]) => git(remote, ...args);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'minio-stack-pull-request-'));
    remote = join(folder, 'remote.git');
    const origin = join(folder, 'origin');
    git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
    git(folder, 'clone', '--quiet', remote, origin);
    writeFileSync(join(origin, 'images.ts'), 'old\n');
    git(origin, 'add', '.');
    git(origin, 'commit', '--quiet', '--message=First');
    git(origin, 'push', '--quiet', 'origin', 'HEAD:main');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A fresh checkout as the workflow has it, with the patch of another job. */
  function checkOut(content: string) {
    checkout = mkdtempSync(join(folder, 'checkout-'));
    git(folder, 'clone', '--quiet', '--depth=1', `file://${remote}`, checkout);
    writeFileSync(join(checkout, 'images.ts'), content);
    mkdirSync(join(checkout, '.patch'));
    writeFileSync(join(checkout, '.patch/changes.patch'), `${git(checkout, 'diff', '--binary')}\n`);
    writeFileSync(join(checkout, '.patch/description.md'), 'old → new\n');
    git(checkout, 'checkout', '--quiet', 'images.ts');
  }

  /** Runs both steps. */
  async function propose(content: string, gh: string) {
    checkOut(content);
    const programs = mkdtempSync(join(folder, 'programs-'));
    stub(programs, 'gh', gh);
    const env = {
      PATCH: '.patch',
      BRANCH: 'pins',
      TITLE: 'Pin the newest images',
      BASE: 'main',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'o/r',
    };
    const pushed = await runStep(steps.push, { cwd: checkout, env, programs });
    if (pushed.status !== 0) return { ...pushed, calls: callsOf(programs) };
    const opened = await runStep(steps.open, { cwd: checkout, env, programs });
    return { ...opened, stdout: pushed.stdout + opened.stdout, calls: callsOf(programs) };
  }

  it('has one commit on a branch of its own, and is opened', async () => {
    const { status, calls } = await propose('new\n', nothingOpen);
    expect(status).toBe(0);
    expect(onRemote('show', 'pins:images.ts')).toBe('new');
    expect(onRemote('log', '--format=%s <%an>', 'main..pins')).toBe('Pin the newest images <github-actions[bot]>');
    expect(onRemote('show', 'main:images.ts')).toBe('old');
    expect(calls.at(-1)).toBe(
      'gh pr create --base main --head pins --title Pin the newest images --body-file .patch/description.md',
    );
  });

  it('that is open already gets the newer change, and no second one is opened', async () => {
    await propose('new\n', nothingOpen);
    const { status, calls } = await propose('newer\n', alreadyOpen);
    expect(status).toBe(0);
    expect(onRemote('show', 'pins:images.ts')).toBe('newer');
    expect(onRemote('rev-list', '--count', 'main..pins')).toBe('1');
    expect(calls.at(-1)).toMatch(`gh pr edit ${url} --title`);
    expect(calls.join()).not.toContain('pr create');
  });

  it('that has the change already keeps its commit', async () => {
    await propose('new\n', nothingOpen);
    const before = onRemote('rev-parse', 'pins');
    const { status, stdout } = await propose('new\n', alreadyOpen);
    expect(status).toBe(0);
    expect(stdout).toContain('The branch pins has this change already.');
    expect(onRemote('rev-parse', 'pins')).toBe(before);
  });

  it('that Actions may not open fails with the setting and what to do by hand', async () => {
    const { status, stdout } = await propose('new\n', forbidden);
    expect(status).toBe(1);
    expect(stdout).toContain('::error::Actions may not open pull requests here.');
    expect(stdout).toContain('https://github.com/o/r/settings/actions');
    expect(stdout).toContain('https://github.com/o/r/compare/pins');
    expect(onRemote('show', 'pins:images.ts')).toBe('new');
  });

  it('that can not be opened for another reason fails with that reason alone', async () => {
    const { status, stdout, stderr } = await propose(
      'new\n',
      'case "$*" in "pr create"*) echo "HTTP 502" >&2; exit 1;; esac',
    );
    expect(status).toBe(1);
    expect(stderr).toContain('HTTP 502');
    expect(stdout).not.toContain('::error::');
  });

  it('whose branch is protected fails before anything is opened', async () => {
    writeFileSync(
      join(remote, 'hooks/pre-receive'),
      '#!/bin/sh\necho "GH013: Repository rule violations" >&2\nexit 1\n',
      {
        mode: 0o755,
      },
    );
    const { status, stdout, stderr, calls } = await propose('new\n', nothingOpen);
    expect(status).toBe(1);
    expect(stdout).toContain("::error::The branch pins can't be pushed.");
    expect(stderr).toContain('GH013');
    expect(calls).toEqual(['gh auth setup-git']);
  });

  it('whose patch does not fit fails, and leaves the branch alone', async () => {
    checkOut('new\n');
    const other = join(folder, 'origin');
    writeFileSync(join(other, 'images.ts'), 'changed meanwhile\n');
    writeFileSync(join(checkout, 'images.ts'), 'changed meanwhile\n');
    const programs = join(folder, 'programs');
    stub(programs, 'gh', nothingOpen);
    const env = { PATCH: '.patch', BRANCH: 'pins', TITLE: 'a' };
    const { status, stderr } = await runStep(steps.push, { cwd: checkout, env, programs });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/does not (apply|match)/);
    expect(onRemote('branch', '--list', 'pins')).toBe('');
  });
});

describe('the pins workflow', needs(program('git'), unix('shells')), () => {
  const pins = readWorkflow(join(import.meta.dirname, '../../.github/workflows/pins.yml'));
  const script = scriptOf(pins, 'look-up', 'Make a patch');

  it.each([
    ['old\n', 'changed=false'],
    ['new\n', 'changed=true'],
  ])('tests and proposes something only where something has changed: %j', async (content, output) => {
    const folder = mkdtempSync(join(tmpdir(), 'minio-stack-pins-'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: folder });
    git('init', '--quiet');
    writeFileSync(join(folder, 'images.ts'), 'old\n');
    git('add', '.');
    git('commit', '--quiet', '--message=First');
    mkdirSync(join(folder, '.patch'));
    writeFileSync(join(folder, 'images.ts'), content);
    const { status, outputs } = await runStep(script, { cwd: folder, env: {}, programs: folder });
    expect(status).toBe(0);
    expect(outputs.trim()).toBe(output);
    expect(pins.jobs.suite?.if).toBe("needs.look-up.outputs.changed == 'true'");
    expect(pins.jobs['pull-request']?.needs).toEqual(['look-up', 'suite']);
  });
});
