import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Ajv } from 'ajv';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundled, installed, ofBundle } from '../../scripts/sbom.ts';
import { needs, program, unix } from '../support/needs.ts';
import { type PackageName, type Packed, pack, packageFolders, root } from '../support/packed/packages.ts';
import { cachedInstall, versions } from '../support/packed/tools.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'minio-stack-publish-'));
const packages = {} as Record<PackageName, Packed>;
beforeAll(async () => {
  for (const name of Object.keys(packageFolders) as PackageName[]) packages[name] = await pack(name, folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files below a folder of the checkout, with forward slashes. */
const filesBelow = (path: string) =>
  readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(join(root, path).length + 1)
        .split(sep)
        .join('/'),
    );
const templates = filesBelow('generators/app/templates');
const sources = [
  'generators/front-door',
  'generators/app/index',
  'generators/verify/index',
  ...filesBelow('src').map((path) => `src/${path.replace(/\.ts$/, '')}`),
];

const contents: Record<PackageName, string[]> = {
  'generator-minio-stack': [
    'LICENSE',
    'README.md',
    'package.json',
    ...sources.flatMap((path) => [`dist/${path}.js`, `dist/${path}.d.ts`]),
    'dist/generators/app/CHANGELOG.md',
    ...templates.map((path) => `dist/generators/app/templates/${path}`),
  ],
  'create-minio-stack': [
    'LICENSE',
    'README.md',
    'package.json',
    'bin.js',
    'dist/THIRD-PARTY-LICENSES.txt',
    'dist/CHANGELOG.md',
    ...filesBelow('create-minio-stack/dist')
      .filter((path) => path.endsWith('.js'))
      .map((path) => `dist/${path}`),
  ],
};

it('generator-minio-stack holds the templates that npm would leave out under their own name', () => {
  const { files } = packages['generator-minio-stack'];
  const dotfiles = files.filter(({ path }) => /\/templates\/(\.env\.example|_gitignore)$/.test(path));
  expect(dotfiles).toHaveLength(2);
});

it('create-minio-stack has the templates compiled: every one, with its name and its text', async () => {
  const { templates: compiled } = await import('../../create-minio-stack/templates.ts');
  const main = readFileSync(join(root, 'create-minio-stack/dist/main.js'), 'utf8');
  expect(Object.keys(compiled).toSorted()).toEqual(templates.toSorted());
  // A name that needs no quotes has none.
  const has = (path: string) => [`\t${path}: (`, `\t${JSON.stringify(path)}: (`].some((text) => main.includes(text));
  expect(templates.filter((path) => !has(path))).toEqual([]);
});

describe.each(Object.keys(packageFolders) as PackageName[])('%s', (name) => {
  it('holds what was built, and nothing else', () => {
    expect(packages[name].files.map(({ path }) => path).toSorted()).toEqual(contents[name].toSorted());
  });

  it('keeps scripts executable, and nothing else', needs(unix('permissions')), () => {
    const executable = packages[name].files.filter(({ mode }) => mode & 0o111).map(({ path }) => path);
    const scripts = contents[name].filter((path) => path.endsWith('.sh') || path === 'bin.js');
    expect(executable.toSorted()).toEqual(scripts.toSorted());
    expect(scripts).not.toEqual([]);
  });

  it('passes publint', async () => {
    const tarball = new Uint8Array(readFileSync(packages[name].tarball)).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, level: 'warning' });
    expect(pkg.name).toBe(name);
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('says who may use it, where it comes from and where it runs', () => {
    const { packageJson } = packages[name];
    expect(packageJson).toMatchObject({
      name,
      version: expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/),
      description: expect.stringMatching(/\w/),
      license: 'MIT',
      author: expect.anything(),
      homepage: expect.stringMatching(/^https:/),
      bugs: expect.anything(),
      repository: { type: 'git', url: expect.stringMatching(/^git\+https:\/\/github\.com\/.+\.git$/) },
      type: 'module',
      engines: { node: '^22.18 || >=24.11' },
      publishConfig: { access: 'public', provenance: true },
    });
    expect(packageJson).not.toHaveProperty('private');
  });

  it('runs no script when it is installed', () => {
    expect(Object.keys(packages[name].packageJson.scripts)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pre|post)?install$/)]),
    );
  });
});

