import { type Check, fail, ok, type Result } from '../check.ts';
import type { Deployment } from '../deployment.ts';

export const cors: Check[] = [
  {
    id: 'cors.own',
    group: 'CORS',
    what: 'Scripts of the given page may use signed URLs',
    needs: ['reach.s3', 'origin'],
    run: own,
  },
  {
    id: 'cors.stranger',
    group: 'CORS',
    what: "Scripts of a stranger's page may not",
    needs: ['reach.s3', 'origin'],
    run: stranger,
  },
];

/** What is allowed to a page, for a preflight and for the request after it. */
async function allowed(deployment: Deployment, origin: string): Promise<(string | undefined)[]> {
  const url = deployment.at('/');
  const preflight = { origin, 'access-control-request-method': 'PUT' };
  const answers = [
    await deployment.anonymous(url, { method: 'OPTIONS', headers: preflight }),
    await deployment.anonymous(url, { headers: { origin } }),
  ];
  return answers.map(({ headers }) => headers['access-control-allow-origin']);
}

async function own(deployment: Deployment): Promise<Result> {
  const origin = deployment.origin ?? '';
  const answers = await allowed(deployment, origin);
  if (answers.every((answer) => answer === origin || answer === '*')) return ok(origin);
  return fail(
    `${origin} is not allowed`,
    'generate again with --cors-origins and this address (scheme and host, no slash at the end), and deploy',
  );
}

async function stranger(deployment: Deployment): Promise<Result> {
  const origin = 'https://stranger.invalid';
  const answers = await allowed(deployment, origin);
  if (answers.every((answer) => answer === undefined || (answer !== origin && answer !== '*')))
    return ok('not allowed');
  return fail(
    'scripts of every page are allowed',
    "generate again with --cors-origins and your pages, and deploy: without it MinIO's default is everybody",
  );
}
