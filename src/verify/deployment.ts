import { createHash, randomBytes } from 'node:crypto';
import type { Newer, Pins } from './checks/versions.ts';
import type { Client } from './client.ts';
import type { Answer, Sent } from './exchange.ts';
import type { Credentials, Signer } from './signer.ts';

/** A deployment as checks see it. */
export class Deployment {
  readonly api: URL;
  readonly console: URL | undefined;
  readonly origin: string | undefined;
  readonly otherBuckets: string[];
  readonly uploadMegabytes: number;
  readonly client: Client;
  readonly root: Credentials | undefined;
  /** The name of the root user. */
  readonly rootUser: string;
  readonly pins: Pins | undefined;
  /** Asks the registries for the newest releases; undefined where nobody wants that. */
  readonly newest: (() => Promise<Newer[]>) | undefined;
  /** The bucket of the application; found by a check where nobody has given it. */
  bucket: string | undefined;
  /** Undefined where there are no credentials. */
  readonly #signer: Signer | undefined;
  readonly #signerOf: (credentials: Credentials) => Signer;
  /** Everything that this run writes begins so, and says what it is. */
  readonly prefix = `minio-stack-verify/${new Date().toISOString().slice(0, 10)}-${randomBytes(6).toString('hex')}/`;
  /** Keys that a request may have written. Noted before the request is sent. */
  readonly written = new Set<string>();
  /** Uploads in parts that were started: their ids and keys. */
  readonly uploads = new Map<string, string>();
  /** A request without a signature in a header has stored something. */
  strangersWrite = false;

  constructor(
    given: Pick<
      Deployment,
      | 'api'
      | 'console'
      | 'origin'
      | 'bucket'
      | 'otherBuckets'
      | 'uploadMegabytes'
      | 'client'
      | 'root'
      | 'rootUser'
      | 'pins'
      | 'newest'
    >,
    credentials: Credentials | undefined,
    signerOf: (credentials: Credentials) => Signer,
  ) {
    this.api = given.api;
    this.console = given.console;
    this.origin = given.origin;
    this.bucket = given.bucket;
    this.otherBuckets = given.otherBuckets;
    this.uploadMegabytes = given.uploadMegabytes;
    this.client = given.client;
    this.root = given.root;
    this.rootUser = given.rootUser;
    this.pins = given.pins;
    this.newest = given.newest;
    this.#signerOf = signerOf;
    this.#signer = credentials && signerOf(credentials);
  }

  /** The signer of the application. Only checks that need credentials ask for it. */
  get signer(): Signer {
    if (!this.#signer) throw new Error('there are no credentials');
    return this.#signer;
  }

  get isSigned(): boolean {
    return this.#signer !== undefined;
  }

  /** The URL of an object in the bucket, or of the bucket itself, in path style. */
  url(key = '', query = ''): URL {
    return this.at(`/${this.bucket}${key === '' ? '' : `/${encodedKey(key)}`}${query}`);
  }

  /** A path and query of the API. */
  at(path: string): URL {
    return new URL(path, this.api);
  }

  /** Notes a key of this run's own before something is written to it. */
  own(name: string): string {
    const key = this.prefix + name;
    this.written.add(key);
    return key;
  }

  /** Sends a request without a signature. */
  async anonymous(url: URL, sent: Sent = {}): Promise<Answer> {
    const answer = await this.#send(url, sent);
    const isStored = sent.writes && sent.method !== 'DELETE' && answer.status < 300;
    if (isStored && !answer.body.includes('<Error>')) this.strangersWrite = true;
    return answer;
  }

  /** Sends a request that the application signs in a header. */
  async signed(url: URL, sent: Sent = {}): Promise<Answer> {
    const headers = await this.signer.headers(url, sent.method ?? 'GET', sent.headers ?? {}, sent.body ?? '');
    return this.#send(url, { ...sent, headers });
  }

  async #send(url: URL, sent: Sent): Promise<Answer> {
    const answer = await this.client.send(url, sent);
    const id = url.search === '?uploads' && sent.method === 'POST' ? elementsOf(answer, 'UploadId')[0] : undefined;
    if (id) this.uploads.set(id, decodeURIComponent(url.pathname.slice(`/${this.bucket}/`.length)));
    return answer;
  }

  /** Sends one request that somebody else signs. */
  async signedBy(credentials: Credentials, url: URL): Promise<Answer> {
    return this.client.send(url, { headers: await this.#signerOf(credentials).headers(url, 'GET', {}, '') });
  }

  /** Sends a request that root signs. Only checks that need the root login ask for it. */
  async asRoot(url: URL): Promise<Answer> {
    if (!this.root) throw new Error('there is no root login');
    return this.signedBy(this.root, url);
  }

  /** The same path and query at the API, whatever host it was signed for. */
  here({ pathname, search }: URL): URL {
    return this.at(pathname + search);
  }
}

/** What S3 demands of a request that deletes many objects. */
export const md5Of = (text: string): string => createHash('md5').update(text).digest('base64');

const encodedKey = (key: string) => key.split('/').map(encoded).join('/');
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Bytes that no zip makes smaller and no page contains; the same for the same seed. */
export function bytesOf(length: number, seed = 'verify'): Buffer {
  const block = createHash('sha512').update(seed).digest();
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += block.length) {
    bytes.set(block.subarray(0, length - at), at);
    block.writeUInt32LE((block.readUInt32LE(0) + 1) >>> 0, 0);
  }
  return bytes;
}

/** The error code of an S3 answer, as XML or as the admin API's JSON; empty where there is none. */
export function codeOf({ body }: Answer): string {
  const text = body.subarray(0, 4096).toString();
  return /<Code>(\w{1,64})<\/Code>|"Code":"(\w{1,64})"/.exec(text)?.slice(1).find(Boolean) ?? '';
}

/** The texts of all elements of one name, entities resolved. */
export function elementsOf({ body }: Answer, name: string): string[] {
  const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", '#34': '"', '#39': "'" };
  const found = body.toString().matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'));
  return [...found].map(([, text = '']) => text.replace(/&([#\w]+);/g, (all, entity) => entities[entity] ?? all));
}

/** An answer in a few words: `403 AccessDenied`. */
export function shown(answer: Answer): string {
  const code = codeOf(answer);
  if (code) return `${answer.status} ${code}`;
  return isPage(answer) ? `${answer.status} with a web page` : String(answer.status);
}

export const isPage = ({ headers, body }: Answer): boolean =>
  /^text\/html/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(body.subarray(0, 200).toString());
