import { StackError } from '../errors.ts';
import type { Check, Given, Result } from './check.ts';
import { application } from './checks/application.ts';
import { console as consoleChecks } from './checks/console.ts';
import { cors } from './checks/cors.ts';
import { edge } from './checks/edge.ts';
import { privately } from './checks/private.ts';
import { plainAddress, reach } from './checks/reach.ts';
import { signed, signedFirst } from './checks/signed.ts';
import { type Newer, type Pins, versions } from './checks/versions.ts';
import { cleanUp } from './cleanup.ts';
import { Client, type Limits, limits } from './client.ts';
import { Deployment } from './deployment.ts';
import { NoAnswer } from './no-answer.ts';
import { redactor } from './redact.ts';
import { type Finding, groups, type Report, worstOf } from './report.ts';
import { type Credentials, Signer } from './signer.ts';

/** What a person gives. */
export interface VerifyOptions {
  /** The API's address: `https://media.example.com`. */
  api: string;
  /** The console's address. */
  console?: string | undefined;
  /** A page that uses signed URLs from scripts: `https://app.example.com`. */
  origin?: string | undefined;
  /** The application's bucket; with credentials it is found where the application has one bucket. */
  bucket?: string | undefined;
  /** Further buckets that must not be open. */
  otherBuckets?: string[];
  /** The application's key. Without it, only what strangers may do is verified. */
  credentials?: Credentials | undefined;
  /** The root login, which the console's cookie and the server's version need. */
  root?: Credentials | undefined;
  /** The name of the root user, for tries with weak passwords. */
  rootUser?: string | undefined;
  /** The images that the repository pins. */
  pins?: Pins | undefined;
  /** Asks registries for the newest releases of these images. */
  newest?: (() => Promise<Newer[]>) | undefined;
  /** The size of the upload that the edge must pass, in MB. */
  uploadMegabytes?: number;
  /** Ends the run; what it wrote is deleted all the same. */
  signal?: AbortSignal;
  /** Certificates to trust beside the public ones, as PEM. */
  ca?: string;
  /** Variables that name a proxy. */
  proxy?: NodeJS.ProcessEnv | undefined;
  limits?: Partial<Limits>;
  /** Told before each check. */
  progress?: (check: Pick<Check, 'id' | 'group' | 'what'>) => void;
}

/** Every check, in the order in which it runs. */
export const checks: readonly Check[] = [
  ...reach,
  ...signedFirst,
  ...privately,
  ...signed,
  ...application,
  ...edge,
  ...cors,
  ...consoleChecks,
  ...versions,
];

/**
 * Verifies from outside that a deployment is private, that signed URLs work, and that the console is safe. It contacts
 * the given addresses and no other, and deletes what it wrote.
 * @throws {StackError} when an option can't be used; a deployment that is wrong or away is a report
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const started = performance.now();
  const api = addressOf('The API', options.api);
  const console = options.console === undefined ? undefined : addressOf('The console', options.console);
  const origin = options.origin === undefined ? undefined : addressOf('--origin', options.origin).origin;
  const { credentials, signal } = options;
  const plain = plainAddress(api);
  const addresses = [api, ...(console ? [console] : []), ...(plain ? [plain] : [])];
  const client = new Client(
    addresses,
    { ...limits, ...options.limits },
    { ca: options.ca, signal, proxy: options.proxy },
  );
  const deployment = new Deployment(
    {
      api,
      console,
      origin,
      client,
      bucket: options.bucket,
      otherBuckets: options.otherBuckets ?? [],
      uploadMegabytes: options.uploadMegabytes ?? 20,
      ...{
        root: options.root,
        rootUser: options.rootUser ?? 'minio-admin',
        pins: options.pins,
        newest: options.newest,
      },
    },
    credentials,
    (key) => new Signer(key),
  );
  const redact = redactor([credentials, options.root]);
  const { findings, leftovers } = await run(deployment, options, redact);
  client.close();
  const sorted = groups.flatMap((group) => findings.filter((finding) => finding.group === group));
  return {
    version: 1,
    verdict: worstOf(findings),
    api: api.origin,
    console: console?.origin ?? null,
    origin: origin ?? null,
    bucket: deployment.bucket ?? null,
    signed: credentials !== undefined,
    interrupted: signal?.aborted ?? false,
    findings: sorted,
    leftovers,
    requests: client.requests,
    seconds: Math.round(performance.now() - started) / 1000,
  };
}

/** @throws {StackError} when it is no address */
function addressOf(what: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search || url.hash)
    throw new StackError(`${what} must be an address like https://media.example.com, without a path`);
  if (url.username || url.password) throw new StackError(`${what} must be an address without a name and a password`);
  return url;
}

