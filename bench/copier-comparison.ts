/**
 * What becomes of a user's edits in an update, here and with copier: `node bench/copier-comparison.ts` prints a table.
 * Both tools go from the frozen version 0.0.1 to the present one, in a git repository with the edit committed; copier's
 * templates are the same files. Copier and Python come from the cache of `npm run bench`.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { blueprintProblems } from '../src/blueprint.ts';
import { writeFrozen } from '../test/regeneration/repository.ts';
import { Workplace } from '../test/support/packed/workplace.ts';
import { subjects } from './subjects.ts';

const conf = 'console/minio-console.conf.template';

type Change = (text: string) => string;
interface Scenario {
  /** What the user did, by path; undefined deletes. */
  edits?: Record<string, Change | undefined>;
  /** What has to be there of the edit, and what of the update, when it has been merged; a path that must be gone. */
  mine?: [path: string, text: RegExp] | string;
  news?: [path: string, text: RegExp] | string;
  /** How the repository is otherwise. */
  surroundings?: 'no git' | 'not committed';
  rename?: boolean;
}

const nothing: Scenario['news'] = ['render.yaml', /MINIO_APP_SECRET_KEY/];
const inYaml = (change: Change, mine: RegExp): Scenario => ({
  edits: { 'render.yaml': change },
  mine: ['render.yaml', mine],
  news: nothing,
});
const last =
  '      - key: MINIO_ROOT_PASSWORD\n        sync: false # Render asks for it once, when the Blueprint is created\n';
const nginx = (tag: string) => (text: string) =>
  text.replace(/nginx:.*/, `nginx:${tag}-alpine-slim@sha256:${'d'.repeat(64)}`);

const scenarios: Record<string, Scenario> = {
  'nothing edited': { news: nothing },
  'README: a section at the end': {
    edits: { 'README.md': (t) => `${t}\n## Who to call\n\nJo.\n` },
    mine: ['README.md', /Jo\.\n$/],
    news: ['README.md', /Size and cost/],
  },
  'README: rewritten': {
    edits: { 'README.md': () => '# Ours\n\nAll new.\n' },
    mine: ['README.md', /All new\./],
    news: nothing,
  },
  'README: deleted': { edits: { 'README.md': undefined }, mine: 'README.md', news: nothing },
  'render.yaml: plan raised': inYaml((t) => t.replace('plan: "starter"', 'plan: standard'), /plan: standard/),
  'render.yaml: a domain, where a key is new': inYaml(
    (t) => t.replace(/(healthCheckPath: \/minio.*\n)/, '$1    domains:\n      - a.example.com\n'),
    /- a\.example\.com/,
  ),
  'render.yaml: a variable, where two are new': inYaml(
    (t) => t.replace(last, `${last}      - key: OURS\n        value: "1"\n`),
    /- key: OURS\n {8}value: "1"/,
  ),
  'render.yaml: a comment on a variable': inYaml(
    (t) => t.replace('- key: MINIO_BUCKET', '# Shared.\n      - key: MINIO_BUCKET'),
    /# Shared\.\n {6}- key: MINIO_BUCKET/,
  ),
  'render.yaml: variables in another order': inYaml(
    (t) => t.replace(last, '').replace('    envVars:\n', `    envVars:\n${last}`),
    /envVars:\n {6}- key: MINIO_ROOT_PASSWORD/,
  ),
  'render.yaml: other quotes': inYaml((t) => t.replaceAll('"', "'"), /name: 'minio-server'/),
  'render.yaml: indented by 4': inYaml(
    (t) => parseDocument(t).toString({ indent: 4, lineWidth: 0 }),
    /^ {4}- type: web/m,
  ),
  'render.yaml: a third service': inYaml(
    (t) =>
      `${t}  - type: worker\n    name: ours\n    runtime: docker\n    region: oregon\n    plan: starter\n    dockerfilePath: ./w/Dockerfile\n    envVars: []\n`,
    /name: ours/,
  ),
  'render.yaml: edited, and the service renamed by an answer': {
    ...inYaml((t) => t.replace('plan: "starter"', 'plan: standard'), /name: "files"\n.*\n.*\n {4}plan: standard/),
    rename: true,
  },
  'compose.yaml: a mount': {
    edits: { 'compose.yaml': (t) => t.replace('- minio-data:/data\n', '- minio-data:/data\n      - ./certs:/certs\n') },
    mine: ['compose.yaml', /certs:\/certs/],
    news: ['compose.yaml', /retries: 12/],
  },
  'nginx: a header': {
    edits: {
      [conf]: (t) => t.replace('add_header X-Content-Type-Options nosniff', 'add_header X-Content-Type-Options ours'),
    },
    mine: [conf, /Options ours/],
    news: [conf, /3600s/],
  },
  'nginx: a header beside a new one': {
    edits: { [conf]: (t) => t.replace('Referrer-Policy strict-origin-when-cross-origin', 'Referrer-Policy ours') },
    mine: [conf, /Policy ours/],
    news: [conf, /3600s/],
  },
  'nginx: the same timeout': {
    edits: { [conf]: (t) => t.replace('read_timeout 60s', 'read_timeout 90s') },
    mine: [conf, /90s/],
    news: [conf, /3600s/],
  },
  'Dockerfile: a second RUN': {
    edits: { 'minio/Dockerfile': (t) => `${t}RUN id\n` },
    mine: ['minio/Dockerfile', /RUN id/],
    news: ['minio/Dockerfile', /2026-09-16/],
  },
  'Dockerfile: a build stage in front': {
    edits: { 'minio/Dockerfile': (t) => `FROM alpine:3.22 AS certs\n\n${t}` },
    mine: ['minio/Dockerfile', /AS certs/],
    news: ['minio/Dockerfile', /2026-09-16/],
  },
  'Dockerfile: pin newer than the new one': {
    edits: { 'console/Dockerfile': nginx('1.30.99') },
    mine: ['console/Dockerfile', /FROM \S+nginx:1\.30\.99/],
    news: ['console/Dockerfile', /minio-upstream\.sh/],
  },
  'Dockerfile: pin older than the new one': {
    edits: { 'console/Dockerfile': nginx('1.30.1') },
    news: ['console/Dockerfile', /FROM \S+nginx:1\.30\.5/],
  },
  'entrypoint: a number': {
    edits: { 'minio/minio-entrypoint.sh': (t) => t.replace('HEALTH_SECONDS=120', 'HEALTH_SECONDS=600') },
    mine: ['minio/minio-entrypoint.sh', /=600\n/],
    news: ['minio/minio-entrypoint.sh', /UNICODE_SPACES/],
  },
  'a dropped file, untouched': { news: 'docs/django.md' },
  'a dropped file, edited': {
    edits: { 'docs/django.md': (t) => `${t}Ours.\n` },
    mine: ['docs/django.md', /Ours\./],
    news: nothing,
  },
  'a new file that the user has with other words': {
    edits: { '.gitattributes': () => '*.png binary\n' },
    mine: ['.gitattributes', /binary/],
    news: ['.gitattributes', /eol=lf/],
  },
  'a file of their own': {
    edits: { 'backup/run.sh': () => '#!/bin/sh\n' },
    mine: ['backup/run.sh', /sh/],
    news: nothing,
  },
  'a checkout with CRLF, edited': {
    edits: { 'README.md': (t) => `${t}Ours.\n`.replaceAll('\n', '\r\n') },
    mine: ['README.md', /Ours\.\r\n$/],
    news: ['README.md', /Size and cost\r\n/],
  },
  'no line break at the end': {
    edits: { 'README.md': (t) => t.trimEnd() },
    mine: ['README.md', /[^\n]$/],
    news: ['README.md', /Size and cost/],
  },
  'an edit that is not committed': {
    edits: { 'README.md': (t) => `${t}Ours.\n` },
    mine: ['README.md', /Ours\.\n$/],
    news: nothing,
    surroundings: 'not committed',
  },
  'no git': {
    edits: { 'README.md': (t) => `${t}Ours.\n` },
    mine: ['README.md', /Ours\.\n$/],
    news: nothing,
    surroundings: 'no git',
  },
};

