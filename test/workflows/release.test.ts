import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needs, program, unix } from '../support/needs.ts';
import { type Registry, startRegistry } from '../support/packed/registry.ts';
import { callsOf, readWorkflow, runStep, scriptOf, stub } from '../support/workflow-steps.ts';

const workflow = readWorkflow(join(import.meta.dirname, '../../.github/workflows/release.yml'));
const scripts = {
  decide: scriptOf(workflow, 'decide', 'Look for a version without a tag'),
  tag: scriptOf(workflow, 'tag', 'Push the tag'),
  publish: scriptOf(workflow, 'publish', 'Publish what is not on npm yet'),
  release: scriptOf(workflow, 'github-release', 'Make the release, with the packages and their bills of materials'),
};

const version = '0.2.0';
const changelog = `# Changelog

## [Unreleased]

- Next.

## [${version}] - 2026-11-30

### Added

- This.

## [0.1.0] - 2026-09-20

- That.
`;

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

describe('a commit on main', needs(program('git'), program('jq'), unix('shells')), () => {
  let folder: string;
  let checkout: string;
  let remote: string;
  let programs: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'minio-stack-release-'));
    remote = join(folder, 'remote.git');
    checkout = join(folder, 'checkout');
    programs = join(folder, 'programs');
    git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
    git(folder, 'clone', '--quiet', remote, checkout);
    stub(programs, 'gh', 'exit 0');
    commit({ version, changelog });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A commit on main, with one version in both packages. */
  function commit(files: { version: string; changelog: string; createVersion?: string }) {
    mkdirSync(join(checkout, 'create-minio-stack'), { recursive: true });
    writeFileSync(join(checkout, 'package.json'), JSON.stringify({ version: files.version }));
    writeFileSync(
      join(checkout, 'create-minio-stack/package.json'),
      JSON.stringify({ version: files.createVersion ?? files.version }),
    );
    writeFileSync(join(checkout, 'CHANGELOG.md'), files.changelog);
    git(checkout, 'add', '.');
    git(checkout, 'commit', '--quiet', '--allow-empty', '--message=A commit');
    git(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  }
  const step = (script: string) => runStep(script, { cwd: checkout, env: { VERSION: version }, programs });

  it('whose version has a dated section and no tag is a release', async () => {
    expect(await step(scripts.decide)).toMatchObject({ status: 0, outputs: `version=${version}\n` });
  });

  it('without a dated section is none', async () => {
    commit({ version, changelog: changelog.replace(`[${version}] - 2026-11-30`, `[${version}]`) });
    const { status, outputs, stdout } = await step(scripts.decide);
    expect({ status, outputs }).toEqual({ status: 0, outputs: '' });
    expect(stdout).toContain(`no dated section for ${version}`);
  });

  it('that comes after the release is none, and can not take its tag', async () => {
    expect(await step(scripts.tag)).toMatchObject({ status: 0 });
    const tagged = git(remote, 'rev-parse', `v${version}`);
    commit({ version, changelog: `${changelog}\n` });
    const { outputs, stdout } = await step(scripts.decide);
    expect(outputs).toBe('');
    expect(stdout).toContain(`${version} was released from ${tagged}`);
    expect((await step(scripts.tag)).status).not.toBe(0);
    expect(git(remote, 'rev-parse', `v${version}`)).toBe(tagged);
  });

  it('that was tagged by a run that stopped half-way is still the release', async () => {
    await step(scripts.tag);
    expect(await step(scripts.decide)).toMatchObject({ status: 0, outputs: `version=${version}\n` });
    expect((await step(scripts.tag)).status).toBe(0);
  });

  it('with two versions fails', async () => {
    commit({ version, changelog, createVersion: '0.1.0' });
    const { status, stdout } = await step(scripts.decide);
    expect(status).toBe(1);
    expect(stdout).toContain('::error::The two packages have different versions.');
  });

  it('whose remote does not answer is no release', async () => {
    git(checkout, 'remote', 'set-url', 'origin', join(folder, 'nowhere'));
    const { status, outputs } = await step(scripts.decide);
    expect(status).not.toBe(0);
    expect(outputs).toBe('');
  });

  describe('as a release on GitHub', () => {
    beforeEach(() => {
      mkdirSync(join(checkout, 'packages'));
      for (const name of ['generator-minio-stack-0.2.0.tgz', 'create-minio-stack.cdx.json'])
        writeFileSync(join(checkout, 'packages', name), '');
    });

    it("has the changelog's section, and the packages with their bill of materials", async () => {
      stub(programs, 'gh', 'case "$*" in "release view"*) exit 1;; esac');
      expect((await step(scripts.release)).status).toBe(0);
      expect(readFileSync(join(checkout, 'notes.md'), 'utf8').trim()).toBe('### Added\n\n- This.');
      expect(callsOf(programs)).toEqual([
        `gh release view v${version}`,
        `gh release create v${version} --verify-tag --title ${version} --notes-file notes.md`,
        `gh release upload v${version} --clobber packages/create-minio-stack.cdx.json packages/generator-minio-stack-0.2.0.tgz`,
      ]);
    });

    it('that is there already gets the files that are missing', async () => {
      expect((await step(scripts.release)).status).toBe(0);
      expect(callsOf(programs).join('\n')).not.toContain('release create');
      expect(callsOf(programs).at(-1)).toContain('release upload');
    });

    it('fails when GitHub refuses it', async () => {
      stub(programs, 'gh', 'exit 1');
      expect((await step(scripts.release)).status).toBe(1);
    });
  });
});

