import { type Check, fail, ok, type Result, warn } from '../check.ts';
import { codeOf, type Deployment, md5Of, shown } from '../deployment.ts';
import type { Answer, Sent } from '../exchange.ts';
import { formOf } from '../form.ts';
import { probe, probeName } from '../probe.ts';

const closeIt =
  'deploy the server again: at each start it removes the policy that opens the bucket; or run: mc anonymous set private';

/** Names that people give to buckets; one that was made by hand beside ours may be public. */
const commonNames =
  'assets backup backups data dev documents files images logs media private prod public staging static storage test uploads'.split(
    ' ',
  );

export const privately: Check[] = [
  {
    id: 'private.read',
    group: 'Private',
    what: 'Nobody reads an object without a signature',
    needs: ['reach.s3', 'bucket'],
    run: (deployment) => refused(deployment, readings(deployment), closeIt),
  },
  {
    id: 'private.list',
    group: 'Private',
    what: 'Nobody lists the bucket without a signature',
    needs: ['reach.s3', 'bucket'],
    run: (deployment) => refused(deployment, listings(deployment), closeIt),
  },
  {
    id: 'private.write',
    group: 'Private',
    what: 'Nobody writes or deletes without a signature',
    needs: ['reach.s3', 'bucket'],
    run: (deployment) => refused(deployment, writings(deployment), closeIt),
  },
  {
    id: 'private.settings',
    group: 'Private',
    what: "Nobody reads or changes the bucket's settings without a signature",
    needs: ['reach.s3', 'bucket'],
    run: (deployment) => refused(deployment, settings(deployment), closeIt),
  },
  {
    id: 'private.policy',
    group: 'Private',
    what: 'The bucket has no policy that could open a part of it',
    needs: ['signed.key', 'bucket'],
    run: policy,
  },
  {
    id: 'private.server',
    group: 'Private',
    what: "Nobody uses the server's administration or sessions without a signature",
    needs: ['reach.s3'],
    run: (deployment) => refused(deployment, server(deployment), 'use the pinned image and the generated entrypoint'),
  },
  {
    id: 'private.metrics',
    group: 'Private',
    what: 'Nobody reads metrics without a token',
    needs: ['reach.s3'],
    run: (deployment) =>
      refused(deployment, metrics(deployment), 'remove MINIO_PROMETHEUS_AUTH_TYPE=public from the service'),
  },
  {
    id: 'private.other-buckets',
    group: 'Private',
    what: 'No bucket beside it is open',
    needs: ['reach.s3'],
    run: otherBuckets,
  },
  {
    id: 'private.default-root',
    group: 'Private',
    what: 'Default and weak root logins are refused (four tried, once each)',
    needs: ['reach.s3'],
    run: defaultRoot,
  },
];

/** What is tried, and how. */
type Attempt = [title: string, url: URL, sent?: Sent];

function readings(deployment: Deployment): Attempt[] {
  return ['a known', 'an unknown'].flatMap((which): Attempt[] => {
    const url = deployment.url(deployment.prefix + (which === 'a known' ? probeName : 'not-there.bin'));
    return [
      [`GET of ${which} object`, url],
      [`HEAD of ${which} object`, url, { method: 'HEAD' }],
    ];
  });
}

const listings = (deployment: Deployment): Attempt[] => [
  ['LIST', deployment.url('', '?max-keys=1')],
  ['LIST, version 2', deployment.url('', '?list-type=2&max-keys=1')],
  ['LIST of versions', deployment.url('', '?versions&max-keys=1')],
  ['LIST of uploads', deployment.url('', '?uploads&max-uploads=1')],
  ['HEAD of the bucket', deployment.url(), { method: 'HEAD' }],
  ['location', deployment.url('', '?location')],
];

function writings(deployment: Deployment): Attempt[] {
  const object = (name: string, query = '') => deployment.url(deployment.own(name), query);
  const form = formOf({ key: deployment.own('anonymous-form.txt') }, 'x');
  const list = `<Delete><Object><Key>${deployment.own('anonymous-delete.txt')}</Key></Object></Delete>`;
  return [
    ['PUT of an object', object('anonymous-put.txt'), { method: 'PUT', body: 'x', writes: true }],
    // With its own bytes: where that works, the checks after it still find them.
    ['PUT over an object', object(probeName), { method: 'PUT', body: probe, writes: true }],
    ['POST of a form', deployment.url(), { method: 'POST', ...form, writes: true }],
    ['start of a multipart upload', object('anonymous-parts.bin', '?uploads'), { method: 'POST', writes: true }],
    ['DELETE of an object', object('anonymous-delete.txt'), { method: 'DELETE', writes: true }],
    [
      'DELETE of many objects',
      deployment.url('', '?delete'),
      { method: 'POST', body: list, headers: { 'content-md5': md5Of(list) }, writes: true },
    ],
  ];
}

