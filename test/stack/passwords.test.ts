import { expect, test } from 'vitest';
import { DeployFailed } from '../render-simulator/service.ts';
import { secretsIn } from './checks.ts';
import { root, s3 } from './clients/s3.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised } from './stack.ts';

describeStack('a root password and an application secret', () => {
  const shared = sharedStack({ only: 'server', limits: { server: { cpus: undefined } } });

  test.each([
    ['with spaces', 'two words  and more'],
    ['with quotes', `'single' "double" \`back\``],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    ['with dollars', '$HOME ${PATH} $(id) $$'],
    ['with backslashes', '\\n\\\\t\\ at the end \\'],
    ['with percent signs', '%s%d%20%%'],
    ['with a colon and an at sign', 'user:pass@host:9000'],
    ['with = and /', '=a/b=c=='],
    ['with + and &', 'a+b&c=d&e'],
    ['in unicode', 'pässwörd-日本語-😀'],
    ['with a hyphen first', '--help-me'],
    ['with a hash and an exclamation mark', '#!/bin/sh !! #'],
    ['with brackets and globs', '*?[a-z]{1,2}<>|;~'],
    ['of eight characters', '12345678'],
    ['of eight letters of four bytes', '😀😀😀😀😀😀😀😀'],
    ['of 500 characters', 'long-'.repeat(100)],
  ])('%s work, and stay out of the log', async (_, password) => {
    const { server } = shared.stack;
    await server.deploy({ MINIO_ROOT_PASSWORD: password, MINIO_APP_SECRET_KEY: `${password}.` });
    await initialised(server);
    const [admin, app] = [await s3(shared.stack, root(shared.stack)), await s3(shared.stack)];
    expect((await admin.call('list_buckets')).Buckets).toHaveLength(1);
    await app.call('put_object', { Bucket: 'my-storage', Key: 'object', Body: Buffer.from(password) });
    const { Body } = await app.call('get_object', { Bucket: 'my-storage', Key: 'object' });
    expect(Body.toString()).toBe(password);
    expect(secretsIn(await server.log(), [password])).toEqual([]);
    admin.close();
    app.close();
  });

  test.each([
    ['a space at its end', 'password-of-mine '],
    ['a space at its beginning', ' password-of-mine'],
    ['a tab at its end', 'password-of-mine\t'],
    ['a line break at its end', 'password-of-mine\n'],
    ['a line break in it', 'password\nof-mine'],
  ])('with %s are refused by name, and not shown', async (_, password) => {
    for (const name of ['MINIO_ROOT_PASSWORD', 'MINIO_APP_SECRET_KEY']) {
      const instance = await shared.stack.server.start({ [name]: password });
      const { status, log, seconds } = await instance.ended(10);
      expect(log).toContain(`ERROR: ${name} must not`);
      expect(log).not.toContain(password.trim());
      expect([status, seconds < 10]).toEqual([1, true]);
    }
  });

  // The server drops these from the root password, too: the proof finds it out. It does not read the other variable.
  test.each([
    ['a no-break space at its end', 'password-of-mine\u00a0'],
    ['an ideographic space at its beginning', '\u3000password-of-mine'],
  ])('with %s are refused, or work', async (_, password) => {
    const refused = await (await shared.stack.server.start({ MINIO_ROOT_PASSWORD: password })).ended(20);
    expect(refused.status).toBe(1);
    expect(refused.log).toContain('ERROR: the server does not take MINIO_ROOT_PASSWORD');
    await shared.stack.server.deploy({ MINIO_APP_SECRET_KEY: password });
    const app = await s3(shared.stack);
    await app.call('put_object', { Bucket: 'my-storage', Key: 'object', Body: Buffer.from('x') });
    app.close();
  });

  test('with a space at its end, set in the Dashboard, fail the deploy', async () => {
    const deploy = shared.stack.server.deploy({ MINIO_ROOT_PASSWORD: 'password-of-mine ' });
    await expect(deploy).rejects.toThrow(DeployFailed);
  });
});
