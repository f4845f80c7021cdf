import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { run } from '../render-simulator/run.ts';
import { root } from './clients/s3.ts';
import { functionalSuite } from './images/programs.ts';
import { describeStack, sharedStack } from './layer.ts';

/** One line of the suite's log. */
interface Result {
  name: string;
  /** NA: the server has it not, such as server-side encryption without a KMS. */
  status: 'PASS' | 'FAIL' | 'NA';
  message?: string;
  error?: string;
}

/** Keys that the customer provides are refused behind an edge that ends TLS: these tests can't pass there. */
const withCustomerKeys = /SSEC|testEncryptedCopyObjectV2|testEncryptedEmptyObject|testDecryptedCopyObject/;

describeStack("minio-go's functional suite", () => {
  // Its parts are large and many at once: no test of a small plan.
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined, megabytes: 2048 } } });

  /** The results of the suite, run with root's credentials. */
  async function results(endpoint: string, environment: Record<string, string>): Promise<Result[]> {
    const { accessKey, secretKey } = root(shared.stack);
    const all = { SERVER_ENDPOINT: endpoint, ACCESS_KEY: accessKey, SECRET_KEY: secretKey, ...environment };
    const { stdout } = await run(await functionalSuite(), [], {
      env: { ...process.env, ...all, MINT_MODE: 'full', RUN_ON_FAIL: '1' },
      cwd: tmpdir(),
    });
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Result);
  }

  test('passes through the edge, but for keys that the customer provides', { timeout: 600_000 }, async () => {
    const { server, certificate } = shared.stack;
    const all = await results(new URL(server.url).host, { ENABLE_HTTPS: '1', SSL_CERT_FILE: certificate.caFile });
    const failed = all.filter(({ status, name }) => status === 'FAIL' && !withCustomerKeys.test(name));
    expect(failed).toEqual([]);
    expect(all.filter(({ status }) => status === 'PASS').length).toBeGreaterThan(95);
  });
});
