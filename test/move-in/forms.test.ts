import { describe, expect, it } from 'vitest';
import { look } from '../../src/move-in/look.ts';
import { facts, fixture, repository } from './facts.ts';

type Change = (text: string) => string;
type Repository = Record<string, string>;

const monorepo = textsOf('09-monorepo');
const both = textsOf('04-both-services');

function textsOf(folder: string): Repository {
  const files = fixture(folder);
  return Object.fromEntries(files.paths.map((path) => [path, files.read(path) ?? '']));
}

const everywhere =
  (change: Change) =>
  (texts: Repository): Repository =>
    Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, change(text)]));
const inBlueprint =
  (change: Change) =>
  (texts: Repository): Repository => ({ ...texts, 'render.yaml': change(texts['render.yaml'] ?? '') });
const indented = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
/** Facts without the places: a form may move lines. */
const found = (texts: Repository) => facts(look(repository(texts))).map((line) => line.replace(/ \S+:\d+/g, ''));
const lines = (texts: Repository) => facts(look(repository(texts)));

describe('the same is found, in the same lines,', () => {
  it.each<[string, (texts: Repository) => Repository]>([
    ['with CRLF', everywhere((text) => text.replaceAll('\n', '\r\n'))],
    ['with a BOM', everywhere((text) => `\uFEFF${text}`)],
    [
      'with four spaces',
      inBlueprint((text) =>
        text.replaceAll(/^( *)(- )?/gm, (_, margin, dash) => margin + margin + (dash ? '-   ' : '')),
      ),
    ],
    ['with tabs in comments', inBlueprint((text) => text.replaceAll(/$/gm, ' #\tnote\t'))],
    ['with quoted names', inBlueprint((text) => text.replaceAll(/name: ([\w-]+)/g, 'name: "$1"'))],
    ['without a line end at the end', everywhere((text) => text.trimEnd())],
  ])('%s', (_, change) => {
    for (const texts of [monorepo, both]) expect(lines(change(texts))).toEqual(lines(texts));
  });
});

describe('the same is found', () => {
  it('in JSON', async () => {
    const { parse } = await import('yaml');
    const json = inBlueprint((text) => JSON.stringify(parse(text), null, 2));
    expect(found(json(monorepo))).toEqual(found(monorepo));
    expect(found(json(both))).toEqual(found(both));
  });

  it('in JSON on one line', async () => {
    const { parse } = await import('yaml');
    const json = inBlueprint((text) => JSON.stringify(parse(text)));
    expect(found(json(both))).toEqual(found(both));
  });

  it.each<[string, string, Change]>([
    ['below ungrouped', 'ungrouped', (text) => `ungrouped:\n${indented(text, 2)}`],
    [
      "in a project's environment",
      'environment',
      (text) => `projects:\n  - name: p\n    environments:\n      - name: e\n${indented(text, 8)}`,
    ],
    [
      'in the second environment of the second project, through an alias',
      'environment',
      (text) =>
        `x: &environment\n${indented(text, 2)}projects:\n  - name: a\n  - name: b\n    environments:\n      - {name: c}\n      - *environment\n`,
    ],
  ])('%s', (_, within, change) => {
    const expected = found(both).map((line) => line.replace('(services)', `(${within})`));
    expect(found(inBlueprint(change)(both))).toEqual(expected);
  });

  it('behind a merge key, of which the service overrides a part', () => {
    const merged = inBlueprint((text) =>
      text
        .replace(
          'services:\n',
          'x-web: &web\n  type: web\n  runtime: docker\n  region: oregon\n  plan: starter\nservices:\n',
        )
        .replace(
          '  - type: web\n    name: minio-server\n    runtime: docker\n',
          '  - <<: *web\n    name: minio-server\n',
        )
        .replace('    plan: starter\n', ''),
    );
    expect(found(merged(both))).toEqual(found(both));
  });

  it('behind a merge key with a list of maps: the first one wins', () => {
    const merged = inBlueprint((text) =>
      text
        .replace('services:\n', 'x: [&a {region: frankfurt}, &b {region: ohio, plan: starter}]\nservices:\n')
        .replace('    region: frankfurt\n    plan: starter\n', '    <<: [*a, *b]\n'),
    );
    expect(found(merged(both))).toEqual(found(both));
  });
});

const d = 'FROM minio/minio\nCMD ["server", "/data"]\n';
const service = 'services:\n  - type: web\n    name: minio\n    runtime: docker\n';
const server = (texts: Repository) => {
  const { servers } = look(repository(texts));
  expect(servers).toHaveLength(1);
  return servers[0] as (typeof servers)[number];
};
const values = (list: { value: string | number }[]) => list.map(({ value }) => value);

