import { afterAll, beforeAll, expect, test } from 'vitest';
import { anonymous, application, outcome, root, type S3, s3 } from './clients/s3.ts';
import { describeStack, sharedStack } from './layer.ts';

const Bucket = 'my-storage';
const other = 'other-bucket';
const Body = Buffer.from('x');
const tags = { Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } };
const lifecycle = {
  LifecycleConfiguration: {
    Rules: [{ ID: 'all', Status: 'Enabled', Filter: { Prefix: 'x' }, Expiration: { Days: 1 } }],
  },
};
const encryption = {
  ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
};
const lock = { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } };
const publicPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${Bucket}/*`] },
  ],
});
const notification = { NotificationConfiguration: {} };
const attributes = { ObjectAttributes: ['ETag', 'ObjectSize'] };
const upload = { Bucket, Key: 'parts', UploadId: 'UPLOAD' };

/** A call, and the code of what each of the three gets: nobody, the application user, root. */
type Call = [method: string, parameters: Record<string, unknown>, anonymous: string, application: string, root: string];
const calls: Call[] = [
  // What an application does with its own objects.
  ['put_object', { Bucket, Key: 'new', Body }, 'AccessDenied', 'allowed', 'allowed'],
  ['get_object', { Bucket, Key: 'object' }, 'AccessDenied', 'allowed', 'allowed'],
  ['get_object', { Bucket, Key: 'missing' }, 'AccessDenied', 'NoSuchKey', 'NoSuchKey'],
  ['head_object', { Bucket, Key: 'object' }, '403', 'allowed', 'allowed'],
  ['copy_object', { Bucket, Key: 'copy', CopySource: { Bucket, Key: 'object' } }, 'AccessDenied', 'allowed', 'allowed'],
  ['delete_object', { Bucket, Key: 'new' }, 'AccessDenied', 'allowed', 'allowed'],
  ['delete_objects', { Bucket, Delete: { Objects: [{ Key: 'copy' }] } }, 'AccessDenied', 'allowed', 'allowed'],
  ['get_object_attributes', { Bucket, Key: 'object', ...attributes }, 'AccessDenied', 'allowed', 'allowed'],
  ['get_object_tagging', { Bucket, Key: 'object' }, 'AccessDenied', 'allowed', 'allowed'],
  ['put_object_tagging', { Bucket, Key: 'object', ...tags }, 'AccessDenied', 'allowed', 'allowed'],
  ['delete_object_tagging', { Bucket, Key: 'object' }, 'AccessDenied', 'allowed', 'allowed'],
  ['get_object_acl', { Bucket, Key: 'object' }, 'AccessDenied', 'allowed', 'allowed'],
  ['create_multipart_upload', { Bucket, Key: 'parts' }, 'AccessDenied', 'allowed', 'allowed'],
  ['upload_part', { ...upload, PartNumber: 1, Body }, 'AccessDenied', 'allowed', 'allowed'],
  [
    'upload_part_copy',
    { ...upload, PartNumber: 2, CopySource: { Bucket, Key: 'object' } },
    'AccessDenied',
    'allowed',
    'allowed',
  ],
  ['list_parts', upload, 'AccessDenied', 'allowed', 'allowed'],
  ['abort_multipart_upload', upload, 'AccessDenied', 'allowed', 'allowed'],
  // What it sees of its bucket.
  ['list_objects', { Bucket }, 'AccessDenied', 'allowed', 'allowed'],
  ['list_objects_v2', { Bucket }, 'AccessDenied', 'allowed', 'allowed'],
  ['list_object_versions', { Bucket }, 'AccessDenied', 'allowed', 'allowed'],
  ['list_multipart_uploads', { Bucket }, 'AccessDenied', 'allowed', 'allowed'],
  ['head_bucket', { Bucket }, '403', 'allowed', 'allowed'],
  ['create_bucket', { Bucket }, 'AccessDenied', 'BucketAlreadyOwnedByYou', 'BucketAlreadyOwnedByYou'],
  ['get_bucket_location', { Bucket }, 'AccessDenied', 'allowed', 'allowed'],
  ['get_bucket_policy', { Bucket }, 'AccessDenied', 'NoSuchBucketPolicy', 'NoSuchBucketPolicy'],
  ['get_bucket_acl', { Bucket }, 'AccessDenied', 'allowed', 'allowed'],
  ['get_bucket_versioning', { Bucket }, 'AccessDenied', 'allowed', 'allowed'],
  // What would publish an object, or keep others from it.
  ['put_object_acl', { Bucket, Key: 'object', ACL: 'public-read' }, 'AccessDenied', 'AccessDenied', 'NotImplemented'],
  ['put_bucket_acl', { Bucket, ACL: 'public-read' }, 'AccessDenied', 'AccessDenied', 'NotImplemented'],
  ['put_bucket_policy', { Bucket, Policy: publicPolicy }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['delete_bucket_policy', { Bucket }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['put_object_lock_configuration', { Bucket, ...lock }, 'AccessDenied', 'AccessDenied', 'InvalidBucketState'],
  ['get_object_lock_configuration', { Bucket }, 'AccessDenied', 'AccessDenied', 'ObjectLockConfigurationNotFoundError'],
  [
    'put_object_retention',
    { Bucket, Key: 'object', Retention: { Mode: 'COMPLIANCE', RetainUntilDate: '2099-01-01' } },
    'InvalidRequest',
    'InvalidRequest',
    'InvalidRequest',
  ],
  ['get_object_retention', { Bucket, Key: 'object' }, 'AccessDenied', 'AccessDenied', 'InvalidRequest'],
  [
    'put_object_legal_hold',
    { Bucket, Key: 'object', LegalHold: { Status: 'ON' } },
    'AccessDenied',
    'AccessDenied',
    'InvalidRequest',
  ],
  ['get_object_legal_hold', { Bucket, Key: 'object' }, 'AccessDenied', 'AccessDenied', 'InvalidRequest'],
  // What changes the bucket itself.
  [
    'put_bucket_versioning',
    { Bucket, VersioningConfiguration: { Status: 'Suspended' } },
    'AccessDenied',
    'AccessDenied',
    'allowed',
  ],
  ['get_bucket_lifecycle_configuration', { Bucket }, 'AccessDenied', 'AccessDenied', 'NoSuchLifecycleConfiguration'],
  ['put_bucket_lifecycle_configuration', { Bucket, ...lifecycle }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['delete_bucket_lifecycle', { Bucket }, 'AccessDenied', 'AccessDenied', 'allowed'],
  [
    'get_bucket_encryption',
    { Bucket },
    'AccessDenied',
    'AccessDenied',
    'ServerSideEncryptionConfigurationNotFoundError',
  ],
  ['put_bucket_encryption', { Bucket, ...encryption }, 'AccessDenied', 'AccessDenied', 'NotImplemented'],
  ['get_bucket_tagging', { Bucket }, 'AccessDenied', 'AccessDenied', 'NoSuchTagSet'],
  ['put_bucket_tagging', { Bucket, ...tags }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['get_bucket_replication', { Bucket }, 'AccessDenied', 'AccessDenied', 'ReplicationConfigurationNotFoundError'],
  ['get_bucket_notification_configuration', { Bucket }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['put_bucket_notification_configuration', { Bucket, ...notification }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['delete_bucket', { Bucket }, 'AccessDenied', 'AccessDenied', 'BucketNotEmpty'],
  // One version of an object.
  ['get_object', { Bucket, Key: 'object', VersionId: 'null' }, 'AccessDenied', 'allowed', 'allowed'],
  ['delete_object', { Bucket, Key: 'missing', VersionId: 'null' }, 'AccessDenied', 'allowed', 'allowed'],
  // Other buckets.
  ['create_bucket', { Bucket: 'new-bucket' }, 'AccessDenied', 'AccessDenied', 'allowed'],
  [
    'create_bucket',
    { Bucket: 'locked-bucket', ObjectLockEnabledForBucket: true },
    'AccessDenied',
    'AccessDenied',
    'allowed',
  ],
  ['head_bucket', { Bucket: other }, '403', '403', 'allowed'],
  ['list_objects_v2', { Bucket: other }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['list_object_versions', { Bucket: other }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['get_bucket_policy', { Bucket: other }, 'AccessDenied', 'AccessDenied', 'NoSuchBucketPolicy'],
  ['get_object', { Bucket: other, Key: 'secret' }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['get_object', { Bucket: other, Key: 'secret', VersionId: 'null' }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['head_object', { Bucket: other, Key: 'secret' }, '403', '403', 'allowed'],
  ['get_object_tagging', { Bucket: other, Key: 'secret' }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['get_object_attributes', { Bucket: other, Key: 'secret', ...attributes }, 'AccessDenied', 'AccessDenied', 'allowed'],
  ['put_object', { Bucket: other, Key: 'new', Body }, 'AccessDenied', 'AccessDenied', 'allowed'],
  [
    'copy_object',
    { Bucket, Key: 'stolen', CopySource: { Bucket: other, Key: 'secret' } },
    'AccessDenied',
    'AccessDenied',
    'allowed',
  ],
  [
    'copy_object',
    { Bucket: other, Key: 'planted', CopySource: { Bucket, Key: 'object' } },
    'AccessDenied',
    'AccessDenied',
    'allowed',
  ],
  ['delete_object', { Bucket: other, Key: 'new' }, 'AccessDenied', 'AccessDenied', 'allowed'],
];

describeStack('API calls, unsigned, as the application user and as root,', () => {
  const shared = sharedStack({ only: 'server' });
  const clients: S3[] = [];
  let UploadId: string;
  beforeAll(async () => {
    for (const who of [anonymous, application(shared.stack), root(shared.stack)])
      clients.push(await s3(shared.stack, who));
    const admin = clients[2] as S3;
    await admin.call('create_bucket', { Bucket: other });
    for (const [bucket, Key] of [
      [Bucket, 'object'],
      [other, 'secret'],
    ]) {
      await admin.call('put_object', { Bucket: bucket, Key, Body });
    }
    ({ UploadId } = await admin.call('create_multipart_upload', { Bucket, Key: 'parts' }));
  });
  afterAll(() => {
    for (const client of clients) client.close();
  });

  const titled = calls.map(([method, parameters, ...expected], index) => ({
    title: `${index + 1}. ${method} ${JSON.stringify(parameters)}`,
    method,
    parameters,
    expected,
  }));
  test.each(titled)('$title: $expected', async ({ method, parameters, expected }) => {
    const given = 'UploadId' in parameters ? { ...parameters, UploadId } : parameters;
    const outcomes = [];
    for (const client of clients) outcomes.push(await outcome(client, method, given));
    expect(outcomes).toEqual(expected);
  });
});
