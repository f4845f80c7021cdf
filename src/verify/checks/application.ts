import { type Check, fail, ok, type Result, skip } from '../check.ts';
import { codeOf, type Deployment, elementsOf, shown } from '../deployment.ts';
import type { Answer } from '../exchange.ts';
import { check, restart } from './signed.ts';

/** What the application's key may not do. */
export const application: Check[] = [
  check('admin', 'The application may not administer the server', admin, 'signed.key'),
  check(
    'own-secret',
    'The application may not change its secret or make keys, which would outlive it',
    ownSecret,
    'signed.admin',
  ),
  check('only-own', 'The application sees no bucket but its own', onlyOwn, 'signed.admin', 'bucket'),
  check('policy', 'The application may not publish its bucket', publish, 'signed.admin', 'signed.only-own', 'bucket'),
];

async function admin(deployment: Deployment): Promise<Result> {
  const paths = ['info', 'list-users', 'storageinfo', 'get-config-kv?key=api'];
  const answers = await Promise.all(paths.map((path) => deployment.signed(deployment.at(`/minio/admin/v3/${path}`))));
  const given = paths.filter((_, index) => codeOf(answers[index] as Answer) !== 'AccessDenied');
  if (given.length === 0) return ok(`${paths.length} requests refused`);
  if (given.includes('info') && given.includes('list-users'))
    return fail(
      'this key administers the whole server',
      "never give root's key to the application: use MINIO_APP_ACCESS_KEY and MINIO_APP_SECRET_KEY",
    );
  return fail(`the application may: ${given.join(', ')}`, restart);
}

async function ownSecret(deployment: Deployment): Promise<Result> {
  const own = encodeURIComponent(deployment.signer.accessKey);
  // The body is no new secret: who may set one is told that it can't be read, who may not is refused.
  const path = `/minio/admin/v3/add-user?accessKey=${own}&status=enabled`;
  const secret = await deployment.signed(deployment.at(path), { method: 'PUT', body: 'no secret' });
  const keys = await deployment.signed(deployment.at('/minio/admin/v3/list-access-keys-bulk?listType=all'));
  // A server of before 2024 has no such list.
  const may = [
    ...(codeOf(secret) === 'AccessDenied' ? [] : ['change its secret']),
    ...(codeOf(keys) === 'AccessDenied' || keys.status >= 400 ? [] : ['see to access keys of its own']),
  ];
  return may.length === 0 ? ok('refused') : fail(`it may ${may.join(' and ')}`, restart);
}

async function onlyOwn(deployment: Deployment): Promise<Result> {
  const answer = await deployment.signed(deployment.at('/'));
  const others = elementsOf(answer, 'Name').filter((name) => name !== deployment.bucket);
  if (others.length > 0) return fail(`it sees ${others.slice(0, 5).join(', ')}`, restart);
  // "No such bucket" would tell that it may look.
  const unknown = await deployment.signed(deployment.at('/minio-stack-verify-no-such-bucket?list-type=2&max-keys=1'));
  if (codeOf(unknown) === 'AccessDenied') return ok('every other one is refused');
  return fail(`another bucket answers ${shown(unknown)}`, restart);
}

async function publish(deployment: Deployment): Promise<Result> {
  // No server takes this for a policy: who may set one is told so, who may not is refused.
  const answer = await deployment.signed(deployment.url('', '?policy'), { method: 'PUT', body: 'no policy' });
  if (codeOf(answer) === 'AccessDenied') return ok('refused');
  if (answer.status >= 500) return skip(shown(answer));
  return fail(`a new policy is answered with ${shown(answer)}`, restart);
}
