import { type Check, fail, ok, type Result, skip, warn } from '../check.ts';
import { type Deployment, isPage, shown } from '../deployment.ts';
import type { Sent } from '../exchange.ts';
import { isLocal } from '../local.ts';

const check = (id: string, what: string, run: Check['run'], ...needs: string[]): Check => ({
  id: `console.${id}`,
  group: 'Console',
  what,
  needs: ['console', ...needs],
  run,
});

export const console: Check[] = [
  check('encrypted', 'The console has HTTPS with a certificate that browsers trust', encryption),
  check('page', 'The console shows its sign-in', page, 'console.encrypted'),
  check('headers', 'Its pages have the security headers', headers, 'console.page'),
  check('login', 'A wrong password is refused', login, 'console.page'),
  check('cookie', "The session's cookie is out of reach of scripts and other sites", cookie, 'console.login', 'root'),
  check('limit', 'Tries to sign in are limited', limit, 'console.login'),
  check('websocket', 'WebSockets are for its own pages only', websocket, 'console.page'),
  {
    id: 'console.redirect',
    group: 'Console',
    what: "A browser at the API's root is sent to the console or nowhere",
    needs: ['reach.s3'],
    run: redirect,
  },
];

const sendTo = ({ console, client }: Deployment, path: string, sent?: Sent) =>
  client.send(new URL(path, console), sent);

async function encryption({ console, client }: Deployment): Promise<Result> {
  const url = console as URL;
  if (url.protocol === 'http:')
    return isLocal(url)
      ? ok('plain HTTP, which is fine on this machine')
      : fail('plain HTTP: everybody on the way can read the root password', `use https://${url.host}`);
  const { problem } = await client.handshake(url);
  if (!problem) return ok('trusted');
  return fail(
    `the certificate is not trusted (${problem})`,
    "see the domain's state in Render's Dashboard, or correct the address",
  );
}

async function page(deployment: Deployment): Promise<Result> {
  const root = await sendTo(deployment, '/');
  if (root.status !== 200 || !isPage(root))
    return fail(
      `the page answers ${shown(root)}`,
      root.status === 503
        ? 'the server does not answer the console: see its log, and that both services have one region'
        : "check the console's address; the API's comes first",
    );
  const strategy = await sendTo(deployment, '/api/v1/login');
  if (strategy.status === 200 && strategy.body.includes('"loginStrategy"')) return ok('the sign-in page');
  return fail(`its API answers ${shown(strategy)}`, "this is a page, but not MinIO's console: check the address");
}

async function headers(deployment: Deployment): Promise<Result> {
  const { headers: sent } = await sendTo(deployment, '/');
  const policy = String(sent['content-security-policy'] ?? '');
  const frame = String(sent['x-frame-options'] ?? '');
  const missing = [
    ...(policy === '' ? ['Content-Security-Policy'] : []),
    ...(/unsafe-eval|https?:\/\//.test(policy) ? ['a strict Content-Security-Policy'] : []),
    ...(/^(DENY|SAMEORIGIN)$/i.test(frame) || /frame-ancestors/.test(policy) ? [] : ['X-Frame-Options']),
    ...(/^nosniff$/i.test(String(sent['x-content-type-options'] ?? '')) ? [] : ['X-Content-Type-Options']),
    ...(sent['referrer-policy'] ? [] : ['Referrer-Policy']),
    ...(deployment.console?.protocol === 'https:' && !sent['strict-transport-security']
      ? ['Strict-Transport-Security']
      : []),
  ];
  if (missing.length === 0) return ok('all there');
  return fail(
    `missing: ${missing.join(', ')}`,
    "deploy the generated console service: its nginx sets them; is this address the server's own port?",
  );
}

/** A name that nobody has: no try counts against a real one. */
const wrong: Sent = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ accessKey: 'minio-stack-verify', secretKey: 'a-wrong-password' }),
};

