import { createHash } from 'node:crypto';
import { StackError } from '../errors.ts';
import { type Answer, type Found, type Limits, objectIn, request } from './http.ts';
import type { ImageReference } from './image-reference.ts';
import { anonymousToken } from './token.ts';

/** What a registry serves under a digest. */
export interface Served {
  /** Whether there is an image for linux/amd64: Render runs no other. */
  runsOnRender: boolean;
  /** When the image was built; undefined where nothing says so. */
  built: Date | undefined;
}

/** The index comes first: a registry without one answers with the manifest of its only platform. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** More pages than any image has: a registry whose list never ends is not followed for ever. */
const mostPages = 200;

/**
 * An image's repository in its registry, read without a login by the OCI distribution API (opencontainers/distribution-spec,
 * spec.md). Every method throws a StackError when the registry can't be asked, or can't be believed.
 */
export class Registry {
  readonly #image: ImageReference;
  readonly #limits: Limits;
  readonly #root: URL;
  #token: string | undefined;

  constructor(image: ImageReference, limits: Limits) {
    // As Docker: only a registry on this machine is asked without encryption.
    const isHere = /^(localhost|127(\.\d+){3})(:|$)/.test(image.host);
    this.#image = image;
    this.#limits = limits;
    this.#root = new URL(`${isHere ? 'http' : 'https'}://${image.host}/v2/${image.repository}/`);
  }

  /** Every tag. */
  async tags(): Promise<string[]> {
    const { host, name, repository } = this.#image;
    const tags: string[] = [];
    let next: URL | undefined = new URL('tags/list?n=1000', this.#root);
    for (let page = 0; next; page += 1) {
      if (page === mostPages) throw new StackError(`${host} lists the tags of ${name} without an end`);
      const answer: Answer = this.#good(await this.#ask('GET', next), `image ${repository}`);
      const { tags: listed } = objectIn(answer);
      if (Array.isArray(listed)) tags.push(...listed.filter((tag) => typeof tag === 'string'));
      next = nextPage(answer, next);
    }
    return [...new Set(tags)];
  }

  /** The digest that a tag has now: of the index with all platforms, where there is one. */
  async digestOf(tag: string): Promise<string> {
    const place = new URL(`manifests/${tag}`, this.#root);
    const { status, headers } = await this.#ask('HEAD', place, manifestTypes);
    const digest = headers.get('docker-content-digest') ?? '';
    if (status === 200 && isDigest(digest)) return digest;
    // Some registries know no HEAD, and the header is optional.
    const answer = this.#good(await this.#ask('GET', place, manifestTypes), `tag ${tag} of ${this.#image.repository}`);
    objectIn(answer);
    return hash(answer);
  }

  /** Looks at what is behind a digest. Every text on the way has the hash by which it is named. */
  async look(digest: string): Promise<Served> {
    const manifest = await this.#manifest(digest);
    if (!Array.isArray(manifest.manifests)) return this.#lookAtImage(digest, manifest);
    const entry: Found = manifest.manifests.find(({ platform }) => isRenders(Object(platform))) ?? {};
    if (!isDigest(entry.digest)) return { runsOnRender: false, built: undefined };
    const built = builtOf(entry);
    if (built) return { runsOnRender: true, built: dateOf(built) };
    return this.#lookAtImage(entry.digest, await this.#manifest(entry.digest));
  }

  async #lookAtImage(digest: string, manifest: Found): Promise<Served> {
    const { host, repository } = this.#image;
    const { digest: configDigest } = Object(manifest.config);
    if (!isDigest(configDigest)) throw new StackError(`${host} serves no image as ${repository}@${digest}`);
    const config = await this.#verified(`blobs/${configDigest}`, configDigest);
    return { runsOnRender: isRenders(config), built: dateOf(builtOf(manifest) ?? config.created) };
  }

  #manifest(digest: string): Promise<Found> {
    return this.#verified(`manifests/${digest}`, digest, manifestTypes);
  }

  async #verified(path: string, digest: string, accept?: string): Promise<Found> {
    const { host, repository } = this.#image;
    const answer = this.#good(await this.#ask('GET', new URL(path, this.#root), accept), `${repository}@${digest}`);
    if (hash(answer) !== digest)
      throw new StackError(`${host} serves something else as ${repository}@${digest}: its digest is ${hash(answer)}`);
    return objectIn(answer);
  }

  async #ask(method: string, url: URL, accept = '*/*'): Promise<Answer> {
    const { host, name } = this.#image;
    const send = () => {
      const headers = { accept, ...(this.#token && { authorization: `Bearer ${this.#token}` }) };
      return request(url, { method, headers }, this.#limits);
    };
    let answer = await send();
    if (answer.status === 401) {
      this.#token = await anonymousToken(answer, this.#limits);
      answer = await send();
    }
    if (answer.status === 401 || answer.status === 403)
      throw new StackError(`${host} asks for a login to read ${name}, and only public images can be looked up`);
    return answer;
  }

  #good(answer: Answer, what: string): Answer {
    const { host } = this.#image;
    if (answer.status === 404) throw new StackError(`${host} has no ${what}`);
    if (answer.status !== 200) throw new StackError(`${host} answers with HTTP ${answer.status} for ${what}`);
    return answer;
  }
}

const isDigest = (text: unknown): text is string => typeof text === 'string' && /^sha256:[a-f0-9]{64}$/.test(text);

const isRenders = ({ os, architecture }: Found) => os === 'linux' && architecture === 'amd64';

const builtOf = ({ annotations }: Found): unknown => Object(annotations)['org.opencontainers.image.created'];

/** Builds that can be repeated to the byte give 1970 or the year 1 as their date, which says nothing. */
function dateOf(built: unknown): Date | undefined {
  const date = new Date(typeof built === 'string' ? built : Number.NaN);
  return date.getUTCFullYear() > 1980 ? date : undefined;
}

const hash = ({ body }: Answer): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

/** The next page of a list (RFC 8288, as the distribution API uses it). */
function nextPage({ headers, url }: Answer, asked: URL): URL | undefined {
  const [, link] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(headers.get('link') ?? '') ?? [];
  if (link === undefined) return undefined;
  const next = URL.canParse(link, url.href) ? new URL(link, url) : undefined;
  if (next?.origin !== asked.origin || next.href === asked.href)
    throw new StackError(`${asked.host} names no usable next page of its tags`);
  return next;
}
