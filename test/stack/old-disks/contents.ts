import { createHash } from 'node:crypto';
import { type Mc, mc } from '../clients/mc.ts';
import { type Credentials, type Endpoint, type S3, S3Error, s3 } from '../clients/s3.ts';

/** What the old disks hold: buckets as open as people leave them, objects with all that belongs to them, identities. */

/** The bucket of the application, which `mc anonymous set public` opened to everybody. */
export const Bucket = 'media';

/** Identities on each disk beside root. The keys belong to root and to the user. */
export const identities = {
  user: { accessKey: 'webapp', secretKey: 'webapp-secret-of-old' },
  keyOfRoot: { accessKey: 'key-of-root', secretKey: 'secret-of-the-key-of-root' },
  keyOfUser: { accessKey: 'key-of-webapp', secretKey: 'secret-of-the-key-of-webapp' },
} satisfies Record<string, Credentials>;

/** An object with headers, metadata and tags. */
export const described = 'größe 1/a b+c.txt';

/** What is put into the bucket `media`, by key. */
const objects: Record<string, Record<string, unknown>> = {
  [described]: {
    Body: Buffer.from('described'),
    ...{ ContentType: 'text/plain; charset=utf-8', CacheControl: 'max-age=60', ContentLanguage: 'de' },
    ContentDisposition: 'attachment; filename="a.txt"',
    Metadata: { owner: 'webapp', number: '7' },
    Tagging: 'project=one&state=kept',
  },
  'photo.png': { Body: Buffer.from('not really'), ContentType: 'image/png' },
  // Too large for xl.meta, and small when it is compressed.
  'film.bin': { Body: Buffer.alloc(300_000, 'film '), ContentType: 'video/mp4' },
};

/** Fills a server that has nothing, as its root. A server in the file-system format has neither versions nor these users. */
export async function fill(server: Endpoint, root: Credentials, { onlyObjects = false } = {}): Promise<void> {
  const client = await s3(server, root);
  const tool = await mc(server, root);
  await client.call('create_bucket', { Bucket });
  for (const [Key, object] of Object.entries(objects)) await client.call('put_object', { Bucket, Key, ...object });
  await uploadInParts(client, 'parts.bin');
  await tool.do('anonymous', 'set', 'public', `stack/${Bucket}`);
  if (!onlyObjects) {
    await fillOtherBuckets(client, tool);
    await addIdentities(tool, root);
  }
  client.close();
  tool.close();
}

async function uploadInParts(client: S3, Key: string): Promise<void> {
  const { UploadId } = await client.call('create_multipart_upload', { Bucket, Key, ContentType: 'video/mp4' });
  const Parts = [];
  for (const [index, size] of [5 << 20, 1000].entries()) {
    const part = { PartNumber: index + 1, Body: Buffer.alloc(size, 'part ') };
    const { ETag } = await client.call('upload_part', { Bucket, Key, UploadId, ...part });
    Parts.push({ ETag, PartNumber: part.PartNumber });
  }
  await client.call('complete_multipart_upload', { Bucket, Key, UploadId, MultipartUpload: { Parts } });
}

/** Another bucket that is public, one of which a folder is, and one that keeps old versions. */
async function fillOtherBuckets(client: S3, tool: Mc): Promise<void> {
  for (const name of ['public-assets', 'avatars', 'archive']) {
    await client.call('create_bucket', { Bucket: name });
    await client.call('put_object', { Bucket: name, Key: 'open/file.txt', Body: Buffer.from(name) });
  }
  await tool.do('anonymous', 'set', 'download', 'stack/public-assets');
  const statement = { Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['s3:GetObject'] };
  const Statement = [{ ...statement, Resource: ['arn:aws:s3:::avatars/open/*'] }];
  const policy = tool.file(JSON.stringify({ Version: '2012-10-17', Statement }));
  await tool.do('anonymous', 'set-json', policy, 'stack/avatars');
  const archive = { Bucket: 'archive' };
  await client.call('put_bucket_versioning', { ...archive, VersioningConfiguration: { Status: 'Enabled' } });
  for (const text of ['first', 'second'])
    await client.call('put_object', { ...archive, Key: 'report.txt', Body: Buffer.from(text) });
  await client.call('put_object', { ...archive, Key: 'deleted.txt', Body: Buffer.from('still a version') });
  await client.call('delete_object', { ...archive, Key: 'deleted.txt' });
}

async function addIdentities(tool: Mc, root: Credentials): Promise<void> {
  const { user, keyOfRoot, keyOfUser } = identities;
  await tool.do('admin', 'user', 'add', 'stack', user.accessKey, user.secretKey);
  await tool.do('admin', 'policy', 'attach', 'stack', 'readwrite', '--user', user.accessKey);
  for (const [{ accessKey, secretKey }, owner] of [
    [keyOfRoot, root],
    [keyOfUser, user],
  ] as const) {
    const key = ['--access-key', accessKey, '--secret-key', secretKey];
    await tool.do('admin', 'user', 'svcacct', 'add', ...key, 'stack', owner.accessKey);
  }
}

/** What S3 tells of an object beside its contents. */
const toldOfObjects = [
  'ContentType',
  'CacheControl',
  'ContentDisposition',
  'ContentLanguage',
  'Metadata',
  'PartsCount',
];

/** Everything that S3 tells of everything on a server, in an order that does not change. */
export async function contentsOf(client: S3): Promise<Record<string, unknown>> {
  const { Buckets } = await client.call('list_buckets');
  const contents: Record<string, unknown> = {};
  for (const { Name, CreationDate } of Buckets) {
    const { Versions = [], DeleteMarkers = [] } = await client.call('list_object_versions', { Bucket: Name });
    const versions = [];
    for (const { Key, VersionId, ETag, Size, IsLatest, LastModified } of Versions) {
      const version = { Bucket: Name, Key, VersionId };
      const answer = await client.call('get_object', version);
      const headers = Object.fromEntries(toldOfObjects.map((name) => [name, answer[name]]));
      const { TagSet } = await client.call('get_object_tagging', version);
      const sha256 = createHash('sha256').update(answer.Body).digest('hex');
      versions.push({ Key, VersionId, ETag, Size, IsLatest, LastModified, sha256, headers, TagSet });
    }
    const markers = DeleteMarkers.map(({ Key, VersionId, IsLatest }: Record<string, unknown>) => ({
      ...{ Key, VersionId, IsLatest },
    }));
    const { Status } = await client.call('get_bucket_versioning', { Bucket: Name });
    contents[Name] = { CreationDate, Status, policy: await policyOf(client, Name), versions, markers };
  }
  return contents;
}

/** A bucket's policy, or the code of the answer that there is none. The server lists a statement's actions in any order. */
async function policyOf(client: S3, bucket: string): Promise<unknown> {
  const answer = await client.call('get_bucket_policy', { Bucket: bucket }).catch((error) => error);
  if (answer instanceof S3Error) return answer.code;
  return JSON.parse(answer.Policy, (key, value) => (key === 'Action' ? [value].flat().sort() : value));
}