describe('both packages, in a registry', needs(program('npm'), unix('shells')), () => {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-publish-'));
  const names = ['generator-minio-stack', 'create-minio-stack'];
  let registry: Registry;

  beforeAll(async () => {
    registry = await startRegistry(folder);
  }, 120_000);
  afterAll(async () => {
    await registry?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The files that the job "pack" hands over. */
  function pack(of: string) {
    const work = mkdtempSync(join(folder, 'work-'));
    mkdirSync(join(work, 'packages'));
    for (const name of names) {
      const source = join(work, 'source', name);
      mkdirSync(source, { recursive: true });
      // A script of the package must not run here: it would have the right to publish.
      const scripts = { prepublishOnly: 'exit 1', publish: 'exit 1' };
      writeFileSync(join(source, 'package.json'), JSON.stringify({ name, version: of, scripts }));
      execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', join(work, 'packages')], {
        cwd: source,
      });
    }
    return work;
  }
  // Provenance is what only a CI can state.
  const publish = (work: string, of: string) =>
    runStep(scripts.publish, {
      cwd: work,
      env: { ...registry.env, VERSION: of, NPM_CONFIG_PROVENANCE: 'false' },
      programs: work,
    });
  const versionOf = async (name: string, of: string) => {
    const response = await fetch(`${registry.env.npm_config_registry}${name}`);
    const { versions } = (await response.json()) as { versions?: Record<string, { version: string }> };
    return versions?.[of]?.version;
  };

  it('are published', async () => {
    const { status, stderr } = await publish(pack('1.0.0'), '1.0.0');
    expect(stderr).not.toContain('npm error');
    expect(status).toBe(0);
    for (const name of names) expect(await versionOf(name, '1.0.0')).toBe('1.0.0');
  });

  it('are left as they are by a second run', async () => {
    const work = pack('1.0.1');
    await publish(work, '1.0.1');
    const { status, stdout } = await publish(work, '1.0.1');
    expect(status).toBe(0);
    for (const name of names) expect(stdout).toContain(`${name} 1.0.1 is on npm already.`);
  });

  it('are both there after a run that had stopped between them', async () => {
    const work = pack('1.0.2');
    const half = mkdtempSync(join(folder, 'half-'));
    cpSync(join(work, 'packages'), join(half, 'packages'), { recursive: true });
    rmSync(join(half, 'packages/create-minio-stack-1.0.2.tgz'));
    expect((await publish(half, '1.0.2')).status).not.toBe(0);
    expect(await versionOf('create-minio-stack', '1.0.2')).toBeUndefined();
    const { status, stdout } = await publish(work, '1.0.2');
    expect(status).toBe(0);
    expect(stdout).toContain('generator-minio-stack 1.0.2 is on npm already.');
    expect(await versionOf('create-minio-stack', '1.0.2')).toBe('1.0.2');
  });
});
