import { expect, test } from 'vitest';
import { accepted, misspelled, strangers } from '../support/browser-origins.ts';
import { http } from './clients/http.ts';
import { describeStack, sharedStack } from './layer.ts';

type Shared = ReturnType<typeof sharedStack>;

/** The origin that the server allows, to a preflight and to the request after it. */
async function allowed({ stack }: Shared, origin: string): Promise<(string | undefined)[]> {
  const url = `${stack.server.url}/my-storage/object`;
  const preflight = { origin, 'access-control-request-method': 'PUT' };
  const answers = [
    await http(stack, url, { method: 'OPTIONS', headers: preflight }),
    await http(stack, url, { headers: { origin } }),
  ];
  return answers.map(({ headers }) => headers['access-control-allow-origin']);
}

describeStack('with every kind of origin in --cors-origins, the server', () => {
  // Blanks and the last comma as a person would type them.
  const answers = { 'cors-origins': `${accepted.map(([value]) => value).join(' , ')},` };
  const shared = sharedStack({ only: 'server', answers });

  test.each(accepted)('allows by %s the page %s', async (_, page) => {
    expect(await allowed(shared, page)).toEqual([page, page]);
  });

  test.each(strangers)('does not allow %s', async (page) => {
    expect(await allowed(shared, page)).toEqual([undefined, undefined]);
  });
});

describeStack('with origins that --cors-origins refuses, the server', () => {
  // A slash at the end is refused by the entrypoint, too: test/stack/refusals.test.ts.
  const started = misspelled.filter(([value]) => !value.endsWith('/'));
  const values = { server: { MINIO_API_CORS_ALLOW_ORIGIN: started.map(([value]) => value).join(',') } };
  const shared = sharedStack({ only: 'server', values });

  test.each(started)('does not allow by %s the page %s', async (_, page) => {
    expect(await allowed(shared, page)).toEqual([undefined, undefined]);
  });
});
