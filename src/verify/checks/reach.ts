import { type Check, fail, ok, type Result, skip, warn } from '../check.ts';
import { codeOf, type Deployment, isPage, shown } from '../deployment.ts';
import type { Answer } from '../exchange.ts';
import { isLocal } from '../local.ts';
import { NoAnswer } from '../no-answer.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

export const reach: Check[] = [
  {
    id: 'reach.encrypted',
    group: 'Reach',
    what: 'The API has HTTPS with a certificate that clients trust',
    needs: [],
    run: encryption,
  },
  {
    id: 'reach.redirect',
    group: 'Reach',
    what: 'Plain HTTP leads to HTTPS and serves nothing',
    needs: ['reach.encrypted'],
    run: redirect,
  },
  {
    id: 'reach.health',
    group: 'Reach',
    what: 'MinIO is live and ready',
    needs: ['reach.encrypted'],
    run: health,
  },
  {
    id: 'reach.s3',
    group: 'Reach',
    what: 'The address speaks S3',
    needs: ['reach.health'],
    run: speaksS3,
  },
  {
    id: 'reach.clock',
    group: 'Reach',
    what: "The server's clock and this machine's agree",
    needs: ['reach.s3'],
    run: clock,
  },
  {
    id: 'reach.latency',
    group: 'Reach',
    what: 'Answers come quickly',
    needs: ['reach.s3'],
    run: latency,
  },
];

async function encryption({ api, client }: Deployment): Promise<Result> {
  if (api.protocol === 'http:') {
    if (isLocal(api)) return ok('plain HTTP, which is fine on this machine');
    return fail('plain HTTP: everybody on the way can read files and signed URLs', `use https://${api.host}`);
  }
  const { problem, certificate, protocol } = await client.handshake(api);
  const ends = new Date(String(certificate.valid_to));
  if (problem) return untrusted(problem, String(certificate.subjectaltname ?? 'other names'), ends, api);
  const seen = `valid until ${dateOf(ends)}, ${protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'}`;
  if (ends.getTime() - Date.now() >= 7 * day) return ok(seen);
  return warn(seen, "renew the certificate; for a custom domain see the domain's state in Render's Dashboard");
}

const dateOf = (date: Date) => date.toISOString().slice(0, 10);

function untrusted(problem: string, names: string, ends: Date, { hostname }: URL): Result {
  if (problem === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return fail(
      `the certificate is for ${names.slice(0, 200)}, not for ${hostname}`,
      "add the domain to the service in Render's Dashboard and wait until it is verified, or correct the address",
    );
  if (problem === 'CERT_HAS_EXPIRED')
    return fail(`the certificate ended on ${dateOf(ends)}`, "renew it; see the domain's state in Render's Dashboard");
  return fail(
    `the certificate is not trusted (${problem})`,
    'if a proxy on your side replaces certificates, name its own in NODE_EXTRA_CA_CERTS; else get a certificate of a public authority',
  );
}

async function redirect({ api, client }: Deployment): Promise<Result> {
  const plain = plainAddress(api);
  if (!plain) return skip(api.protocol === 'http:' ? 'the address has no HTTPS' : 'only for the usual port');
  const answer = await client.send(plain).catch((error: unknown) => {
    if (error instanceof NoAnswer && !error.ended) return undefined;
    throw error;
  });
  if (!answer) return ok('plain HTTP is not answered');
  const target = answer.headers.location ?? '';
  if ([301, 302, 307, 308].includes(answer.status) && target.startsWith(`https://${api.host}/`))
    return ok(`${answer.status} to HTTPS`);
  return fail(`plain HTTP answers ${shown(answer)}`, 'let the edge redirect HTTP to HTTPS; Render does so by itself');
}

/** The address without HTTPS, where it can be told. */
export const plainAddress = (api: URL): URL | undefined =>
  api.protocol === 'https:' && api.port === '' ? new URL(`http://${api.hostname}/`) : undefined;

async function health(deployment: Deployment): Promise<Result> {
  for (const name of ['live', 'ready']) {
    const answer = await deployment.anonymous(deployment.at(`/minio/health/${name}`));
    if (answer.status !== 200 || answer.body.length > 0) return unhealthy(name, answer);
  }
  return ok('live and ready');
}

function unhealthy(name: string, answer: Answer): Result {
  const seen = `/minio/health/${name} answers ${answer.cut ? 'with more than 1 MB' : shown(answer)}`;
  if (/minio console/i.test(String(answer.headers.server)) || /<title>(MinIO|Silo)/i.test(answer.body.toString()))
    return fail(`${seen}: the console`, 'give the address of the API first and the one of the console with --console');
  if (answer.status >= 300 && answer.status < 400)
    return fail(seen, "give the address that it leads to, if it is yours; a network's sign-in page does the same");
  if (answer.status >= 500)
    return fail(seen, "the service is down, starting or suspended: see its log in Render's Dashboard");
  return fail(seen, 'this is no MinIO: check the address, and that no sign-in page or error page stands before it');
}

async function speaksS3(deployment: Deployment): Promise<Result> {
  const answer = await deployment.anonymous(deployment.at('/'));
  if (answer.status === 403 && codeOf(answer) === 'AccessDenied') return ok('refuses a stranger as S3 does');
  const seen = `GET / answers ${shown(answer)}`;
  if (answer.status === 200 && !isPage(answer) && answer.body.includes('<ListAllMyBucketsResult'))
    return fail(
      `${seen}: everybody sees the list of buckets`,
      'deploy the server again: at each start it closes what is open',
    );
  return fail(seen, 'something before the server answers in its place: check the edge, its rules and its error pages');
}

async function clock(deployment: Deployment): Promise<Result> {
  // A health check is answered by the server itself; an object could come from a cache.
  const answer = await deployment.anonymous(deployment.at('/minio/health/live'));
  const said = Date.parse(answer.headers.date ?? '');
  if (Number.isNaN(said)) return warn('no Date in the answer', 'let the edge keep the header Date');
  const skew = Math.round((Date.now() - said) / 1000);
  const seen = `${Math.abs(skew)} s apart`;
  const remedy = 'set both clocks by NTP: signatures are refused when they are more than 15 minutes apart';
  if (Math.abs(skew) > 15 * 60) return fail(seen, remedy);
  return Math.abs(skew) > 5 * 60 ? warn(seen, remedy) : ok(seen);
}

async function latency(deployment: Deployment): Promise<Result> {
  const times: number[] = [];
  for (let n = 0; n < 3; n += 1)
    times.push((await deployment.anonymous(deployment.at('/minio/health/live'))).milliseconds);
  const middle = Math.round(times.sort((a, b) => a - b)[1] ?? 0);
  const seen = `${middle} ms`;
  return middle <= 2000 ? ok(seen) : warn(seen, 'choose a region nearer to you, or a larger plan');
}