describe('the data folder and the ports are those of the command', () => {
  it.each<[string, string, string[], number[], number[]]>([
    ['an option with an equals sign', 'CMD ["minio", "server", "--console-address=:9001", "/d"]', ['/d'], [], [9001]],
    ['a shell form', 'CMD minio server /d --address :9000', ['/d'], [9000], []],
    [
      'sh -c in an exec form',
      String.raw`CMD ["sh", "-c", "exec minio server /d --address \":$PORT\""]`,
      ['/d'],
      [7000],
      [],
    ],
    ['an entrypoint with the program', 'ENTRYPOINT ["minio"]\nCMD ["server", "/d"]', ['/d'], [7000], []],
    [
      'an entrypoint with server',
      'ENTRYPOINT ["minio", "server"]\nCMD ["/d", "--address", ":81"]',
      ['/d'],
      [81, 7000],
      [],
    ],
    ['an option before server', 'CMD ["minio", "--quiet", "server", "/d"]', ['/d'], [7000], []],
    ['a comment between continued lines', 'CMD minio server \\\n# where\n  /d', ['/d'], [7000], []],
    ['a blank line between continued lines', 'CMD minio server \\\n\n  /d', ['/d'], [7000], []],
    ['the last CMD', 'CMD ["server", "/a"]\nCMD ["server", "/d"]', ['/d'], [7000], []],
    ['a variable of the image', 'ENV WHERE=/d\nCMD minio server $WHERE', ['/d'], [7000], []],
    ['a default', `CMD minio server \${WHERE:-/d}`, ['/d'], [7000], []],
    ['MINIO_VOLUMES', 'ENV MINIO_VOLUMES="/d"\nCMD ["minio", "server"]', ['/d'], [7000], []],
    ['two folders', 'CMD ["server", "/a", "/b"]', ['/a', '/b'], [7000], []],
    ['a redirection', 'CMD minio server /d > /var/log/minio 2>&1', ['/d'], [7000], []],
    ['a script that echo writes', "RUN echo '#!/bin/sh\\nminio server /d' > /s.sh\nCMD /s.sh", ['/d'], [7000], []],
    ['an old ENV', 'ENV MINIO_CONSOLE_PORT 9001\nCMD ["server", "/d"]', ['/d'], [7000], [9001]],
  ])('%s', (_, command, folders, ports, consolePorts) => {
    const found = server({
      'render.yaml': `${service}    envVars:\n      - {key: PORT, value: 7000}\n`,
      Dockerfile: `FROM minio/minio\n${command}\n`,
    });
    expect(values(found.dataFolders)).toEqual(folders);
    // An address wins over PORT, which is named as well.
    expect(values(found.ports.server)).toEqual([...new Set([...ports, 7000])]);
    expect(values(found.ports.console)).toEqual(consolePorts);
    expect(found.unclear).toEqual([]);
  });

  it('dockerCommand wins over the image', () => {
    const found = server({
      'render.yaml': `${service}    dockerCommand: >-\n      minio server\n      /mine\n`,
      Dockerfile: d,
    });
    expect(values(found.dataFolders)).toEqual(['/mine']);
    expect(found.commands.map((command) => command.in)).toEqual(['dockerCommand', 'CMD']);
  });

  it('a folder that only runs can tell is named as unclear, and not made up', () => {
    const found = server({ 'render.yaml': service, Dockerfile: 'FROM minio/minio\nCMD minio server $(cat /where)\n' });
    expect(found.dataFolders).toEqual([]);
    expect(values(found.unclear)).toEqual(['data folder']);
  });
});

describe('a Dockerfile runs the image of its last stage', () => {
  it.each<[string, string, boolean]>([
    ['an argument in FROM', `ARG TAG=RELEASE.2024-01-01T00-00-00Z\nFROM minio/minio:\${TAG}\n`, true],
    ['an earlier stage', 'FROM minio/minio AS base\nFROM node AS x\nFROM base\n', true],
    ['a program copied from a stage', 'FROM minio/minio AS m\nFROM debian\nCOPY --from=m /usr/bin/minio /\n', true],
    ['a program copied from the first stage', 'FROM minio/minio\nFROM debian\nCOPY --from=0 /usr/bin/minio /\n', true],
    ['a program copied from an image', 'FROM debian\nCOPY --from=minio/minio /usr/bin/minio /\n', true],
    ['a platform', 'FROM --platform=linux/amd64 quay.io/minio/minio\n', true],
    ['a digest', `FROM minio/minio@sha256:${'a'.repeat(64)}\n`, true],
    ['small letters', 'from minio/minio\n', true],
    ['a registry with a port', 'FROM registry.example.com:5000/minio\n', true],
    ['a stage that does not run', 'FROM minio/minio AS m\nFROM debian\n', false],
    ['only the client', 'FROM debian\nCOPY --from=minio/mc /usr/bin/mc /\n', false],
    ['an image with another name', 'FROM acme/minio-exporter\n', false],
    ['a comment', 'FROM debian\n# FROM minio/minio\n# minio server /data\n', false],
    ['a text', 'FROM debian\nRUN echo "start the minio server"\n', false],
  ])('%s', (_, Dockerfile, runs) => {
    expect(look(repository({ 'render.yaml': service, Dockerfile })).servers).toHaveLength(runs ? 1 : 0);
  });
});

