import { parseDocument } from 'yaml';

const conf = 'console/minio-console.conf.template';

type Change = (text: string) => string;
/** One kind of edit, and what a good update makes of it. */
export interface Scenario {
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

export const scenarios: Record<string, Scenario> = {
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
