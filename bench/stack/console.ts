import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { root } from '../../test/stack/clients/s3.ts';
import { type Stack, startStack } from '../../test/stack/stack.ts';
import { Figures, printTable } from './figures.ts';

const upload = '/api/v1/buckets/my-storage/objects/upload?prefix=bench.bin';
// Linux's default. What this machine has instead is still the client's.
const congestionControl = 'cubic';
const all = `0-${cpus().length - 1}`;
const setups = [
  { name: 'no CPU limit', limits: { cpus: undefined }, others: all },
  { name: 'nginx on 0.5 CPU (starter)', limits: { cpus: 0.5 }, others: all },
  // As on Render, where they are different machines. The server shares the first core with the client in both ways.
  { name: 'nginx on a core of its own', limits: { cpus: undefined, cores: '1' }, others: '0' },
].slice(0, cpus().length > 1 ? 3 : 2);

const works = [
  { work: 'login page with its assets', run: loadPage, times: 10 },
  { work: '2.3 MiB script', run: loadScript, times: 10 },
  { work: '64 MiB upload', run: sendFile, times: 4 },
];

/** The console's assets and an upload through nginx, beside the same requests to the server's console port. */
export async function benchConsole(rounds = 25): Promise<void> {
  console.log(`\nThrough nginx, beside the console's own port, median of ${rounds} interleaved rounds`);
  const own = readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
  console.log(`TCP congestion control: ${congestionControl} for server and nginx, ${own} for the client`);
  const rows = [];
  for (const { name, limits, others } of setups) {
    const server = { cpus: undefined, megabytes: 2048, cores: others, congestionControl };
    const stack = await startStack({ limits: { server, console: { ...limits, congestionControl } } });
    useCores(others);
    const direct = new Visitor(stack.server.live.address, 9090);
    const nginx = new Visitor(stack.console.live.address, stack.console.port);
    await direct.signIn(stack);
    nginx.cookie = direct.cookie;
    const figures = new Figures();
    // The first round warms connections and caches up.
    for (let round = 0; round <= rounds; round++) {
      for (const { work, run, times } of works) {
        for (let time = 0; time < times; time++) {
          const ways = Object.entries({ direct, nginx });
          // Neither is always the first one.
          for (const [way, visitor] of (round + time) % 2 ? ways : ways.toReversed()) {
            const started = performance.now();
            await run(visitor);
            if (round > 0) figures.add(`${work} ${way}`, performance.now() - started);
          }
        }
      }
    }
    for (const { work } of works) {
      const [first, second] = ['direct', 'nginx'].map((way) => figures.median(`${work} ${way}`).toFixed(1));
      const ratio = figures.paired(`${work} nginx`, `${work} direct`, (a, b) => a / b);
      rows.push([`${work}, ${name}`, first ?? '', second ?? '', ratio.toFixed(3)]);
    }
    await stack.stop();
    useCores(all);
  }
  printTable(['', 'direct, ms', 'nginx, ms', 'ratio'], rows);
}

/** Keeps all threads of this process, the client, on some cores. */
function useCores(cores: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(process.pid)], { stdio: 'ignore' });
}

const boundary = 'bench';
const file = randomBytes(64 << 20);
const head = `--${boundary}\r\nContent-Disposition: form-data; name="${file.length}"; filename="bench.bin"\r\n\r\n`;
const form = [Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)];

async function loadPage(visitor: Visitor): Promise<void> {
  const page = await visitor.send('GET', '/');
  const assets = [...page.toString().matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map(([, path = '']) => path);
  await Promise.all(assets.map((path) => visitor.send('GET', path)));
}

async function loadScript(visitor: Visitor): Promise<void> {
  const [path = ''] = /\/static\/js\/main[^"]+/.exec((await visitor.send('GET', '/')).toString()) ?? [];
  await visitor.send('GET', path);
}

async function sendFile(visitor: Visitor): Promise<void> {
  await visitor.send('POST', upload, form, `multipart/form-data; boundary=${boundary}`);
}

/** A browser's six connections to one address. */
class Visitor {
  cookie = '';
  readonly #host: string;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 6 });

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  async signIn(stack: Stack): Promise<void> {
    await this.send('POST', '/api/v1/login', [Buffer.from(JSON.stringify(root(stack)))], 'application/json');
  }

  send(method: string, path: string, body: Buffer[] = [], type = ''): Promise<Buffer> {
    const length = body.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const content = length > 0 ? { 'content-type': type, 'content-length': length } : {};
    const headers = { ...content, cookie: this.cookie, host: 'console.example.com' };
    return new Promise((resolve, reject) => {
      const options = { host: this.#host, port: this.#port, method, path, headers, agent: this.#agent };
      const sent = request(options, (response) => {
        const chunks: Buffer[] = [];
        this.cookie ||= response.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(Buffer.concat(chunks));
          else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${Buffer.concat(chunks)}`));
        });
      });
      sent.on('error', reject);
      for (const chunk of body) sent.write(chunk);
      sent.end();
    });
  }
}