describe('generator-minio-stack', () => {
  it('is found by the search for Yeoman generators', () => {
    expect(packages['generator-minio-stack'].packageJson.keywords).toContain('yeoman-generator');
  });

  it('depends on the packages that its code imports, and no others', () => {
    const code = contents['generator-minio-stack'].filter((path) => path.endsWith('.js'));
    const imported = code.flatMap((path) =>
      [
        ...readFileSync(join(root, path), 'utf8').matchAll(
          /(?:(?<!\.)\bfrom|\bimport) ?\(? ?['"]([^.'"\s)][^'"\s]*)['"]/g,
        ),
      ].map(([, specifier = '']) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')),
    );
    const needed = new Set(imported.filter((each) => !each.startsWith('node:') && !builtinModules.includes(each)));
    expect([...needed].toSorted()).toEqual(
      Object.keys(packages['generator-minio-stack'].packageJson.dependencies).toSorted(),
    );
  });
});

describe('create-minio-stack', () => {
  it('is called by its own name', () => {
    expect(packages['create-minio-stack'].packageJson.bin).toEqual({ 'create-minio-stack': 'bin.js' });
    expect(packages['create-minio-stack'].packageJson.repository.directory).toBe('create-minio-stack');
  });

  it('has no dependency of any kind', () => {
    const kinds = Object.keys(packages['create-minio-stack'].packageJson).filter((key) => /dependencies$/i.test(key));
    expect(kinds).toEqual([]);
  });

  // Yarn would run it out of a zip file, where reading a folder with all that is in it fails with EISDIR.
  it('is unpacked by Yarn', () => {
    expect(packages['create-minio-stack'].packageJson.preferUnplugged).toBe(true);
  });

  // 0.09 MB of it is `verify`, in a chunk that no other run loads.
  it('loads verify only for verify', () => {
    const main = readFileSync(join(root, 'create-minio-stack/dist/main.js'), 'utf8');
    expect(main).toContain('import("./run-verify.js")');
    expect(main).not.toMatch(/^import .*run-verify/m);
    expect(main).not.toContain('AWS4-HMAC-SHA256');
  });

  it('takes at most 0.55 MB', () => {
    expect(packages['create-minio-stack'].unpackedSize).toBeLessThan(0.55e6);
  });

  it('has the same version as generator-minio-stack', () => {
    const versions = Object.values(packages).map(({ packageJson }) => packageJson.version);
    expect(new Set(versions).size).toBe(1);
  });
});

describe('the bill of materials of create-minio-stack', needs(program('npm')), () => {
  const licences = () => readFileSync(join(root, 'create-minio-stack/dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const sbom = () => ofBundle(installed(), bundled(licences()));

  it('is valid CycloneDX', async () => {
    const library = { '@cyclonedx/cyclonedx-library': versions.cyclonedx };
    const folder = join(await cachedInstall(library), 'node_modules/@cyclonedx/cyclonedx-library/res/schema');
    const schema = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8'));
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const name of ['spdx.SNAPSHOT', 'jsf-0.82.SNAPSHOT']) {
      ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.schema.json`);
    }
    const isValid = ajv.compile(schema('bom-1.5.SNAPSHOT'));
    isValid(sbom());
    expect(isValid.errors).toBeNull();
  });

  it('names it and every package in the bundle, with version, licence and checksum', () => {
    const { metadata, components, dependencies } = sbom();
    const { version } = packages['create-minio-stack'].packageJson;
    expect(metadata.component).toMatchObject({ purl: `pkg:npm/create-minio-stack@${version}`, version });
    const headings = licences()
      .split(/^-{80}$/m)
      .flatMap((text) => text.trim().split('\n\n')[0]?.split('\n') ?? [])
      .map((heading) => heading.split(' ')[0]);
    expect(headings).toContain('yaml');
    expect(components.map(({ name }) => name)).toEqual(headings);
    for (const component of components)
      expect(component).toMatchObject({ version: expect.any(String), hashes: [{ alg: 'SHA-512' }], licenses: [{}] });
    expect(dependencies).toEqual([
      { ref: metadata.component['bom-ref'], dependsOn: components.map((each) => each['bom-ref']) },
    ]);
  });

  it('refuses a package that npm has not installed', () => {
    expect(() => ofBundle(installed(), ['leven@0.0.1'])).toThrow('leven@0.0.1 is in the bundle');
  });
});

it('package-lock.json has the checksum of every package, and names no registry', () => {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, { integrity?: string; link?: boolean }> };
  const fetched = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
  expect(fetched.length).toBeGreaterThan(100);
  expect(fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  expect(text).not.toContain('"resolved": "http');
});
