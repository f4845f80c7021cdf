import { createHash } from 'node:crypto';
import { StackError } from '../errors.ts';
import { type Answer, type Limits, request } from './http.ts';
import type { ImageReference } from './image-reference.ts';

/** What a registry serves under a tag. */
export interface Served {
  /** Of the index with all platforms, where there is one. */
  digest: string;
  /** Whether there is an image for linux/amd64: Render runs no other. */
  runsOnRender: boolean;
  /** When the image was built; undefined where it does not say. */
  built: Date | undefined;
}

/** One image's repository in its registry, read without a login. */
export interface Registry {
  tags(): Promise<string[]>;
  /** The digest that a tag has now. */
  digestOf(tag: string): Promise<string>;
  /** Reads what is behind a digest. Each text on the way is what its digest says. */
  look(digest: string): Promise<Served>;
}

/** The index comes first: a registry without one answers with the manifest of its only platform. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const digestShape = /^sha256:[a-f0-9]{64}$/;

/** More pages than any image has: a registry whose list never ends is not followed for ever. */
const mostPages = 200;

type Found = Record<string, unknown>;

/** Opens an image's repository by the OCI distribution API (opencontainers/distribution-spec, spec.md). */
export function openRegistry({ name, host, repository }: ImageReference, limits: Limits): Registry {
  // As Docker: only a registry on this machine is asked without encryption.
  const isHere = /^(localhost|127(\.\d+){3})(:|$)/.test(host);
  const root = new URL(`${isHere ? 'http' : 'https'}://${host}/v2/${repository}/`);
  let token: string | undefined;

  async function ask(url: URL, method = 'GET', accept = '*/*'): Promise<Answer> {
    const send = () =>
      request(url, { method, headers: { accept, ...(token && { authorization: `Bearer ${token}` }) } }, limits);
    let answer = await send();
    if (answer.status === 401) {
      token = await fetchToken(answer, root, limits);
      answer = await send();
    }
    if (answer.status === 401 || answer.status === 403)
      throw new StackError(`${host} asks for a login to read ${name}, and only public images can be looked up`);
    return answer;
  }

  async function read(path: string, accept?: string): Promise<Answer> {
    const answer = await ask(new URL(path, root), 'GET', accept);
    return found(answer, path);
  }

  function found(answer: Answer, path: string): Answer {
    if (answer.status === 404) throw new StackError(`${host} has no ${repository} with ${path}`);
    if (answer.status !== 200) throw new StackError(`${host} answers with HTTP ${answer.status} to ${path}`);
    return answer;
  }

  async function readVerified(path: string, digest: string, accept?: string): Promise<Found> {
    const answer = await read(path, accept);
    if (hash(answer) !== digest)
      throw new StackError(`${host} serves something else as ${repository}@${digest}: its digest is ${hash(answer)}`);
    return objectIn(answer);
  }

  const readManifest = (digest: string) => readVerified(`manifests/${digest}`, digest, manifestTypes);

  return {
    async tags() {
      const tags: string[] = [];
      let next: URL | undefined = new URL('tags/list?n=1000', root);
      for (let page = 0; next; page += 1) {
        if (page === mostPages) throw new StackError(`${host} lists the tags of ${name} without an end`);
        const answer: Answer = found(await ask(next), 'tags/list');
        const { tags: listed } = objectIn(answer);
        if (Array.isArray(listed)) tags.push(...listed.filter((tag) => typeof tag === 'string'));
        next = nextPage(answer, next);
      }
      return [...new Set(tags)];
    },

    async digestOf(tag) {
      const path = `manifests/${tag}`;
      const answer = await ask(new URL(path, root), 'HEAD', manifestTypes);
      const digest = answer.status === 200 ? answer.headers.get('docker-content-digest') : undefined;
      if (digest && digestShape.test(digest)) return digest;
      // Some registries know no HEAD, and the header is optional.
      const whole = await read(path, manifestTypes);
      objectIn(whole);
      return hash(whole);
    },

    async look(digest) {
      let manifest = await readManifest(digest);
      let built: unknown;
      if (Array.isArray(manifest.manifests)) {
        const entry: Found | undefined = manifest.manifests.find(({ platform }) => isRenders(Object(platform)));
        if (!entry || !digestShape.test(String(entry.digest))) return { digest, runsOnRender: false, built: undefined };
        built = builtOf(entry.annotations);
        if (!built) manifest = await readManifest(String(entry.digest));
      }
      if (built) return { digest, runsOnRender: true, built: dateOf(built) };
      const configDigest = String(Object(manifest.config).digest);
      if (!digestShape.test(configDigest))
        throw new StackError(`${host} serves no image manifest as ${name}@${digest}`);
      const config = await readVerified(`blobs/${configDigest}`, configDigest);
      built = builtOf(manifest.annotations) ?? config.created;
      return { digest, runsOnRender: isRenders(config), built: dateOf(built) };
    },
  };
}

const isRenders = ({ os, architecture }: Found) => os === 'linux' && architecture === 'amd64';

const builtOf = (annotations: unknown): unknown => Object(annotations)['org.opencontainers.image.created'];

/** Builds that can be repeated to the byte give 1970 or the year 1 as their date, which says nothing. */
function dateOf(built: unknown): Date | undefined {
  const date = new Date(typeof built === 'string' ? built : Number.NaN);
  return date.getUTCFullYear() > 1980 ? date : undefined;
}

const hash = ({ body }: Answer): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

function objectIn({ body, url }: Answer): Found {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Found;
  } catch {
    // Falls through to the same message: a page for people, for example a login page of a network.
  }
  throw new StackError(`${url.host} answers with something else than a JSON object; is it a registry?`);
}

/** The next page of a list (RFC 8288, as the distribution API uses it). */
function nextPage({ headers, url }: Answer, asked: URL): URL | undefined {
  const [, link] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(headers.get('link') ?? '') ?? [];
  if (link === undefined) return undefined;
  const next = URL.canParse(link, url.href) ? new URL(link, url) : undefined;
  if (next?.origin !== asked.origin || next.href === asked.href)
    throw new StackError(`${asked.host} names no usable next page of its tags`);
  return next;
}

/**
 * A token that lets anybody read, from where the registry says (distribution, "Token Authentication Specification").
 * @param refusal the answer with status 401
 */
async function fetchToken({ headers, url }: Answer, root: URL, limits: Limits): Promise<string | undefined> {
  const challenge = headers.get('www-authenticate') ?? '';
  if (!/^bearer\s/i.test(challenge)) return undefined;
  const { realm = '', ...rest } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key.toLowerCase(), value]),
  );
  if (!URL.canParse(realm)) throw new StackError(`${url.host} asks for a token, and does not say where to get it`);
  const from = new URL(realm);
  if (from.protocol !== 'https:' && root.protocol === 'https:')
    throw new StackError(`${url.host} asks for a token from ${from.host}, without encryption`);
  for (const key of ['service', 'scope']) if (rest[key]) from.searchParams.set(key, rest[key]);
  const answer = await request(from, { method: 'GET', headers: { accept: 'application/json' } }, limits);
  if (answer.status !== 200) return undefined;
  const { token, access_token } = objectIn(answer);
  return String(token ?? access_token ?? '') || undefined;
}