export const git = (folder: string, ...args: string[]) => {
  const settings = ['-c', 'user.name=Jo', '-c', 'user.email=jo@example.com', '-c', 'core.autocrlf=false'];
  const { status, stderr } = spawnSync('git', [...settings, ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
};

/** The programs to compare. */
export interface Tools {
  /** The path of copier. */
  copier: string;
  /** The path of the packed create-minio-stack's bin. */
  bin: string;
}

/** Takes them from where `npm run bench` has them. */
export async function findTools(workplace: Workplace): Promise<Tools> {
  const compared = await subjects(workplace);
  const commandOf = (name: string) => compared.find((subject) => subject.name === name)?.command ?? [];
  return { copier: commandOf('copier copy')[0] ?? '', bin: commandOf('create-minio-stack')[1] ?? '' };
}

/**
 * The two versions as a template of copier's: tags v1 and v2 of a git repository.
 * @param work where it is made; `v1/my-storage` and `v2/my-storage` in it are what create-minio-stack writes
 */
export async function copierTemplate(work: string, { bin }: Tools): Promise<string> {
  const template = join(work, 'template');
  mkdirSync(template);
  git(template, 'init', '--quiet');
  for (const [tag, write] of [
    ['v1', (folder: string) => writeFrozen(folder, '0.0.1')],
    ['v2', async (folder: string) => start(process.execPath, [bin, folder, '--yes'], work)],
  ] as const) {
    const folder = join(work, tag, 'my-storage');
    await write(folder);
    for (const name of readdirSync(template)) if (name !== '.git') rmSync(join(template, name), { recursive: true });
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
      if (!entry.isFile() || path.startsWith('.minio-stack') || path === '.yo-rc.json') continue;
      mkdirSync(dirname(join(template, path)), { recursive: true });
      const text = readFileSync(join(folder, path), 'utf8').replaceAll('minio-server', '[[=server_name=]]');
      writeFileSync(join(template, `${path}.jinja`), text);
      if (path.endsWith('.sh')) chmodSync(join(template, `${path}.jinja`), 0o755);
    }
    const marks = {
      block_start_string: '[[%',
      block_end_string: '%]]',
      variable_start_string: '[[=',
      variable_end_string: '=]]',
      comment_start_string: '[[#',
      comment_end_string: '#]]',
    };
    writeFileSync(
      join(template, 'copier.yml'),
      JSON.stringify({ _envops: marks, server_name: { type: 'str', default: 'minio-server' } }),
    );
    writeFileSync(join(template, '[[=_copier_conf.answers_file=]].jinja'), '[[=_copier_answers|to_nice_yaml=]]\n');
    git(template, 'add', '--all');
    git(template, 'commit', '--quiet', '--message', tag);
    git(template, 'tag', tag);
  }
  return template;
}

const quiet = {
  GIT_AUTHOR_NAME: 'Jo',
  GIT_AUTHOR_EMAIL: 'jo@example.com',
  GIT_COMMITTER_NAME: 'Jo',
  GIT_COMMITTER_EMAIL: 'jo@example.com',
};
export const start = (program: string, args: string[], cwd: string) =>
  spawnSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, ...quiet } });

