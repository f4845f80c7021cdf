import { describe, expect, it } from 'vitest';
import { forbiddenChanges } from '../../src/move-in/changes.ts';
import type { Choice, Concern, Wanted } from '../../src/move-in/choice.ts';
import { concerns } from '../../src/move-in/concerns.ts';
import type { FoundService, RepositoryFiles } from '../../src/move-in/found.ts';
import { look } from '../../src/move-in/look.ts';
import { isGone } from '../../src/move-in/minio-images.ts';
import { fixture, repository } from './facts.ts';

const both = '04-both-services';
const codes = (all: Concern[]) => all.map(({ code }) => code);
const refused = (files: RepositoryFiles, choice: Partial<Choice> = {}) =>
  codes(concerns(look(files), { intent: 'stack', ...choice }).refusals);
const warned = (files: RepositoryFiles, choice: Partial<Choice> = {}) =>
  codes(concerns(look(files), { intent: 'stack', ...choice }).warnings);

/** A fixture with a part of its Blueprint replaced. */
function edited(name: string, from: string | RegExp, to: string, path = 'render.yaml'): RepositoryFiles {
  const files = fixture(name);
  const texts = Object.fromEntries(files.paths.map((each) => [each, files.read(each) ?? '']));
  const text = (texts[path] ?? '').replace(from, to);
  expect(text).not.toBe(texts[path]);
  return repository({ ...texts, [path]: text });
}

describe('what flags ask for is refused where Render refuses it, or where it loses data', () => {
  const cases: [wanted: Wanted, codes: string[]][] = [
    [{ name: 'store' }, ['changes-name']],
    [{ type: 'pserv' }, ['changes-type']],
    [{ runtime: 'image' }, ['changes-runtime']],
    [{ region: 'oregon' }, ['changes-region']],
    [{ mountPath: '/var/data' }, ['changes-mount-path']],
    [{ sizeGB: 24 }, ['smaller-disk']],
    [{ sizeGB: 26, name: 'minio-server', region: 'frankfurt', mountPath: '/data' }, []],
  ];
  it.each(cases)('%j', (wanted, expected) => {
    for (const intent of ['repair', 'stack'] as const)
      expect(refused(fixture(both), { intent, wanted })).toEqual(expected);
  });

  it('a region where the Blueprint has none', () => {
    expect(refused(fixture('03-env-docker'), { bucket: 'media', wanted: { region: 'ohio' } })).toEqual([
      'changes-region',
    ]);
  });
});

describe('a plan is refused that changes what must not change', () => {
  const service = (files: RepositoryFiles) => look(files).servers[0]?.service as FoundService;
  const changes = (after: RepositoryFiles, before = fixture(both), wanted?: Wanted) =>
    codes(forbiddenChanges(service(before), service(after), wanted));

  it.each([
    ['name: minio-server\n    runtime', 'name: other\n    runtime', ['changes-name']],
    ['type: web', 'type: pserv', ['changes-type']],
    ['runtime: docker', 'runtime: image', ['changes-runtime']],
    ['region: frankfurt', 'region: oregon', ['changes-region']],
    ['mountPath: /data', 'mountPath: /mnt', ['changes-mount-path']],
    ['sizeGB: 25', 'sizeGB: 10', ['smaller-disk']],
    ['sizeGB: 25', 'sizeGB: 30', []],
    [/ {4}disk:\n.*\n.*\n.*\n/, '', ['disk-disappears']],
    ['plan: starter', 'plan: standard', []],
  ] as [string | RegExp, string, string[]][])('%s becomes %j', (from, to, expected) => {
    expect(changes(edited(both, from, to))).toEqual(expected);
  });

  it('the service disappears', () => {
    expect(codes(forbiddenChanges(service(fixture(both)), undefined))).toEqual(['service-disappears']);
  });

  it('a disk without a size gets one, unless the person gave it', () => {
    const after = edited('03-env-docker', 'mountPath: /data', 'mountPath: /data\n    sizeGB: 10');
    expect(changes(after, fixture('03-env-docker'))).toEqual(['unknown-disk-size']);
    expect(changes(after, fixture('03-env-docker'), { sizeGB: 10 })).toEqual([]);
  });

  it('env: docker may become runtime: docker', () => {
    expect(changes(edited('03-env-docker', 'env:', 'runtime:'), fixture('03-env-docker'))).toEqual([]);
  });
});