describe('which Dockerfile a service means', () => {
  const at = (keys: string) => `${service}${indented(keys, 4)}\n`;
  it.each<[string, string, string[], unknown]>([
    [
      'the path from the root',
      'dockerfilePath: ./a/Dockerfile',
      ['a/Dockerfile'],
      { kind: 'found', file: 'a/Dockerfile' },
    ],
    [
      'the path below rootDir',
      'rootDir: a\ndockerfilePath: ./Dockerfile',
      ['a/Dockerfile'],
      { kind: 'found', file: 'a/Dockerfile' },
    ],
    ['rootDir without a path', 'rootDir: a', ['a/Dockerfile', 'Dockerfile'], { kind: 'found', file: 'a/Dockerfile' }],
    ['nothing', '', ['Dockerfile', 'a/Dockerfile'], { kind: 'found', file: 'Dockerfile' }],
    [
      'a path that fits from the root and below rootDir',
      'rootDir: a\ndockerfilePath: Dockerfile',
      ['Dockerfile', 'a/Dockerfile'],
      { kind: 'unclear', files: ['Dockerfile', 'a/Dockerfile'] },
    ],
  ])('%s', (_, keys, files, expected) => {
    const texts = Object.fromEntries(files.map((file) => [file, d]));
    expect(server({ 'render.yaml': at(keys), ...texts }).dockerfile).toEqual(expected);
  });

  it('of two that may be meant, only the one that runs MinIO says anything', () => {
    const app = 'FROM python\nENV MINIO_BUCKET=other\nCMD ["gunicorn"]\n';
    const found = server({
      'render.yaml': at('rootDir: a\ndockerfilePath: Dockerfile'),
      Dockerfile: app,
      'a/Dockerfile': d,
    });
    expect(found.buckets).toEqual([]);
    expect(values(found.dataFolders)).toEqual(['/data']);
  });

  it('a path that leads nowhere is named', () => {
    const text = `${at('dockerfilePath: ./gone/Dockerfile')}    envVars:\n      - {key: MINIO_ROOT_PASSWORD, sync: false}\n`;
    const found = server({ 'render.yaml': text });
    expect(found.dockerfile).toEqual({ kind: 'missing', path: 'gone/Dockerfile' });
    expect(values(found.reasons)).toEqual(['variable']);
  });

  it('the Dockerfile of an application is not that of a service from another repository', () => {
    const text = `${at('repo: https://github.com/acme/store')}    envVars:\n      - {key: MINIO_ROOT_PASSWORD, sync: false}\n`;
    expect(server({ 'render.yaml': text, Dockerfile: 'FROM node\n' }).dockerfile).toMatchObject({ kind: 'elsewhere' });
  });
});

describe('two candidates are both listed', () => {
  it('two servers', () => {
    const two = `${service}${service.replace('services:\n', '').replace('name: minio', 'name: other')}`;
    const { servers } = look(repository({ 'render.yaml': two, Dockerfile: d }));
    expect(servers.map((each) => each.service.kind === 'blueprint' && each.service.name?.value)).toEqual([
      'minio',
      'other',
    ]);
  });

  it('two Dockerfiles without a Blueprint', () => {
    expect(look(repository({ 'a/Dockerfile': d, 'b/minio.Dockerfile': d })).servers).toHaveLength(2);
  });

  it('two Blueprints, of which one is asked for', () => {
    const texts = { 'a/render.yaml': service, 'b/render.yml': service, Dockerfile: d };
    expect(look(repository(texts)).servers).toHaveLength(2);
    expect(look(repository(texts), './b/render.yml').blueprints.map(({ file }) => file)).toEqual(['b/render.yml']);
    expect(look(repository(texts), './b/render.yml').servers).toHaveLength(1);
  });
});