/** How an update went, in a word. */
function judge(folder: string, { mine, news }: Scenario, outcome: { status: number | null; stderr: string }): string {
  const text = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined;
  // Between markers, an edit counts wherever it stands, with whatever line ends.
  const loose = ({ source, flags }: RegExp) => new RegExp(source.replaceAll('\\r', '').replace(/\$$/, ''), flags);
  const there = (expected: Scenario['mine'], marked = false) => {
    if (expected === undefined) return true;
    if (typeof expected === 'string') return text(expected) === undefined;
    const [path, pattern] = expected;
    return marked ? loose(pattern).test((text(path) ?? '').replaceAll('\r', '')) : pattern.test(text(path) ?? '');
  };
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !/^\.(git|minio-stack)\//.test(path),
  );
  const files = paths.filter(
    (path) =>
      !readdirSync(dirname(join(folder, path)), { withFileTypes: true })
        .find((e) => join(dirname(path), e.name) === path)
        ?.isDirectory(),
  );
  if (files.some((path) => /^<{7} /m.test(text(path) ?? '') || path.endsWith('.rej')))
    return there(mine, true) ? 'conflict' : '**conflict, edit lost**';
  if (!there(mine)) return '**edit lost**';
  if (!there(news)) return outcome.status === 0 ? '**not updated**' : 'refused';
  if (blueprintProblems(text('render.yaml') ?? '').length > 0) return '**broken Blueprint**';
  return 'merged';
}

function edited(folder: string, { edits = {} }: Scenario): void {
  for (const [path, change] of Object.entries(edits)) {
    const place = join(folder, path);
    if (!change) rmSync(place);
    else {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, change(existsSync(place) ? readFileSync(place, 'utf8') : ''));
    }
  }
}

function prepared(from: string, scenario: Scenario, folder: string): string {
  cpSync(from, folder, { recursive: true });
  if (scenario.surroundings !== 'no git') {
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'Rendered');
  }
  edited(folder, scenario);
  if (!scenario.surroundings) {
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'Edit', '--allow-empty');
  }
  return folder;
}

async function compare(): Promise<void> {
  const workplace = new Workplace();
  const work = workplace.emptyFolder();
  const tools = await findTools(workplace);
  const template = await copierTemplate(work, tools);
  const copied = join(work, 'copied', 'my-storage');
  start(tools.copier, ['copy', '--defaults', '--quiet', '--vcs-ref', 'v1', template, copied], work);
  const counts = new Map<string, number>();
  console.log('| edit | create-minio-stack | copier update |\n| --- | --- | --- |');
  for (const [index, [name, scenario]] of Object.entries(scenarios).entries()) {
    const ours = prepared(join(work, 'v1', 'my-storage'), scenario, join(work, `ours-${index}`, 'my-storage'));
    const rename = scenario.rename ? ['--server-name', 'files', '--allow-rename'] : [];
    const outcome = start(process.execPath, [tools.bin, ours, '--on-conflict', 'markers', ...rename], work);
    const theirs = prepared(copied, scenario, join(work, `copier-${index}`, 'my-storage'));
    const data = scenario.rename ? ['--data', 'server_name=files'] : [];
    const flags = ['update', '--defaults', '--quiet', '--conflict', 'inline', '--vcs-ref', 'v2', ...data];
    const results = [judge(ours, scenario, outcome), judge(theirs, scenario, start(tools.copier, flags, theirs))];
    console.log(`| ${name} | ${results.join(' | ')} |`);
    for (const [tool, result] of results.entries()) {
      const key = `${tool === 0 ? 'create-minio-stack' : 'copier'}: ${result.replaceAll('*', '')}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const summary = [...counts].sort().map(([result, count]) => `${result} ${count}`);
  console.log(`\n${summary.join(', ')}`);
  workplace.remove();
}

if (process.argv[1] === import.meta.filename) await compare();
