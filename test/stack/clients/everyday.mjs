// What an application does with the AWS SDK for JavaScript. Run in a folder whose node_modules has the SDK; the settings
// are in the environment. Prints one JSON document.
import { createHash, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/`);
const s3 = require('@aws-sdk/client-s3');
const { Upload } = require('@aws-sdk/lib-storage');
const { createPresignedPost } = require('@aws-sdk/s3-presigned-post');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');

const Bucket = process.env.BUCKET;
const client = new s3.S3Client({
  endpoint: process.env.ENDPOINT,
  region: 'us-east-1',
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});
const done = {};

await client.send(new s3.PutObjectCommand({ Bucket, Key: 'js/a b.txt', Body: 'text', ContentType: 'text/plain' }));
const got = await client.send(new s3.GetObjectCommand({ Bucket, Key: 'js/a b.txt' }));
done.get = await got.Body.transformToString();

const large = randomBytes(12 << 20);
await new Upload({ client, params: { Bucket, Key: 'js/large', Body: large } }).done();
const back = await client.send(new s3.GetObjectCommand({ Bucket, Key: 'js/large' }));
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');
done.large = sha(await back.Body.transformToByteArray()) === sha(large);

await client.send(new s3.CopyObjectCommand({ Bucket, Key: 'js/copy', CopySource: `${Bucket}/js/large` }));
const listed = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: 'js/' }));
done.list = listed.Contents.map(({ Key }) => Key);

done.signed = await fetch(await getSignedUrl(client, new s3.GetObjectCommand({ Bucket, Key: 'js/a b.txt' }))).then(
  (answer) => answer.text(),
);

const post = async (size) => {
  const { url, fields } = await createPresignedPost(client, {
    Bucket,
    Key: `js/post-${size}`,
    Conditions: [['content-length-range', 1, 1000], { 'Content-Type': 'image/png' }],
    Fields: { 'Content-Type': 'image/png' },
  });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(size)]));
  return (await fetch(url, { method: 'POST', body: form })).status;
};
done.post = [await post(1000), await post(1001)];

const objects = [...done.list, 'js/post-1000'].map((Key) => ({ Key }));
await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects: objects } }));
done.left = (await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: 'js/' }))).KeyCount;
console.log(JSON.stringify(done));