async function login(deployment: Deployment): Promise<Result> {
  const answer = await sendTo(deployment, '/api/v1/login', wrong);
  if ([401, 403].includes(answer.status)) return ok(String(answer.status));
  if (answer.status === 429) return ok('429: too many tries before this one');
  return fail(shown(answer), 'see the log of both services');
}

/** Signs in as root, looks at the cookie, and signs out. */
async function cookie(deployment: Deployment): Promise<Result> {
  const signIn = await sendTo(deployment, '/api/v1/login', { ...wrong, body: JSON.stringify(deployment.root) });
  if (signIn.status === 429) return skip('429: too many tries before this one');
  const cookies = signIn.headers['set-cookie'] ?? [];
  if (signIn.status !== 204 || cookies.length === 0)
    return warn(`root's sign-in answers ${shown(signIn)}`, 'compare MINIO_ROOT_USER and MINIO_ROOT_PASSWORD');
  await sendTo(deployment, '/api/v1/logout', {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: cookies.map((text) => text.split(';')[0]).join('; ') },
    body: '{}',
  });
  const wanted =
    deployment.console?.protocol === 'https:' ? ['Secure', 'HttpOnly', 'SameSite'] : ['HttpOnly', 'SameSite'];
  const missing = wanted.filter((name) => !cookies.every((text) => new RegExp(`; *${name}\\b`, 'i').test(text)));
  if (missing.length === 0) return ok(wanted.join(', '));
  return fail(
    `without ${missing.join(', ')}`,
    'deploy the generated console service: its nginx adds Secure, with PUBLIC_SCHEME or X-Forwarded-Proto of https',
  );
}

async function limit(deployment: Deployment): Promise<Result> {
  // The generated nginx lets five through at once, and ten a minute.
  for (let tries = 1; tries <= 10; tries += 1) {
    const { status } = await sendTo(deployment, '/api/v1/login', wrong);
    if (status === 429) return ok(`429 after ${tries} tries`);
  }
  return fail('10 tries in a row were answered', 'deploy the generated console service: its nginx limits them');
}

async function websocket(deployment: Deployment): Promise<Result> {
  const open = (origin: string) =>
    sendTo(deployment, '/ws/objectManager', {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dmVyaWZ5LXRoZS1zdGFjaw==',
        'sec-websocket-version': '13',
        origin,
      },
    });
  const stranger = await open('https://stranger.invalid');
  const host = 'let the proxy pass Origin and Host ($http_host) on as they are';
  if (stranger.status === 101) return fail('a page of another origin gets one', host);
  const own = await open(deployment.console?.origin ?? '');
  if (own.status === 101) return ok(`another page is answered with ${stranger.status}`);
  return warn(`its own page is answered with ${own.status}: the object browser stays empty`, `${host}, and Upgrade`);
}

async function redirect(deployment: Deployment): Promise<Result> {
  const browser = { accept: 'text/html', 'user-agent': 'Mozilla/5.0 (create-minio-stack verify)' };
  const answer = await deployment.anonymous(deployment.at('/'), { headers: browser });
  const to = answer.headers.location;
  if (to === undefined) return ok('nowhere');
  const target = URL.canParse(to, deployment.api.href) ? new URL(to, deployment.api) : undefined;
  if (!target) return warn('to something that is no address', 'set MINIO_BROWSER_REDIRECT_URL');
  if (target.origin === deployment.console?.origin) return ok(target.origin);
  if (target.port !== '' && target.port !== deployment.api.port)
    return fail(
      `to ${target.origin}, a port that is not public`,
      "set MINIO_BROWSER_REDIRECT_URL to the console's address (--console-domain), or MINIO_BROWSER_REDIRECT=off",
    );
  if (!deployment.console) return skip(`to ${target.origin}; give --console to compare`);
  return fail(
    `to ${target.origin}, not to ${deployment.console.origin}`,
    "set --console-domain to the console's address",
  );
}
