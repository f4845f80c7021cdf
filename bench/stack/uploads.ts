import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { s3 } from '../../test/stack/clients/s3.ts';
import { initialised, type Stack, startStack } from '../../test/stack/stack.ts';
import { printTable } from './figures.ts';

const parallel = [4, 8, 16, 32, 64, 128];
/** `MINIO_API_REQUESTS_MAX`. */
const requestLimits = [undefined, '48', '16'];
const file = randomBytes(32 << 20);

/** Uploads of 32 MiB, so many at once, to a server with 512 MB: MiB a second, or that it was killed. */
export async function benchUploads(rounds = 1): Promise<void> {
  console.log(
    `\nUploads of 32 MiB at once, at least 64 in all, at 512 MB without a CPU limit: MiB/s, worst of ${rounds}`,
  );
  const rows = [];
  for (const count of parallel) {
    const cells = [];
    for (const limit of requestLimits) {
      const results = [];
      for (let round = 0; round < rounds; round++) results.push(await uploadAtOnce(count, limit));
      cells.push(results.toSorted((a, b) => a.order - b.order)[0]?.text ?? '');
    }
    rows.push([count, ...cells]);
    console.log(rows.at(-1)?.join('\t'));
  }
  printTable(['at once', ...requestLimits.map((limit) => (limit ? `limit ${limit}` : 'no limit set'))], rows);
}

async function uploadAtOnce(count: number, limit: string | undefined): Promise<{ order: number; text: string }> {
  const stack = await startStack({
    only: 'server',
    values: { server: { MINIO_API_REQUESTS_MAX: limit } },
    limits: { server: { megabytes: 512, cpus: undefined } },
  });
  try {
    await initialised(stack.server);
    const instance = stack.server.live;
    const started = performance.now();
    const statuses = await sendAll(stack, count, Math.max(64, count));
    const seconds = (performance.now() - started) / 1000;
    // A container that is gone counts nothing any more.
    const kills = await instance.outOfMemoryKills().catch(() => undefined);
    if (kills !== 0) return { order: 0, text: 'killed' };
    const refused = statuses.filter((status) => status !== 200).length;
    const speed = ((statuses.length - refused) * 32) / seconds;
    return { order: speed, text: `${speed.toFixed(0)}${refused ? `, ${refused} of ${statuses.length} refused` : ''}` };
  } finally {
    await stack.stop();
  }
}

/** So many uploads, `count` at a time, straight to the server; every sender overwrites its own object. */
async function sendAll(stack: Stack, count: number, total: number): Promise<number[]> {
  const client = await s3(stack);
  const { address } = stack.server.live;
  const agent = new Agent({ keepAlive: true });
  const statuses: number[] = [];
  const urls = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      client.presign('put_object', { Bucket: 'my-storage', Key: `upload-${n}` }, 3600),
    ),
  );
  client.close();
  let left = total;
  await Promise.all(
    urls.map(async (url) => {
      while (left-- > 0) statuses.push(await put(new URL(url), address, agent));
    }),
  );
  agent.destroy();
  return statuses;
}

/** The status, or 0 when the connection broke. The URL is signed for the edge, which is not in the way here. */
function put({ host, pathname, search }: URL, address: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const headers = { host, 'content-length': file.length };
    const options = { host: address, port: 9000, path: pathname + search, method: 'PUT', headers, agent };
    const sent = request(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', () => resolve(0));
    });
    sent.on('error', () => resolve(0));
    sent.end(file);
  });
}
