import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveAnswers } from '../src/answers/resolve-answers.ts';
import { parseCommandLine } from '../src/cli/command-line.ts';
import { generateFiles } from '../src/templates/generate-files.ts';
import { answerSets } from './support/answer-sets.ts';
import { emptyFolder } from './support/generate.ts';
import { needs, program } from './support/needs.ts';
import { templates } from './support/templates.ts';

/** Puts the generated files of an answer set on the disk; returns the folder. */
function generated(options: Record<string, unknown>): string {
  const argv = Object.entries(options).map(([flag, value]) =>
    value === false ? `--no-${flag}` : `--${flag}=${value}`,
  );
  const folder = emptyFolder();
  const answers = resolveAnswers({
    prompted: {},
    flags: parseCommandLine(argv).line.flags,
    edited: {},
    stored: {},
    folder,
  });
  for (const [path, { contents, executable }] of generateFiles(answers, templates)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents, { mode: executable ? 0o755 : 0o644 });
  }
  return folder;
}

const run = (program: string, args: string[], cwd: string, env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, output: stdout + stderr };
};

describe('the generated scripts', needs(program('shellcheck')), () => {
  it('have nothing that shellcheck would say, and switch none of its checks off', () => {
    const folder = generated({});
    const scripts = [
      ...['entrypoint', 'check', 'init'].map((name) => `minio/minio-${name}.sh`),
      'console/minio-upstream.envsh',
    ];
    expect(run('shellcheck', ['--shell=sh', ...scripts], folder)).toEqual({ status: 0, output: '' });
    expect(run('grep', ['-n', 'shellcheck', ...scripts], folder).output).toBe('');
  });
});

describe('the generated nginx configuration', needs(program('nginx')), () => {
  it.each([
    // Without `resolve`, which nginx of Debian 12 does not know yet; test/stack runs it in the nginx that is pinned.
    ['with one server', ' server 10.0.0.7:9090 max_fails=0;'],
    ['with a server for each search domain', ' server 10.0.0.7:9090 max_fails=0; server 10.0.0.8:9090 max_fails=0;'],
  ])('is one that nginx takes, %s', (_, upstream) => {
    const folder = generated({});
    const values: Record<string, string> = {
      PORT: '10000',
      PUBLIC_SCHEME: 'https',
      MINIO_SERVERS: upstream,
      NAMESERVERS: '10.0.0.2 [fd00::2]',
    };
    const site = readFileSync(join(folder, 'console/minio-console.conf.template'), 'utf8').replaceAll(
      /\$\{(\w+)\}/g,
      (_, name: string) => values[name] ?? '',
    );
    writeFileSync(join(folder, 'site.conf'), site);
    writeFileSync(join(folder, 'nginx.conf'), `pid ${folder}/pid;\nevents {}\nhttp { include ${folder}/site.conf; }\n`);
    const { status, output } = run('nginx', ['-t', '-q', '-e', 'stderr', '-c', join(folder, 'nginx.conf')], folder);
    expect(output.replace(/.*could not open error log file.*\n/, '')).toBe('');
    expect(status).toBe(0);
  });
});

describe('the generated compose.yaml', needs(program('docker-compose')), () => {
  const secrets = { MINIO_ROOT_PASSWORD: 'p4ss word', MINIO_APP_SECRET_KEY: 's3cret' };

  describe.each(Object.entries(answerSets))('with the answer set %s', (_, options) => {
    let folder: string;
    beforeAll(() => {
      folder = generated(options);
    });

    it('is one that Docker Compose takes: two services on this machine only, with the secrets from outside', () => {
      const { status, output } = run('docker-compose', ['config', '--format', 'json'], folder, secrets);
      expect(status, output).toBe(0);
      const services: Service[] = Object.values(JSON.parse(output).services);
      expect(services.map(({ build }) => build.context)).toEqual(
        expect.arrayContaining([join(folder, 'minio'), join(folder, 'console')]),
      );
      expect(services.flatMap(({ ports }) => ports.map(({ host_ip }) => host_ip))).toEqual(['127.0.0.1', '127.0.0.1']);
      expect(services.flatMap(({ environment }) => environment.MINIO_ROOT_PASSWORD ?? [])).toEqual(['p4ss word']);
    });

    it('is refused with a hint while a secret is missing', () => {
      const { status, output } = run('docker-compose', ['config'], folder, { ...secrets, MINIO_ROOT_PASSWORD: '' });
      expect(status).not.toBe(0);
      expect(output).toContain('MINIO_ROOT_PASSWORD is missing a value: set it in .env, see .env.example');
    });
  });
});

interface Service {
  build: { context: string };
  ports: { host_ip: string }[];
  environment: Record<string, string>;
}
