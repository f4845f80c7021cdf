import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRefused, anonymousStatuses } from './checks.ts';
import { http } from './clients/http.ts';
import { type Mc, mc } from './clients/mc.ts';
import { root, type S3, s3 } from './clients/s3.ts';
import { lyingCurl } from './faults.ts';
import { describeStack, sharedStack } from './layer.ts';
import { initialised } from './stack.ts';

const Bucket = 'my-storage';
const Key = 'kept/object.txt';

/** A bucket policy that lets anybody do what `Action` says. */
const policy = (Action: string | string[], resource = `${Bucket}/*`, more = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: ['*'] }, Action, Resource: [`arn:aws:s3:::${resource}`], ...more },
    ],
  });

const ways: [string, (client: S3, admin: Mc) => Promise<unknown>][] = [
  ['for downloads, by the client', (_, admin) => admin.do('anonymous', 'set', 'download', `stack/${Bucket}`)],
  ['for uploads, by the client', (_, admin) => admin.do('anonymous', 'set', 'upload', `stack/${Bucket}`)],
  ['for everything, by the client', (_, admin) => admin.do('anonymous', 'set', 'public', `stack/${Bucket}`)],
  ['for one prefix, by the client', (_, admin) => admin.do('anonymous', 'set', 'download', `stack/${Bucket}/kept/`)],
  ...(
    [
      ['by a statement of its own', policy('s3:GetObject')],
      ['by every action', policy('s3:*')],
      ['for one prefix, by a statement of its own', policy(['s3:GetObject', 's3:DeleteObject'], `${Bucket}/kept/*`)],
      [
        'by a statement with a condition',
        policy('s3:GetObject', `${Bucket}/*`, { Condition: { StringLike: { 'aws:Referer': '*' } } }),
      ],
      ['by a statement with a name', policy('s3:GetObject', `${Bucket}/*`, { Sid: 'mine' })],
    ] as const
  ).map(([title, Policy]): (typeof ways)[number] => [
    title,
    (client) => client.call('put_bucket_policy', { Bucket, Policy }),
  ]),
];

describeStack('a bucket that was made public by hand', () => {
  const shared = sharedStack({ only: 'server' });
  let client: S3;
  let admin: Mc;
  beforeAll(async () => {
    client = await s3(shared.stack, root(shared.stack));
    admin = await mc(shared.stack);
    await client.call('put_object', { Bucket, Key, Body: Buffer.from('kept') });
  });
  afterAll(() => {
    client?.close();
    admin?.close();
  });

  test.each(ways)('%s is private again after a restart, and keeps its data', async (_, open) => {
    await open(client, admin);
    const headers = { referer: 'https://anywhere.example' };
    const opened = [
      await http(shared.stack, `${shared.stack.server.url}/${Bucket}/${Key}`, { headers }),
      await http(shared.stack, `${shared.stack.server.url}/${Bucket}/dropped`, { method: 'PUT', body: 'x' }),
    ];
    // Otherwise there is nothing to undo.
    expect(opened.map(({ status }) => status)).toContain(200);
    await shared.stack.server.deploy();
    await initialised(shared.stack.server);
    expect(await anonymousStatuses(shared.stack, Key)).toEqual(allRefused);
    expect(await shared.stack.server.log()).toContain('has a policy, which is removed now');
    expect((await client.call('get_object', { Bucket, Key })).Body.toString()).toBe('kept');
  });

  test('says nothing of a policy when there was none', async () => {
    await shared.stack.server.deploy();
    await initialised(shared.stack.server);
    expect(await shared.stack.server.log()).not.toContain('has a policy');
  });

  test('never starts when the policy is still there after it was removed', async () => {
    await admin.do('anonymous', 'set', 'public', `stack/${Bucket}`);
    await shared.stack.server.stop();
    const instance = await shared.stack.server.start({}, { extra: lyingCurl(shared.stack.folder) });
    const { status, log } = await instance.ended(60);
    expect(status).not.toBe(0);
    expect(log).toMatch(/minio-init: ERROR: GET \/my-storage\?policy=: .*Statement.* 200/);
    expect(log).toContain('minio-entrypoint: ERROR: initialisation failed: the server does not start');
    expect(log).not.toMatch(/^minio-entrypoint: ready$/m);
  });
});
