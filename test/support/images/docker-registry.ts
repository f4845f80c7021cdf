import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../needs.ts';

export const dockerRegistry = program('docker-registry');

/** An image to push. */
export interface Image {
  /** `linux/amd64` and so on; one alone is pushed without an index. */
  platforms?: string[];
  /** What the configuration says of when it was built. */
  built?: string;
  /** An annotation of the index instead. */
  annotated?: string;
  /** Makes another image of it. */
  content?: string;
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
};

export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Debian's docker-registry on a free port of this machine, with nothing in it but what is pushed. */
export class DockerRegistry {
  readonly host: string;
  readonly #server: ChildProcess;
  readonly #folder: string;

  private constructor(host: string, server: ChildProcess, folder: string) {
    this.host = host;
    this.#server = server;
    this.#folder = folder;
  }

  static async start(): Promise<DockerRegistry> {
    const folder = mkdtempSync(join(tmpdir(), 'minio-stack-registry-'));
    const host = `127.0.0.1:${await freePort()}`;
    const config = {
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, 'data') } },
      http: { addr: host },
    };
    mkdirSync(join(folder, 'data'));
    // JSON is YAML.
    writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
    const server = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
    const registry = new DockerRegistry(host, server, folder);
    while (!(await fetch(`http://${host}/v2/`).catch(() => undefined))?.ok) {
      if (server.exitCode !== null) throw new Error(`docker-registry ended with ${server.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return registry;
  }

  /** Pushes an image under each of the tags; returns its digest. */
  async push(repository: string, tags: string[], image: Image = {}): Promise<string> {
    const { platforms = ['linux/amd64', 'linux/arm64'], annotated } = image;
    const manifests = await Promise.all(platforms.map((platform) => this.#manifest(repository, platform, image)));
    const [only] = manifests;
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: types.index,
      manifests: manifests.map(({ text, platform: [os, architecture] }) => ({
        mediaType: types.manifest,
        digest: digestOf(text),
        size: text.length,
        platform: { os, architecture },
        ...(annotated && { annotations: { 'org.opencontainers.image.created': annotated } }),
      })),
    });
    const [type, text] = platforms.length === 1 && only ? [types.manifest, only.text] : [types.index, index];
    for (const { text: each } of manifests)
      await this.#put(repository, `manifests/${digestOf(each)}`, types.manifest, each);
    await Promise.all(tags.map((tag) => this.#put(repository, `manifests/${tag}`, type, text)));
    return digestOf(text);
  }

  async #manifest(repository: string, platform: string, { built, content = '' }: Image) {
    const [os = '', architecture = ''] = platform.split('/');
    const config = await this.#blob(repository, JSON.stringify({ os, architecture, created: built, content }));
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, ...config },
      layers: [],
    });
    return { text, platform: [os, architecture] as const };
  }

  async #blob(repository: string, text: string): Promise<{ digest: string; size: number }> {
    const opened = await fetch(`http://${this.host}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    const place = new URL(opened.headers.get('location') ?? '', opened.url);
    place.searchParams.set('digest', digestOf(text));
    await this.#send(place, 'application/octet-stream', text);
    return { digest: digestOf(text), size: text.length };
  }

  #put(repository: string, path: string, type: string, text: string): Promise<void> {
    return this.#send(new URL(`http://${this.host}/v2/${repository}/${path}`), type, text);
  }

  async #send(url: URL, type: string, body: string): Promise<void> {
    const { status } = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body });
    if (status !== 201) throw new Error(`${url}: ${status}`);
  }

  stop(): void {
    this.#server.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A port of this machine on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
