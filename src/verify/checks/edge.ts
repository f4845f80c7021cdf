import { type Check, fail, ok, type Result, warn } from '../check.ts';
import { bytesOf, codeOf, type Deployment, shown } from '../deployment.ts';
import { probe, probeName } from '../probe.ts';

const check = (id: string, what: string, run: Check['run']): Check => ({
  id: `edge.${id}`,
  group: 'Edge',
  what,
  needs: ['credentials', 'signed.put'],
  run,
});

export const edge: Check[] = [
  check('accept-encoding', 'Accept-Encoding arrives as it was sent', acceptEncoding),
  check('cache', 'Nothing keeps answers to signed URLs', cache),
  check('length', 'Content-Length and ETag arrive', length),
  check('expect', 'Expect: 100-continue is answered', expectContinue),
  check('upload', 'A large upload passes', upload),
];

async function acceptEncoding(deployment: Deployment): Promise<Result> {
  const url = deployment.url(deployment.prefix + probeName);
  const answer = await deployment.signed(url, { headers: { 'accept-encoding': 'identity' } });
  if (answer.status === 200) return ok('kept');
  if (codeOf(answer) !== 'SignatureDoesNotMatch') return fail(shown(answer), 'see what the edge does with requests');
  return warn(
    "rewritten on the way, as Render's edge does: clients that sign it are refused",
    'clients on the AWS SDK for Go v2 (rclone 1.76, Terraform, Litestream 0.5) need another setting: rclone sign_accept_encoding = false; presigned URLs, boto3, JS, Java, mc, restic work',
  );
}

async function cache(deployment: Deployment): Promise<Result> {
  const object = deployment.url(deployment.own('cached.txt'));
  const write = (body: string) => deployment.signed(object, { method: 'PUT', body, writes: true });
  await write('first');
  const url = await deployment.signer.presigned(object, {});
  const before = [await deployment.anonymous(url), await deployment.anonymous(url)];
  await write('second');
  const after = await deployment.anonymous(url);
  const remedy =
    "switch Edge Caching off for this service in Render's Dashboard (or the cache of your CDN): whoever asks gets what somebody else was allowed";
  if (after.body.toString() === 'first')
    return fail('the same signed URL still serves the object before a change', remedy);
  const hit = [...before, after].find(({ headers }) =>
    /^(hit|stale|updating|revalidated)/i.test(String(headers['cf-cache-status'] ?? headers['x-cache'] ?? '')),
  );
  if (hit || [...before, after].some(({ headers }) => Number(headers.age ?? 0) > 0))
    return fail('an answer came from a cache', remedy);
  return ok("each answer is the server's own");
}

async function length(deployment: Deployment): Promise<Result> {
  const answer = await deployment.signed(deployment.url(deployment.prefix + probeName));
  const missing = [
    ...(answer.headers['content-length'] === String(probe.length) ? [] : ['Content-Length']),
    ...(answer.headers.etag ? [] : ['ETag']),
  ];
  if (missing.length === 0) return ok('both kept');
  return warn(
    `missing: ${missing.join(', ')}`,
    'let the edge pass answers on as they are, without compressing them: clients show no progress',
  );
}

async function expectContinue(deployment: Deployment): Promise<Result> {
  const answer = await deployment.signed(deployment.url(deployment.own('expect.txt')), {
    method: 'PUT',
    headers: { expect: '100-continue' },
    body: 'expected',
    writes: true,
  });
  if (answer.status !== 200)
    return warn(shown(answer), 'clients that send Expect: 100-continue fail: boto3 can be told not to');
  return answer.continued
    ? ok('answered')
    : warn('ignored: such clients wait a second before they send', 'nothing, if uploads are quick enough');
}

async function upload(deployment: Deployment): Promise<Result> {
  const size = deployment.uploadMegabytes << 20;
  const url = await deployment.signer.presigned(deployment.url(deployment.own('upload.bin')), { method: 'PUT' });
  const answer = await deployment.anonymous(url, {
    method: 'PUT',
    body: bytesOf(size),
    writes: true,
    patience: 90_000,
  });
  const rate = size / (1 << 20) / (answer.milliseconds / 1000);
  if (answer.status === 200) return ok(`${deployment.uploadMegabytes} MB, ${rate.toFixed(1)} MB/s`);
  return fail(
    `${deployment.uploadMegabytes} MB: ${shown(answer)}`,
    answer.status === 507
      ? 'the disk is full: enlarge it (--disk-size)'
      : 'the edge limits bodies: upload in parts (multipart), or raise its limit',
  );
}