async function run(
  deployment: Deployment,
  { progress, signal }: VerifyOptions,
  redact: (text: string) => string,
): Promise<{ findings: Finding[]; leftovers: string[] }> {
  const findings: Finding[] = [];
  let leftovers: string[] = [];
  try {
    for (const check of checks) {
      if (!signal?.aborted) progress?.(check);
      const { id, group, what } = check;
      const result = await resultOf(check, deployment, findings, signal);
      const seen = redact(result.seen);
      findings.push({ id, group, what, ...result, seen });
    }
  } finally {
    leftovers = await cleanUp(deployment);
  }
  const cleaned = cleaning(deployment, leftovers);
  return { findings: [...findings, ...cleaned], leftovers };
}

async function resultOf(
  check: Check,
  deployment: Deployment,
  findings: Finding[],
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal?.aborted) return { verdict: 'SKIP', seen: 'interrupted' };
  const missing = check.needs.find((need) => !isThere(need, deployment, findings));
  if (missing) return { verdict: 'SKIP', seen: needed[missing as Given] ?? whyNot(missing, findings) };
  try {
    return await check.run(deployment);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.ended) return { verdict: 'SKIP', seen: signal?.aborted ? 'interrupted' : error.message };
    return { verdict: 'FAIL', seen: error.message, remedy: remedyOf(error) };
  }
}

/** Why a check is skipped that needs another: what failed first, or what was missing there. */
function whyNot(id: string, findings: Finding[]): string {
  const first = findings.find((finding) => finding.id === id);
  return first?.verdict === 'SKIP' ? first.seen : `not tried, see "${first?.what ?? id}"`;
}

const needed: Record<Given, string> = {
  credentials: "needs the application's key (MINIO_APP_ACCESS_KEY and MINIO_APP_SECRET_KEY)",
  bucket: "needs the bucket's name (--bucket)",
  console: "needs the console's address (--console)",
  origin: 'needs the address of a page (--origin)',
  root: 'needs the root login (MINIO_ROOT_PASSWORD)',
  pins: 'no generated repository is in this folder',
  newest: 'only with --newest-images',
};

function isThere(need: string, deployment: Deployment, findings: Finding[]): boolean {
  if (need === 'credentials') return deployment.isSigned;
  if (need === 'bucket') return deployment.bucket !== undefined;
  if (need === 'console') return deployment.console !== undefined;
  if (need === 'origin') return deployment.origin !== undefined;
  if (need === 'root') return deployment.root !== undefined;
  if (need === 'pins') return deployment.pins !== undefined;
  if (need === 'newest') return deployment.newest !== undefined;
  return findings.some(({ id, verdict }) => id === need && (verdict === 'OK' || verdict === 'WARN'));
}

function remedyOf({ message }: NoAnswer): string {
  if (/ENOTFOUND|EAI_AGAIN/.test(message))
    return "check the address; a new domain's DNS record takes a while to appear";
  if (/ECONNREFUSED/.test(message)) return 'start the server, or correct the address and its port';
  if (/no HTTP/.test(message)) return 'check the address and its port: something else than a web server listens there';
  if (/no answer within/.test(message))
    return "see whether the service hangs: its log and its memory in Render's Dashboard";
  return "see the log of the service and the edge's events for this time";
}

function cleaning({ written, prefix, isSigned }: Deployment, leftovers: string[]): Finding[] {
  if (written.size === 0) return [];
  const about = {
    id: isSigned ? 'signed.cleanup' : 'private.cleanup',
    group: isSigned ? 'Signed' : 'Private',
    what: 'Everything that this run wrote is deleted',
  } as const;
  if (leftovers.length === 0) return [{ ...about, verdict: 'OK', seen: 'nothing is left' }];
  const remedy = `delete what begins with ${prefix}`;
  return [{ ...about, verdict: 'WARN', seen: `${leftovers.length} objects may be left`, remedy }];
}
