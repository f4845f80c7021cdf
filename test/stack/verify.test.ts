import { expect, test } from 'vitest';
import { codeBlock } from '../support/documents.ts';
import { application, root } from './clients/s3.ts';
import { describeStack, sharedStack } from './layer.ts';
import { expectedWrong, verified } from './verify/verified.ts';

describeStack('verify, on the stack behind the edge of Render', () => {
  const origin = 'https://app.example.com';
  const shared = sharedStack({ answers: { 'cors-origins': origin } });

  /** What docs/operations.md says, with the addresses, and with secrets as they are in Render's Dashboard. */
  const run = (secrets: Record<string, string>) => {
    const { server, console, certificate, folder } = shared.stack;
    const said = codeBlock(shared.stack.folder, 'bash', 'npx create-minio-stack@latest verify')
      .replace('https://<minio-api-domain>', server.url)
      .replace('https://<minio-console-domain>', console.url);
    const args = said.trim().split(' ').slice(3);
    return verified(folder, [...args, '--origin', origin], { NODE_EXTRA_CA_CERTS: certificate.caFile, ...secrets });
  };
  const keys = () => {
    const [app, admin] = [application(shared.stack), root(shared.stack)];
    return {
      MINIO_APP_SECRET_KEY: app.secretKey,
      MINIO_ROOT_PASSWORD: admin.secretKey,
    };
  };

  test('finds all well, but that the edge rewrites Accept-Encoding', async () => {
    const { report, wrong, printed } = await run(keys());
    const expected = ['WARN edge.accept-encoding', ...(await expectedWrong(shared.stack.engine))];
    expect(wrong).toEqual(expected);
    const skipped = report.findings.flatMap(({ id, verdict }) => (verdict === 'SKIP' ? [id] : []));
    expect(skipped.filter((id) => id !== 'versions.server')).toEqual(['reach.redirect', 'versions.newest']);
    expect(report).toMatchObject({ bucket: 'my-storage', signed: true, leftovers: [] });
    expect(report.requests).toBeLessThanOrEqual(150);
    for (const secret of Object.values(keys())) expect(printed).not.toContain(secret);
  });

  test('finds all well without a key, and says what is left', async () => {
    const { report, wrong, status } = await run({});
    expect([wrong, status, report.signed]).toEqual([[], 0, false]);
    expect(report.findings.find(({ id }) => id === 'signed.put')?.seen).toContain('MINIO_APP_SECRET_KEY');
  });

  test("finds root's key in the place of the application's", async () => {
    const { accessKey, secretKey } = root(shared.stack);
    const { wrong, status } = await run({ MINIO_APP_ACCESS_KEY: accessKey, MINIO_APP_SECRET_KEY: secretKey });
    expect([wrong[0], status]).toEqual(['FAIL signed.admin', 4]);
  });

  test('finds that the server is away', async () => {
    const { server } = shared.stack;
    await server.stop();
    const { wrong, status } = await run({});
    expect([wrong, status]).toEqual([['FAIL reach.health', 'FAIL console.page'], 4]);
  });
});
