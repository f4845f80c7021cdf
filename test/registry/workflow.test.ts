import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/verify/report.ts';
import { codeBlock } from '../support/documents.ts';
import { emptyFolder } from '../support/generate.ts';
import { DockerRegistry, dockerRegistry } from '../support/images/docker-registry.ts';
import { needs, program } from '../support/needs.ts';
import { readWorkflow, runStep } from '../support/workflow-steps.ts';
import { current, edit, generated, own, replaced } from '../update/support.ts';

const bin = fileURLToPath(new URL('../../create-minio-stack/bin.js', import.meta.url));
const workflow = '.github/workflows/minio-stack.yml';
const branch = 'minio-stack-update';
const bot = '41898282+github-actions[bot]@users.noreply.github.com';
const releases = { old: 'RELEASE.2026-07-22T00-00-00Z', new: 'RELEASE.2026-10-26T00-00-00Z' };

/**
 * The generated workflow, run step by step as GitHub does: a clone of the remote for each job, the job's files in a folder
 * that the artifact action would carry over, and stand-ins for npx (this checkout's bundle) and gh (a folder of files).
 */
describe('the generated workflow', needs(dockerRegistry, program('git')), () => {
  let registry: DockerRegistry;
  let remote: string;
  let programs: string;
  let pullRequests: string;
  const git = (folder: string, ...args: string[]) => {
    const settings = ['-c', 'user.name=Jo', '-c', 'user.email=jo@example.com', '-c', 'init.defaultBranch=main'];
    const { status, stdout, stderr } = spawnSync('git', [...settings, ...args], { cwd: folder, encoding: 'utf8' });
    expect(status, `git ${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout.trim();
  };
  const silo = (tag: string) => `${registry.host}/pgsty/silo:${tag}`;
  const nginx = (tag: string) => `${registry.host}/library/nginx:${tag}`;

  beforeAll(async () => {
    registry = await DockerRegistry.start();
    await registry.push('pgsty/silo', [releases.old], { content: 'old' });
    await registry.push('pgsty/silo', [releases.new], { content: 'new' });
    await registry.push('library/nginx', ['1.30.5-alpine-slim'], { content: 'old' });
  });
  afterAll(() => registry?.stop());

  /** A program in front of the PATH. */
  function standIn(name: string, script: string): void {
    writeFileSync(join(programs, name), `#!/bin/bash\n${script}`);
    chmodSync(join(programs, name), 0o755);
  }

  /** A repository that somebody has generated, edited and pushed. */
  async function pushed(change: (folder: string) => void = () => {}): Promise<string> {
    const folder = await generated(current, {
      'server-image': silo(releases.old),
      'console-image': nginx('1.30.5-alpine-slim'),
    });
    change(folder);
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'Add MinIO stack');
    git(folder, 'push', '--quiet', remote, 'HEAD:main');
    return folder;
  }

  beforeEach(() => {
    remote = emptyFolder();
    programs = emptyFolder();
    pullRequests = emptyFolder();
    for (const folder of [remote, programs, pullRequests]) mkdirSync(folder, { recursive: true });
    git(remote, 'init', '--quiet', '--bare');
    standIn(
      'npx',
      `[ "$1 $2" = "--yes create-minio-stack@latest" ] || exit 9\nshift 2\nexec "${process.execPath}" "${bin}" "$@"\n`,
    );
    // `gh` of one repository without network: its pull requests are files, named after the branch.
    standIn(
      'gh',
      `cd "${pullRequests}"
      case "$1 $2" in
        "auth setup-git") ;;
        "pr view") [ -e "$3" ] && cat "$3" ;;
        "pr create")
          [ ! -e forbidden ] || { echo "pull request create failed: GraphQL: GitHub Actions is not permitted to create or approve pull requests (createPullRequest)" >&2; exit 1; }
          [ "$3 $4 $5 $6" = "--base main --head ${branch}" ] || exit 9
          echo OPEN > "$6"; cp "\${@: -1}" body; echo created >> log ;;
        "pr edit") cp "\${@: -1}" body; echo edited >> log ;;
        *) exit 9 ;;
      esac\n`,
    );
  });

  /**
   * Runs a whole workflow; returns what its steps have printed, and whether all of them passed.
   * @param variables the repository's variables, of which those that are not set are empty
   */
  async function week(variables: Record<string, string> = {}): Promise<{ passed: boolean; output: string }> {
    const files = emptyFolder();
    mkdirSync(files);
    const github = {
      RUNNER_TEMP: files,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'jo/storage',
      GITHUB_REF_NAME: 'main',
    };
    const filledIn = (env: Record<string, string> = {}) =>
      Object.fromEntries(
        Object.entries(env).map(([name, value]) => [
          name,
          value.replace(/\$\{\{ (?:vars|secrets)\.(\w+) \}\}/, (_, variable) => variables[variable] ?? ''),
        ]),
      );
    let output = '';
    let isChanged = false;
    for (const { steps = [], if: condition } of Object.values(readWorkflow(join(clone(), workflow)).jobs)) {
      const isOn = condition?.includes('vars.') ? variables.MINIO_API_URL && variables.MINIO_CONSOLE_URL : isChanged;
      if (condition && !isOn) continue;
      const cwd = clone();
      for (const { run: script, shell, env } of steps) {
        if (!script) continue;
        const step = await runStep(script, {
          cwd,
          env: { ...github, ...filledIn(env) },
          programs,
          ...(shell && { shell }),
        });
        output += step.stdout + step.stderr;
        isChanged ||= step.outputs.includes('changed=true\n');
        if (step.status !== 0) return { passed: false, output };
      }
    }
    return { passed: true, output };
  }

  function clone(name = 'main'): string {
    const folder = emptyFolder();
    git(dirname(folder), 'clone', '--quiet', '--depth', '1', '--branch', name, `file://${remote}`, folder);
    return folder;
  }

  const branches = () => git(remote, 'branch', '--format', '%(refname:short)').split('\n');
  const said = (file: string) =>
    existsSync(join(pullRequests, file)) ? readFileSync(join(pullRequests, file), 'utf8') : '';
  /** A commit of a person on the update's branch. */
  const commitOnBranch = () => {
    const folder = clone(branch);
    edit(folder, { 'README.md': (text) => `${text}\nSettled.\n` });
    git(folder, 'commit', '--quiet', '--all', '--message', 'Settle');
    git(folder, 'push', '--quiet', 'origin', branch);
    return git(folder, 'rev-parse', 'HEAD');
  };

  it('opens a pull request with the newest images, and keeps the edits', async () => {
    await pushed((folder) => edit(folder, { 'README.md': (text) => `${text}\n## Who to call\n\nJo.\n` }));
    expect(await week()).toMatchObject({ passed: true });
    const files = own(clone(branch));
    expect(files['minio/Dockerfile']).toMatch(new RegExp(`^FROM ${silo(releases.new)}@sha256:`, 'm'));
    expect(files['README.md']).toContain('## Who to call');
    expect(git(remote, 'log', '-1', '--format=%ae %s', branch)).toBe(`${bot} Update the MinIO stack`);
    expect(said('body')).toContain(silo(releases.new));
    expect(said('body')).toContain(`\n- https://github.com/pgsty/silo/releases/tag/${releases.new}\n`);
    expect(said('body')).not.toContain('**Some files');
    expect(said('log')).toBe('created\n');
  });

  it('verifies the deployment once both addresses are set, and fails when it is not as promised', async () => {
    await pushed();
    const [api, console] = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
    expect(await week({ MINIO_API_URL: api })).toMatchObject({ passed: true });
    const { passed, output } = await week({ MINIO_API_URL: api, MINIO_CONSOLE_URL: console });
    expect(passed).toBe(false);
    expect(output.match(/nothing listens there/g)).toHaveLength(2);
    expect(output).toContain("needs the application's key");
  });

  it('verify --newest-images names what is newer than the pins of the repository', async () => {
    const cwd = await pushed();
    const args = [bin, 'verify', 'http://127.0.0.1:1', '--newest-images', '--json'];
    const { stdout } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    const { findings } = JSON.parse(stdout) as Report;
    expect(findings.find(({ id }) => id === 'versions.newest')).toMatchObject({
      verdict: 'WARN',
      seen: `newer: ${silo(releases.new)}`,
    });
  });

  it('does nothing where all is in sync', async () => {
    const folder = await pushed();
    await week();
    git(folder, 'pull', '--quiet', remote, branch);
    git(folder, 'push', '--quiet', remote, 'HEAD:main');
    git(remote, 'branch', '--delete', '--force', branch);
    rmSync(join(pullRequests, branch));
    expect(await week()).toMatchObject({ passed: true });
    expect(branches()).toEqual(['main']);
    expect(said('log')).toBe('created\n');
  });

  it('shows both sides of a conflict, and says so', async () => {
    await pushed((folder) => {
      const conf = 'console/minio-console.conf.template';
      const base = `.minio-stack/base/${conf}`;
      // As if an older version had written another value, which both sides have changed since.
      const older = replaced('client_max_body_size 0;', 'client_max_body_size 7g;');
      edit(folder, { [base]: older, [conf]: replaced('client_max_body_size 0;', 'client_max_body_size 5g;') });
      rmSync(join(folder, '.minio-stack/rendering.json'));
    });
    expect(await week()).toMatchObject({ passed: true });
    expect(own(clone(branch))['console/minio-console.conf.template']).toContain('<<<<<<< mine');
    expect(said('body')).toContain('**Some files have conflict markers.**');
  });

  it('brings an open pull request up to date, and does not push what it has already', async () => {
    const folder = await pushed();
    await week();
    const before = git(remote, 'rev-parse', branch);
    expect((await week()).output).toContain('has all of it already');
    expect(git(remote, 'rev-parse', branch)).toBe(before);
    edit(folder, { 'compose.yaml': (text) => `${text}# mine\n` });
    git(folder, 'commit', '--quiet', '--all', '--message', 'Edit');
    git(folder, 'push', '--quiet', remote, 'HEAD:main');
    expect(await week()).toMatchObject({ passed: true });
    expect(own(clone(branch))['compose.yaml']).toContain('# mine');
    expect(said('log')).toBe('created\nedited\n');
  });

  it('leaves a pull request alone that somebody has closed, until there is more', async () => {
    await pushed();
    await week();
    writeFileSync(join(pullRequests, branch), 'CLOSED\n');
    expect(await week()).toMatchObject({ passed: true });
    expect(said('log')).toBe('created\n');
  });

  it("never overwrites a person's commits on its branch", async () => {
    await pushed();
    await week();
    const commit = commitOnBranch();
    expect(await week()).toMatchObject({ passed: true, output: expect.stringContaining('::notice::') });
    writeFileSync(join(pullRequests, branch), 'MERGED\n');
    expect(await week()).toMatchObject({
      passed: false,
      output: expect.stringContaining(`::error::The branch ${branch} has commits of yours`),
    });
    expect(git(remote, 'rev-parse', branch)).toBe(commit);
  });

  it('says in one line how to allow pull requests, and opens one as soon as it may', async () => {
    await pushed();
    writeFileSync(join(pullRequests, 'forbidden'), '');
    const { passed, output } = await week();
    expect(passed).toBe(false);
    expect(output).toContain(
      '::error::Allow GitHub Actions to create pull requests: https://github.com/jo/storage/settings/actions.',
    );
    rmSync(join(pullRequests, 'forbidden'));
    expect(await week()).toMatchObject({ passed: true });
    expect(said('log')).toBe('created\n');
  });

  it('says in one line that the branch can not be pushed', async () => {
    await pushed();
    writeFileSync(join(remote, 'hooks/pre-receive'), '#!/bin/sh\necho protected >&2; exit 1\n', { mode: 0o755 });
    expect(await week()).toMatchObject({
      passed: false,
      output: expect.stringContaining(`::error::The branch ${branch} can't be pushed.`),
    });
  });

  it('changes no workflow, because GitHub would refuse the push', async () => {
    await pushed((folder) => {
      const older = (text: string) => `# Older.\n${text}`;
      edit(folder, { [workflow]: older, [`.minio-stack/base/${workflow}`]: older });
      rmSync(join(folder, '.minio-stack/rendering.json'));
    });
    expect(await week()).toMatchObject({ passed: true });
    expect(git(remote, 'diff', '--name-only', 'main', branch).split('\n')).not.toContain(workflow);
    expect(said('body')).toContain(`${workflow} would change as well, and was left. Run npm init minio-stack@latest`);
  });

  it('fails with the reason when a registry can not be asked', async () => {
    await pushed((folder) =>
      edit(folder, { 'minio/Dockerfile': (text) => text.replace(registry.host, '127.0.0.1:9') }),
    );
    expect(await week()).toMatchObject({
      passed: false,
      output: expect.stringContaining("127.0.0.1:9 can't be reached"),
    });
    expect(branches()).toEqual(['main']);
  });

  it('the step for GitLab and Bitbucket in docs/operations.md pushes a branch of the day, if there is something', async () => {
    await pushed();
    const folder = clone();
    const step = () =>
      spawnSync('bash', ['-e', '-c', codeBlock(folder, 'bash', '--newest-images')], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: `${programs}${delimiter}${process.env.PATH}`,
          GIT_AUTHOR_NAME: 'Jo',
          GIT_AUTHOR_EMAIL: 'jo@example.com',
          GIT_COMMITTER_NAME: 'Jo',
          GIT_COMMITTER_EMAIL: 'jo@example.com',
        },
      });
    expect(step()).toMatchObject({ status: 0 });
    const pushedBranch = branches().find((name) => /^minio-stack-2\d{3}-\d\d-\d\d$/.test(name)) ?? '';
    expect(own(clone(pushedBranch))['minio/Dockerfile']).toContain(releases.new);
    expect(step()).toMatchObject({ status: 0 });
    expect(branches()).toEqual(['main', pushedBranch]);
  });
});