const settings = (deployment: Deployment): Attempt[] => [
  ['the policy', deployment.url('', '?policy')],
  ['the access control list', deployment.url('', '?acl')],
  ["an object's access control list", deployment.url(deployment.prefix + probeName, '?acl')],
  // No server takes this for a policy: what is tried is whether it reads it.
  ['a new policy', deployment.url('', '?policy'), { method: 'PUT', body: 'no policy' }],
];

const server = (deployment: Deployment): Attempt[] => [
  ['the list of buckets', deployment.at('/')],
  ['admin: information', deployment.at('/minio/admin/v3/info')],
  ['admin: users', deployment.at('/minio/admin/v3/list-users')],
  ['admin: configuration', deployment.at('/minio/admin/v3/get-config-kv?key=api')],
  [
    'STS: a session',
    deployment.at('/'),
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=AssumeRole&Version=2011-06-15',
    },
  ],
];

const metrics = (deployment: Deployment): Attempt[] =>
  ['/minio/v2/metrics/cluster', '/minio/v2/metrics/node', '/minio/metrics/v3', '/minio/prometheus/metrics'].map(
    (path) => [path, deployment.at(path)],
  );

/** Sends all attempts, and demands that each is refused. */
async function refused(deployment: Deployment, attempts: Attempt[], remedy: string): Promise<Result> {
  const answers = await Promise.all(attempts.map(([, url, sent]) => deployment.anonymous(url, sent)));
  const all = attempts.map(([title], index) => ({ title, answer: answers[index] as Answer }));
  const open = all.filter(({ answer }) => isOpen(answer));
  if (open.length > 0) return fail(titled(open), remedy);
  const unclear = all.filter(({ answer }) => ![400, 401, 403, 405].includes(answer.status) && !refusesInside(answer));
  if (unclear.length > 0)
    return warn(
      `neither given nor refused: ${titled(unclear)}`,
      'see why the server or the edge answers so, and verify again',
    );
  return ok(`${all.length} requests refused`);
}

const titled = (all: { title: string; answer: Answer }[]) =>
  all.map(({ title, answer }) => `${title} answers ${shown(answer)}`).join(', ');

/** 404 tells a stranger what exists: S3 says it only to who may list. A broken policy is read only by who may set one. */
const isOpen = (answer: Answer) =>
  answer.status === 404 || codeOf(answer) === 'MalformedPolicy' || (answer.status < 300 && !refusesInside(answer));

/** A request for many objects is answered with 200 and an error for each. */
const refusesInside = ({ body }: Answer) => body.includes('<Error>') && !body.includes('<Deleted>');

async function policy(deployment: Deployment): Promise<Result> {
  const answer = await deployment.signed(deployment.url('', '?policy'));
  const code = codeOf(answer);
  if (code === 'NoSuchBucketPolicy') return ok('none');
  if (answer.status === 200) return fail('the bucket has a policy', closeIt);
  if (code === 'AccessDenied') return warn('the application may not read it', 'deploy the server again');
  return warn(`the server answers ${shown(answer)}`, 'check the name of the bucket');
}

async function otherBuckets(deployment: Deployment): Promise<Result> {
  const names = [...new Set([...deployment.otherBuckets, ...commonNames])].filter((name) => name !== deployment.bucket);
  const answers = await Promise.all(
    names.map((name) => deployment.anonymous(deployment.at(`/${encodeURIComponent(name)}?list-type=2&max-keys=1`))),
  );
  const open = names.filter((_, index) => (answers[index]?.status ?? 0) < 300);
  const told = names.filter((_, index) => answers[index]?.status === 404);
  if (open.length === 0 && told.length > 0)
    return warn(
      `404 for ${told.slice(0, 3).join(', ')}: strangers learn which buckets there are`,
      'MinIO refuses all names alike: see what answers in its place',
    );
  if (open.length === 0) return ok(`${names.length} names tried`);
  return fail(
    `everybody can list ${open.join(', ')}`,
    `only the application's bucket is kept private: run mc anonymous set private for ${open.length === 1 ? 'it' : 'them'}, or move what is public to a server of its own`,
  );
}

async function defaultRoot(deployment: Deployment): Promise<Result> {
  const { rootUser } = deployment;
  const weak = ['minioadmin:minioadmin', 'minio:minio123', `${rootUser}:${rootUser}`, `${rootUser}:password`];
  const answers = await Promise.all(
    weak.map((login) => {
      const [accessKey = '', secretKey = ''] = login.split(':');
      return deployment.signedBy({ accessKey, secretKey }, deployment.at('/'));
    }),
  );
  const accepted = weak.filter((_, index) => (answers[index]?.status ?? 0) < 300);
  if (accepted.length > 0)
    return fail(
      `accepted: ${accepted.join(', ')}`,
      'set MINIO_ROOT_USER and a long MINIO_ROOT_PASSWORD now, and deploy',
    );
  return ok(`refused: ${weak.join(', ')}`);
}
