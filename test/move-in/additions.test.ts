import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { blueprintProblems } from '../../src/merge/blueprint.ts';
import { create } from '../update/create.ts';
import { edit } from '../update/support.ts';
import { moveIn } from './bundle.ts';

const django = `# The shop.
databases:
  - name: shop-db

services:
  - type: web
    name: shop
    runtime: python # 3.13
    envVars:
      - {key: DEBUG, value: "0"}
`;

/** The text with what was added taken out: one piece. */
function withoutAddition(before: string, after: string): string {
  let start = 0;
  while (before[start] === after[start] && start < before.length) start += 1;
  return after.slice(0, start) + after.slice(after.length - (before.length - start));
}

describe('a Blueprint without MinIO gets our two services, and keeps every other byte', () => {
  it.each<[string, string]>([
    ['as people write it', django],
    ['with items that are not indented', django.replaceAll(/^ {2}/gm, '')],
    ['with four blanks', django.replaceAll(/^(?= )/gm, '  ')],
    ['with CRLF and a byte order mark', `\uFEFF${django.replaceAll('\n', '\r\n')}`],
    ['with both line ends', django.replace('databases:\n', 'databases:\r\n').replace('DEBUG', 'D\u00e9bug')],
    ['without a last line end', django.trimEnd()],
    [
      'with a comment at the end of the list, and more below',
      `${django}      # - key: OLD\n\n# Groups\nenvVarGroups:\n  - name: all\n`,
    ],
    ['with the list in flow style', 'services: [{type: web, name: shop, runtime: python}]\nversion: "1"\n'],
    ['as JSON', '{"services": [{"type": "web", "name": "shop", "runtime": "python"}]}\n'],
    [
      'with projects and no services at the root',
      `projects:\n  - name: shop\n    environments:\n      - name: production\n${django.slice(django.indexOf('services')).replaceAll(/^(?=.)/gm, '        ')}`,
    ],
    [
      'with anchors and merge keys',
      'x: &base {region: frankfurt}\nservices:\n  - <<: *base\n    type: web\n    name: shop\n    runtime: python\n',
    ],
    ['with databases only', 'databases:\n  - name: shop-db\n'],
    ['with services and nothing below', 'services:\ndatabases:\n  - name: shop-db\n'],
    ['with marks of a document', '---\ndatabases:\n  - name: shop-db\n...\n'],
    ['with tabs in comments', `services:\n  - type: web\t# a\n    name: shop\n    runtime: python\n\t# b\n`],
    ['with comments only', '# services: see the Dashboard\n'],
    ['that is empty', ''],
  ])('%s', (_, blueprint) => {
    const { status, stderr, folder, after } = moveIn({ 'render.yaml': blueprint });
    expect(status, stderr).toBe(0);
    const text = after['render.yaml'] ?? '';
    expect(withoutAddition(blueprint, text)).toBe(blueprint);
    expect(blueprintProblems(text)).toEqual([]);
    const services = parse(text, { merge: true }).services.map(({ name }: { name: string }) => name);
    expect(services.slice(-2)).toEqual(['minio-server', 'minio-console']);
    expect(text.includes('\r\n')).toBe(blueprint.includes('\r\n'));
    expect(create(folder, '--check').status).toBe(0);
  });

  it.each<[string, string, string[], string]>([
    ['all others are', django.replaceAll('    runtime', '    region: frankfurt\n    runtime'), [], 'frankfurt'],
    [
      'all others are, but for a static site',
      `${django.replace('    runtime', '    region: frankfurt\n    runtime')}  - {type: web, name: site, runtime: static}\n`,
      [],
      'frankfurt',
    ],
    [
      'Render makes one of ours when they are in several',
      `${django.replace('    runtime', '    region: frankfurt\n    runtime')}  - {type: web, name: old, runtime: go}\n`,
      [],
      'oregon',
    ],
    [
      'the flag says',
      django.replace('    runtime', '    region: frankfurt\n    runtime'),
      ['--region', 'ohio'],
      'ohio',
    ],
  ])('in the region in which %s', (_, blueprint, flags, region) => {
    const { folder, after } = moveIn({ 'render.yaml': blueprint }, ...flags);
    const ours = parse(after['render.yaml'] ?? '').services.filter(({ name }: { name: string }) =>
      /^minio-/.test(name),
    );
    expect(ours.map((service: { region: string }) => service.region)).toEqual([region, region]);
    expect(create(folder, '--check').status).toBe(0);
  });

  it('but is left alone where it is an example, and Render reads a new one', () => {
    const example = { 'examples/shop/render.yaml': django };
    const refused = moveIn(example);
    expect({ status: refused.status, after: refused.after }).toEqual({ status: 3, after: refused.before });
    expect(refused.stderr).toContain('If it reads none of them yet, take --blueprint render.yaml for a new one.');
    const { status, created, changed, folder } = moveIn(example, '--blueprint', 'render.yaml');
    expect({ status, changed }).toEqual({ status: 0, changed: [] });
    expect(created).toContain('render.yaml');
    expect(create(folder, '--check').status).toBe(0);
  });

  it('with services: [] gets a list', () => {
    const { after } = moveIn({ 'render.yaml': 'services: []\ndatabases:\n  - name: a1\n' });
    expect(after['render.yaml']).toMatch(/^services:\n {2}# The S3 API[\s\S]*\ndatabases:\n {2}- name: a1\n$/);
  });

  it('and updates find them there', () => {
    const { folder } = moveIn({ 'render.yaml': django });
    expect(create(folder, '--disk-size', '50', '--cors-origins', 'https://www.example.com').status).toBe(0);
    edit(folder, { 'render.yaml': (text) => text.replace('runtime: python # 3.13', 'runtime: python # 3.14') });
    expect(create(folder, '--check').status).toBe(0);
  });

  it('says how the root password comes to Render, which does not ask for it later', () => {
    const { stderr } = moveIn({ 'render.yaml': django });
    expect(stderr).toMatch(/set MINIO_ROOT_PASSWORD in the\s+Dashboard under minio-server > Environment/);
    expect(moveIn({ 'render.yaml': django }, '--root-password', 'generate').stderr).not.toContain(
      'MINIO_ROOT_PASSWORD',
    );
  });
});

describe('nothing is written where a name or a place is taken', () => {
  it.each<[string, Record<string, string>, string[], number, string]>([
    [
      'by a service',
      { 'render.yaml': django },
      ['--server-name', 'shop'],
      1,
      '--server-name "shop" is taken: render.yaml:7 has a service',
    ],
    [
      'by a database',
      { 'render.yaml': django },
      ['--console-name', 'shop-db'],
      1,
      '--console-name "shop-db" is taken: render.yaml:3 has a database',
    ],
    [
      'by the Dockerfile of another service',
      {
        'render.yaml': django.replace(
          'runtime: python # 3.13',
          'runtime: docker\n    dockerfilePath: ./console/Dockerfile',
        ),
        'console/Dockerfile': 'FROM scratch\n',
      },
      [],
      1,
      'console/Dockerfile belongs to the service shop',
    ],
    [
      'by a file',
      { 'render.yaml': django, 'minio/Dockerfile': 'FROM scratch\n' },
      [],
      3,
      'minio/Dockerfile: it was there before',
    ],
    ['by a Blueprint in another folder', { 'deploy/render.yaml': django }, [], 3, '--blueprint deploy/render.yaml'],
    ['by a Blueprint that is no YAML', { 'render.yaml': 'services: [\n' }, [], 3, 'no valid YAML'],
    ['by a Blueprint that is a list', { 'render.yaml': '- a\n' }, [], 3, 'no Blueprint'],
  ])('%s', (_, files, flags, status, message) => {
    const run = moveIn(files, ...flags);
    expect({ status: run.status, after: run.after }).toEqual({ status, after: run.before });
    expect(run.stderr).toContain(message);
  });
});

describe('files that a repository has for itself', () => {
  it('README, Compose, .gitignore and .gitattributes: ours go beside, or are joined where that is a union', () => {
    const files = {
      'README.md': '# Shop\n',
      '.gitignore': 'node_modules/\n',
      '.gitattributes': '*.png binary\n',
      'docker-compose.yml': 'services:\n  db:\n    image: postgres:17\n    ports: ["5432:5432"]\n',
      '.env.example': 'SECRET_KEY=\n',
    };
    const { status, stderr, folder, after } = moveIn(files);
    expect(status, stderr).toBe(0);
    expect(after).toMatchObject({ 'README.md': files['README.md'], '.env.example': files['.env.example'] });
    expect(after['.gitignore']).toMatch(/^node_modules\/\n[\s\S]*\n\.env\n/);
    expect(after['.gitattributes']).toMatch(/\n\*\.png binary\n[\s\S]*\*\.sh text eol=lf\n/);
    expect(after['docker-compose.yml']).toContain(files['docker-compose.yml'].trimEnd());
    expect(Object.keys(parse(after['docker-compose.yml'] ?? '').services)).toEqual([
      'db',
      'minio-server',
      'minio-console',
    ]);
    expect(after).not.toHaveProperty(['compose.yaml']);
    expect(after['minio/README.md']).toContain('docs/operations.md');
    expect(after).toHaveProperty(['minio/docs/operations.md']);
    expect(stderr).toMatch(/\.env\.example stays as it is[\s\S]*MINIO_ROOT_PASSWORD=/);
    expect(create(folder, '--check').status).toBe(0);
    expect(create(folder, '--console-port', '9191').status).toBe(0);
    expect(moveIn(files).stderr).toContain('minio/README.md has');
  });

  it.each([
    ['that publishes the same port', 'services:\n  web:\n    image: nginx\n    ports: ["8080:80"]\n'],
    ['that has a service of the same name', 'services:\n  minio-server:\n    image: other\n'],
    ['that is in flow style', 'services: {web: {image: nginx}}\n'],
  ])('a Compose file %s stays, and the lines are printed', (_, compose) => {
    const { status, stderr, folder, after } = moveIn({ 'compose.yaml': compose });
    expect(status, stderr).toBe(0);
    expect(after['compose.yaml']).toBe(compose);
    expect(stderr).toMatch(/compose\.yaml stays as it is[\s\S]*build: \.\/minio/);
    expect(create(folder, '--check').status).toBe(0);
  });

  it('a folder that does not exist, or is empty, is asked nothing of this', () => {
    expect(moveIn({}).after['README.md']).toContain('minio-server');
    expect(moveIn({}, '--data-path', '/mnt/x')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('must be on the disk'),
    });
  });
});