describe('a stack needs one data folder on the disk', () => {
  const cases: [command: string, choice: Partial<Choice>, codes: string[]][] = [
    ['["server", "/mnt/data"]', {}, []],
    ['["server", "/mnt/data/a/"]', {}, []],
    ['["server", "/mnt/database"]', {}, ['data-outside-disk']],
    ['["server", "/mnt/data/a", "/mnt/data/b"]', {}, ['data-folder']],
    ['["server", "/mnt/data/{1...4}"]', {}, ['data-folder']],
    ['["server", "data"]', {}, ['data-folder']],
    ['server "$DATA"', {}, ['data-folder']],
    ['server "$DATA"', { dataPath: '/mnt/data/minio' }, []],
    ['server "$DATA"', { dataPath: '/data' }, ['data-outside-disk']],
  ];
  it.each(cases)('%s %j', (command, choice, expected) => {
    const path = 'deploy/minio/Dockerfile';
    expect(refused(edited('09-monorepo', /CMD.*/, `CMD ${command}`, path), choice)).toEqual(expected);
  });
});

describe('the bucket', () => {
  it('is the one that MINIO_BUCKET names, whatever else is found', () => {
    const files = edited(
      both,
      'key: MINIO_ROOT_USER',
      'key: EXPORT_BUCKET\n        value: exports\n      - key: MINIO_ROOT_USER',
    );
    expect(refused(files)).toEqual([]);
    expect(warned(files)).toContain('other-buckets');
  });

  it('is not asked for by a repair', () => {
    expect(refused(fixture('03-env-docker'), { intent: 'repair' })).toEqual([]);
    expect(refused(fixture('17-several-buckets'), { intent: 'repair' })).toEqual([]);
  });
});

describe('warnings', () => {
  it('of the old disk format: by the first commit, by the image tag', () => {
    expect(warned(fixture(both), { firstCommit: '2022-05-31T23:59:59Z' })).toContain('file-system-format');
    expect(warned(fixture(both), { firstCommit: '2022-06-02T00:00:00Z' })).not.toContain('file-system-format');
    for (const [tag, isOld] of [
      ['RELEASE.2022-05-26T05-48-41Z', true],
      ['2022.5.26', true],
      ['2022.10.5', false],
      ['RELEASE.2022-06-02T02-11-04Z', false],
      ['latest', false],
    ] as const) {
      const files = edited(both, /minio\/minio:\S+/, `minio/minio:${tag}`, 'minio/Dockerfile');
      expect(warned(files).includes('file-system-format')).toBe(isOld);
    }
  });

  it("of root's password in git say how it is replaced where it stands", () => {
    const remedy = (files: RepositoryFiles, intent: Choice['intent']) =>
      concerns(look(files), { intent }).warnings.flatMap(({ code, todo }) =>
        code === 'root-password-in-git' ? todo : [],
      )[0];
    expect(remedy(fixture('07-password-in-git'), 'repair')).toContain('write "sync: false" instead of its value');
    expect(remedy(fixture('07-password-in-git'), 'stack')).not.toContain('sync: false');
    expect(remedy(fixture('08-password-in-image'), 'repair')).not.toContain('sync: false');
    const script = edited(both, 'set -e', 'export MINIO_ROOT_PASSWORD=hunter22', 'minio/entrypoint.sh');
    expect(remedy(script, 'repair')).toContain('take the password out of the script');
    const application = edited(
      '09-monorepo',
      /ROOT_PASSWORD\n +generateValue: true/,
      'ROOT_PASSWORD\n        value: hunter22',
    );
    expect(remedy(application, 'stack')).toContain('Then deploy shop and shop-worker');
  });

  it('name the applications of a server, and no second server that shares its variables', () => {
    expect(warned(fixture('09-monorepo'))).toContain('signs-in-as-root');
    expect(warned(fixture('two-servers'), { service: 'media' })).not.toContain('signs-in-as-root');
  });

  it('say that links without a signature may end, unless a script opens the bucket for sure', () => {
    expect(warned(fixture(both))).toContain('links-without-signature');
    expect(warned(fixture('06-made-public'))).not.toContain('links-without-signature');
    expect(warned(fixture(both), { intent: 'repair' })).not.toContain('links-without-signature');
  });

  it('are none for a stack whose settings are all there, but of links', () => {
    expect(warned(fixture(both))).toEqual(['links-without-signature']);
  });
});

it('a broken Blueprint beside a good one is no reason to stop', () => {
  const files = fixture(both);
  const texts = Object.fromEntries(files.paths.map((each) => [each, files.read(each) ?? '']));
  expect(refused(repository({ ...texts, 'old/render.yaml': 'a: [' }))).toEqual([]);
  expect(refused(repository({ 'render.yaml': '- a\n', Dockerfile: 'FROM minio/minio' }))).toContain('not-a-blueprint');
});

it('an image is gone that nobody can pull any more', () => {
  const gone = (image: string) => look(repository({ Dockerfile: `FROM ${image}\n` })).images.some(isGone);
  expect(['minio/minio', 'docker.io/minio/mc:latest', 'quay.io/minio/minio'].map(gone)).toEqual([true, true, true]);
  expect(['pgsty/minio', 'cgr.dev/chainguard/minio', 'ghcr.io/acme/minio'].map(gone)).toEqual([false, false, false]);
});
