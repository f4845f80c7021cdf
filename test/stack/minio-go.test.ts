import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { root } from './clients/s3.ts';
import { functionalSuite } from './images/programs.ts';
import { describeStack, sharedStack } from './layer.ts';
import { run } from './run.ts';

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

  test('passes through the edge, but for keys that the customer provides', { timeout: 600_000 }, async () => {
    const { accessKey, secretKey } = root(shared.stack);
    const environment = {
      SERVER_ENDPOINT: new URL(shared.stack.server.url).host,
      ACCESS_KEY: accessKey,
      SECRET_KEY: secretKey,
      ENABLE_HTTPS: '1',
      MINT_MODE: 'full',
      RUN_ON_FAIL: '1',
      SSL_CERT_FILE: shared.stack.certificate.caFile,
    };
    const { stdout } = await run(await functionalSuite(), [], {
      env: { ...process.env, ...environment },
      cwd: tmpdir(),
    });
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    const results = lines.map((line) => JSON.parse(line) as Result);
    const failed = results.filter(({ status, name }) => status === 'FAIL' && !withCustomerKeys.test(name));
    expect(failed).toEqual([]);
    expect(results.filter(({ status }) => status === 'PASS').length).toBeGreaterThan(95);
  });
});
