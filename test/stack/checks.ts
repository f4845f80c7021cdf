import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as plain from 'node:http';
import * as https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../render-simulator/certificate.ts';
import type { Engine } from '../render-simulator/engine.ts';
import type { Service } from '../render-simulator/service.ts';
import { http, type Request } from './clients/http.ts';
import type { Stack } from './stack.ts';

/**
 * What is checked in more than one test. Each check returns what it found, and not whether that is right: `broken.test.ts`
 * shows that it finds what it should in templates that are broken on purpose.
 */

/** Everything that somebody without credentials could try on a bucket and an object in it. */
const anonymous: [string, Request & { path: string }][] = [
  ['GET of an object', { path: '/KEY' }],
  ['HEAD of an object', { path: '/KEY', method: 'HEAD' }],
  ['PUT over an object', { path: '/KEY', method: 'PUT', body: 'x' }],
  ['PUT of a new object', { path: '/new', method: 'PUT', body: 'x' }],
  ['DELETE of an object', { path: '/KEY', method: 'DELETE' }],
  ['start of a multipart upload', { path: '/KEY?uploads', method: 'POST' }],
  ['LIST', { path: '/' }],
  ['LIST, version 2', { path: '/?list-type=2' }],
  ['LIST of versions', { path: '/?versions' }],
  ['LIST of uploads', { path: '/?uploads' }],
  ['HEAD of the bucket', { path: '/', method: 'HEAD' }],
  ['location of the bucket', { path: '/?location' }],
  ['policy of the bucket', { path: '/?policy' }],
  ['new policy of the bucket', { path: '/?policy', method: 'PUT', body: '{}' }],
  ['DELETE of the bucket', { path: '/', method: 'DELETE' }],
];

/** The status of each anonymous request on the stack's bucket and on an object that is in it. */
export async function anonymousStatuses(stack: Stack, key: string): Promise<Record<string, number>> {
  const bucket = `${stack.server.url}/${stack.server.environment.MINIO_BUCKET}`;
  const statuses: Record<string, number> = {};
  for (const [title, { path, ...request }] of anonymous) {
    statuses[title] = (await http(stack, bucket + path.replace('KEY', key), request)).status;
  }
  return statuses;
}

/** The same requests, all refused. */
export const allRefused = Object.fromEntries(anonymous.map(([title]) => [title, 403]));

/**
 * What an anonymous GET of each URL is answered with, every 5 ms from before something is done until 200 ms after it: the
 * different statuses, or error codes where there was no answer, in the order in which they came first.
 */
export async function statusesDuring(
  urls: string[],
  { ca }: Pick<Certificate, 'ca'>,
  what: () => Promise<unknown>,
): Promise<string[][]> {
  const seen = urls.map(() => new Set<string>());
  const pending = new Set<Promise<void>>();
  const timer = setInterval(() => {
    for (const [index, url] of urls.entries()) {
      if (pending.size > 200) continue;
      const answered = statusOf(url, ca).then((status) => {
        seen[index]?.add(status);
        pending.delete(answered);
      });
      pending.add(answered);
    }
  }, 5);
  await what().finally(async () => {
    await sleep(200);
    clearInterval(timer);
  });
  await Promise.all(pending);
  return seen.map((statuses) => [...statuses]);
}

function statusOf(url: string, ca: string): Promise<string> {
  const { request } = url.startsWith('https:') ? https : plain;
  return new Promise((resolve) => {
    const sent = request(url, { ca, agent: false, timeout: 10_000 }, (response) => {
      response.resume();
      resolve(String(response.statusCode));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end();
  });
}

/** How a secret could be spelt where it must not be: as it is, in JSON, in base64, in a URL. */
export function spellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    json.replaceAll('&', '\\u0026'),
    Buffer.from(secret).toString('base64'),
    encodeURIComponent(secret),
  ];
}

/** Which of the secrets stand in a text. */
export function secretsIn(text: string, secrets: string[]): string[] {
  return secrets.filter((secret) => spellings(secret).some((spelling) => text.includes(spelling)));
}

/**
 * The command lines of all processes that this machine starts while something is done, read from /proc again and again:
 * a container's processes are among them.
 */
export async function commandLinesDuring(what: () => Promise<unknown>): Promise<Set<string>> {
  const seen = new Set<string>();
  const known = new Set(readdirSync('/proc'));
  let done = false;
  const finished = what().finally(() => {
    done = true;
  });
  // Awaited below, and then it throws.
  finished.catch(() => {});
  while (!done) {
    for (const id of readdirSync('/proc')) {
      if (/^\d/.test(id) && !known.has(id)) seen.add(commandLine(id));
    }
    await sleep(1);
  }
  await finished;
  return seen;
}

function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/** Which of the secrets are in an image: in any file of any layer, in its configuration or its history. */
export async function secretsInImage(engine: Engine, { image }: Service, secrets: string[]): Promise<string[]> {
  const history = await engine.do(['history', '--no-trunc', '--format', 'json', image]);
  const configuration = await engine.do(['image', 'inspect', image]);
  const written = secretsIn(history + configuration, secrets);
  return [...new Set([...written, ...(await secretsInFiles(engine, ['save', image], secrets))])];
}

/** Which of the secrets are in the archive that the engine makes of an image (`save`) or of a container (`export`). */
export async function secretsInFiles(
  engine: Engine,
  [command = '', name = '']: string[],
  secrets: string[],
): Promise<string[]> {
  const needles = secrets.flatMap((secret) => spellings(secret).map((text) => ({ secret, bytes: Buffer.from(text) })));
  const longest = Math.max(...needles.map(({ bytes }) => bytes.length));
  const found = new Set<string>();
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-archive-'));
  try {
    const archive = join(folder, 'archive.tar');
    await engine.do([command, '--output', archive, name]);
    let before = Buffer.alloc(0);
    for await (const chunk of createReadStream(archive, { highWaterMark: 1 << 20 })) {
      const window = Buffer.concat([before, chunk]);
      for (const { secret, bytes } of needles) if (window.includes(bytes)) found.add(secret);
      before = window.subarray(-longest);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return [...found];
}