describe('root and secrets', () => {
  const withVariables = (variables: string, rest = '') => ({
    'render.yaml': `${service}    envVars:\n${indented(variables, 6)}${rest}`,
    Dockerfile: d,
  });

  it("a group's variables are the server's, and an application in the same group signs in as root", () => {
    const app = '  - type: web\n    name: app\n    runtime: python\n    envVars:\n      - fromGroup: root\n';
    const group =
      'envVarGroups:\n  - name: root\n    envVars:\n      - {key: MINIO_ROOT_PASSWORD, value: s3cr3t-value}\n';
    const found = server(withVariables('- fromGroup: root\n', app + group));
    expect(found.rootPassword).toMatchObject([
      { variable: 'MINIO_ROOT_PASSWORD', form: { kind: 'literal' }, in: 'group' },
    ]);
    expect(found.signInAsRoot).toMatchObject([{ service: 'app', by: 'group' }]);
    expect(found.secrets).toMatchObject([{ name: 'MINIO_ROOT_PASSWORD', in: 'group', inForce: true }]);
  });

  it('a script that sets the password wins; one that only has a default does not', () => {
    const variables = '- {key: MINIO_ROOT_PASSWORD, generateValue: true}\n';
    const dockerfile = 'FROM minio/minio\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n';
    const forms = (script: string) =>
      server({ ...withVariables(variables), Dockerfile: dockerfile, 's.sh': script }).rootPassword.map(
        (each) => each.in,
      );
    expect(forms('export MINIO_ROOT_PASSWORD=abcdefgh\n')).toEqual(['script', 'service']);
    expect(forms(`export MINIO_ROOT_PASSWORD=\${MINIO_ROOT_PASSWORD:-abcdefgh}\n`)).toEqual(['service', 'script']);
    expect(forms(`: "\${MINIO_ROOT_PASSWORD:=abcdefgh}"\n`)).toEqual(['service', 'script']);
    expect(forms('export MINIO_ROOT_PASSWORD="$OTHER"\n')).toEqual(['service']);
  });

  it('a password in dockerCommand is a secret in git', () => {
    const text = `${service}    dockerCommand: sh -c "MINIO_ROOT_PASSWORD=abcdefgh minio server /data"\n`;
    const plain = `${service}    dockerCommand: MINIO_ROOT_PASSWORD=abcdefgh minio server /data\n`;
    expect(server({ 'render.yaml': plain, Dockerfile: d }).secrets).toMatchObject([{ in: 'script', inForce: true }]);
    expect(JSON.stringify(look(repository({ 'render.yaml': text, Dockerfile: d })))).not.toContain('abcdefgh');
  });

  it.each([
    ['mc alias set s http://h AKIA hunter2hunter2', 'mc alias set'],
    ['mc --quiet config host add s http://h AKIA hunter2hunter2', 'mc config host add'],
    ['mc admin user add s app hunter2hunter2', 'mc admin user add'],
    ['mc admin user svcacct add s root --secret-key hunter2hunter2', 'mc admin --secret-key'],
    ['mcli admin accesskey create s --secret-key=hunter2hunter2', 'mc admin --secret-key'],
  ])('%s', (command, name) => {
    const found = server({ ...withVariables('- {key: A, value: b}\n'), 'init.sh': `if true; then ${command}; fi\n` });
    expect(found.secrets).toMatchObject([{ name, in: 'script', inForce: false, at: { file: 'init.sh', line: 1 } }]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('a bucket that is opened by its policy file, or closed', () => {
    const script =
      'mc anonymous set-json p.json s/a-bucket\nmc anonymous set none s/b-bucket\nmc policy set public s/$UNKNOWN\n';
    const found = server({ ...withVariables('- {key: A, value: b}\n'), 'init.sh': script });
    expect(found.opened).toMatchObject([{ bucket: 'a-bucket', access: 'custom' }, { access: 'public' }]);
    expect(found.opened[1]).not.toHaveProperty('bucket');
  });
});

describe('a Blueprint that is none', () => {
  it.each([
    ['', 'empty'],
    ['# nothing\n', 'empty'],
    ['- a\n', 'not-a-blueprint'],
    ['a\n', 'not-a-blueprint'],
    ['services: *x\n', 'broken'],
    ['\tservices:\n', 'broken'],
    ['a: 1\n---\nb: 2\n', 'broken'],
    ['services: &x\n  - *x\n', 'broken'],
    ['services: a\n', 'valid'],
    ['services: [a, [], null, {}]\n', 'valid'],
  ])('%j is %s, and a Dockerfile is found all the same', (text, kind) => {
    const { blueprints, servers } = look(repository({ 'render.yaml': text, Dockerfile: d }));
    expect(blueprints).toMatchObject([{ kind, file: 'render.yaml' }]);
    expect(servers.length).toBeGreaterThan(0);
  });

  it('an empty repository has nothing', () => {
    expect(look(repository({}))).toEqual({ blueprints: [], servers: [], consoles: [], images: [] });
  });
});
