import { type Check, fail, ok, type Result } from '../check.ts';
import { bytesOf, codeOf, type Deployment, elementsOf, shown } from '../deployment.ts';
import type { Answer } from '../exchange.ts';
import { formOf } from '../form.ts';
import { probe, probeName } from '../probe.ts';

export const check = (id: string, what: string, run: Check['run'], ...needs: string[]): Check => ({
  id: `signed.${id}`,
  group: 'Signed',
  what,
  needs: ['credentials', ...needs],
  run,
});

/** Before what is private is tried: it needs an object that is there. */
export const signedFirst: Check[] = [
  check('key', "The application's key signs in", key, 'reach.clock'),
  check('put', 'A signed PUT stores an object', put, 'signed.key', 'bucket'),
];

export const signed: Check[] = [
  check('get', 'A signed GET returns the same bytes', get, 'signed.put'),
  check('head', 'A signed HEAD returns the length', head, 'signed.put'),
  check('range', 'A part of an object can be read (Range)', range, 'signed.put'),
  check('presigned-get', 'A presigned URL downloads', presignedGet, 'signed.put'),
  check('presigned-put', 'A presigned URL uploads', presignedPut, 'signed.put'),
  check(
    'disposition',
    'A presigned URL names the file (response-content-disposition)',
    disposition,
    'signed.presigned-get',
  ),
  check('expired', 'An expired URL is refused', expired, 'signed.presigned-get'),
  check('tampered', 'A changed URL is refused', tampered, 'signed.presigned-get'),
  check('other-method', 'A URL for GET does not write or delete', otherMethod, 'signed.presigned-get'),
  check('other-host', 'A URL for another host is refused', otherHost, 'signed.presigned-get'),
  check('other-key', 'A URL for one object opens no other', otherKey, 'signed.presigned-get'),
  check('odd-keys', 'Keys with blanks, other scripts and signs work', oddKeys, 'signed.put'),
  check('form', "A browser's form uploads, up to the signed size", form, 'signed.put'),
  check('multipart', 'An upload in two parts works', multipart, 'signed.put'),
  check('list', 'The application lists its own objects', list, 'signed.put'),
];

const throughTheEdge =
  'compare MINIO_APP_ACCESS_KEY and MINIO_APP_SECRET_KEY with the service; if they are right, something on the way changes the request (path, host or headers)';
export const restart = 'deploy the server again: at each start it gives the application its own policy and no other';

async function key(deployment: Deployment): Promise<Result> {
  const answer = await deployment.signed(deployment.at('/'));
  if (answer.status === 200) {
    const names = elementsOf(answer, 'Name');
    if (names.length === 1) deployment.bucket ??= names[0];
    return ok(`accepted${deployment.bucket ? `, bucket ${deployment.bucket}` : ''}`);
  }
  const code = codeOf(answer);
  if (code === 'InvalidAccessKeyId')
    return fail(shown(answer), 'the server has no such user: check MINIO_APP_ACCESS_KEY, and deploy the server again');
  return fail(shown(answer), throughTheEdge);
}

async function put(deployment: Deployment): Promise<Result> {
  const url = deployment.url(deployment.own(probeName));
  const answer = await deployment.signed(url, { method: 'PUT', body: probe, writes: true });
  if (answer.status === 200) return ok(`${probe.length} bytes`);
  const code = codeOf(answer);
  if (code === 'NoSuchBucket') return fail(shown(answer), `check the bucket's name, ${deployment.bucket}`);
  if (code === 'AccessDenied') return fail(shown(answer), restart);
  if (answer.status === 507) return fail(shown(answer), 'the disk is full: enlarge it (--disk-size)');
  return fail(shown(answer), 'see the log of the service');
}

const probeUrl = (deployment: Deployment) => deployment.url(deployment.prefix + probeName);

async function get(deployment: Deployment): Promise<Result> {
  const answer = await deployment.signed(probeUrl(deployment));
  return sameBytes(answer);
}

function sameBytes(answer: Answer, expected = probe): Result {
  if (answer.status === 200 && answer.body.equals(expected)) return ok(`${expected.length} bytes`);
  const seen =
    answer.status === 200
      ? `other bytes${answer.cut ? ', more than 1 MB' : ` (${answer.body.length})`}`
      : shown(answer);
  return fail(seen, 'something between you and the server answers in its place or changes the answer: check the edge');
}

async function head(deployment: Deployment): Promise<Result> {
  const answer = await deployment.signed(probeUrl(deployment), { method: 'HEAD' });
  const length = answer.headers['content-length'];
  if (answer.status === 200 && length === String(probe.length)) return ok(`Content-Length ${length}`);
  return fail(
    `${shown(answer)}, Content-Length ${length ?? 'missing'}`,
    'let the edge pass HEAD and Content-Length on',
  );
}

async function range(deployment: Deployment): Promise<Result> {
  const url = await deployment.signer.presigned(probeUrl(deployment), {});
  const answer = await deployment.anonymous(url, { headers: { range: 'bytes=10-19' } });
  if (answer.status === 206 && answer.body.equals(probe.subarray(10, 20))) return ok('206 with 10 bytes');
  return fail(
    `${shown(answer)} with ${answer.body.length} bytes`,
    'let the edge pass the header Range on: without it videos do not seek and downloads do not resume',
  );
}

async function presignedGet(deployment: Deployment): Promise<Result> {
  return sameBytes(await deployment.anonymous(await deployment.signer.presigned(probeUrl(deployment), {})));
}

async function presignedPut(deployment: Deployment): Promise<Result> {
  const url = deployment.url(deployment.own('presigned-put.txt'));
  const signedUrl = await deployment.signer.presigned(url, { method: 'PUT' });
  const answer = await deployment.anonymous(signedUrl, { method: 'PUT', body: 'presigned', writes: true });
  if (answer.status !== 200) return fail(shown(answer), throughTheEdge);
  return sameBytes(await deployment.signed(url), Buffer.from('presigned'));
}

async function disposition(deployment: Deployment): Promise<Result> {
  const wanted = 'attachment; filename="a b+c.pdf"';
  const url = probeUrl(deployment);
  url.searchParams.set('response-content-disposition', wanted);
  const answer = await deployment.anonymous(await deployment.signer.presigned(url, {}));
  if (answer.status === 200 && answer.headers['content-disposition'] === wanted) return ok(wanted);
  return fail(
    `${shown(answer)}, Content-Disposition ${answer.headers['content-disposition'] ? 'is another' : 'is missing'}`,
    'let the edge pass query and Content-Disposition on as they are',
  );
}

/** Demands that the server itself refuses. */
function refusal(answers: [string, Answer][]): Result {
  const taken = answers.filter(([, { status }]) => status < 300 || status === 304);
  if (taken.length > 0)
    return fail(
      taken.map(([title, answer]) => `${title}: ${shown(answer)}`).join(', '),
      'something before the server answers without asking it, or signs by itself: switch caching and rewriting off at the edge',
    );
  return ok([...new Set(answers.map(([, answer]) => shown(answer)))].join(', '));
}

async function expired(deployment: Deployment): Promise<Result> {
  // Signed 20 minutes ago for one, so that nothing has to wait.
  const at = new Date(Date.now() - 20 * 60_000);
  const url = await deployment.signer.presigned(probeUrl(deployment), { seconds: 60, at });
  return refusal([['an expired URL', await deployment.anonymous(url)]]);
}

async function tampered(deployment: Deployment): Promise<Result> {
  const url = await deployment.signer.presigned(probeUrl(deployment), {});
  const changed = (name: string, value: string) => {
    const copy = new URL(url);
    copy.searchParams.set(name, value);
    return deployment.anonymous(copy);
  };
  const signature = url.searchParams.get('X-Amz-Signature') ?? '';
  return refusal([
    [
      'another signature',
      await changed('X-Amz-Signature', signature.replace(/^..../, signature.startsWith('0000') ? '1111' : '0000')),
    ],
    ['a longer life', await changed('X-Amz-Expires', '604800')],
    ['another type', await changed('response-content-type', 'text/html')],
  ]);
}

async function otherMethod(deployment: Deployment): Promise<Result> {
  const object = deployment.url(deployment.own('other-method.txt'));
  const url = await deployment.signer.presigned(object, {});
  return refusal([
    ['PUT', await deployment.anonymous(url, { method: 'PUT', body: 'x', writes: true })],
    ['DELETE', await deployment.anonymous(url, { method: 'DELETE', writes: true })],
  ]);
}

async function otherHost(deployment: Deployment): Promise<Result> {
  const elsewhere = probeUrl(deployment);
  elsewhere.host = 'elsewhere.invalid';
  const url = await deployment.signer.presigned(elsewhere, {});
  return refusal([['another host', await deployment.anonymous(deployment.here(url))]]);
}

async function otherKey(deployment: Deployment): Promise<Result> {
  const other = await deployment.signer.presigned(deployment.url(`${deployment.prefix}other.bin`), {});
  const url = probeUrl(deployment);
  url.search = other.search;
  return refusal([['another key', await deployment.anonymous(url)]]);
}

async function oddKeys(deployment: Deployment): Promise<Result> {
  const names = ['a b  c.txt', 'Übersicht/日本語/😀.txt', "1+1=2 100%25 (x)!*'~&?#.txt"];
  for (const name of names) {
    const url = deployment.url(deployment.own(name));
    const stored = await deployment.signed(url, { method: 'PUT', body: name, writes: true });
    const answer =
      stored.status === 200 ? await deployment.anonymous(await deployment.signer.presigned(url, {})) : stored;
    if (answer.status !== 200 || answer.body.toString() !== name)
      return fail(
        `${JSON.stringify(name)}: ${shown(answer)}`,
        'let the edge pass paths on as they are, without decoding them',
      );
  }
  return ok(`${names.length} keys`);
}

async function form(deployment: Deployment): Promise<Result> {
  const post = (name: string, text: string) => {
    const fields = deployment.signer.postForm(deployment.bucket ?? '', deployment.own(name), 100);
    return deployment.anonymous(deployment.url(), { method: 'POST', ...formOf(fields, text), writes: true });
  };
  const small = await post('form.txt', 'small');
  if (small.status !== 204) return fail(shown(small), 'let the edge pass forms on (POST with multipart/form-data)');
  const large = await post('form-too-large.txt', 'x'.repeat(101));
  return refusal([['more than the signed size', large]]);
}

async function multipart(deployment: Deployment): Promise<Result> {
  const parts = [bytesOf(5 << 20, 'first'), bytesOf(1000, 'second')];
  const name = deployment.own('parts.bin');
  const started = await deployment.signed(deployment.url(name, '?uploads'), { method: 'POST', writes: true });
  const id = elementsOf(started, 'UploadId')[0];
  if (started.status !== 200 || !id) return fail(`start: ${shown(started)}`, restart);
  const query = `uploadId=${encodeURIComponent(id)}`;
  const tags: string[] = [];
  for (const [index, body] of parts.entries()) {
    const url = deployment.url(name, `?partNumber=${index + 1}&${query}`);
    const answer = await deployment.signed(url, { method: 'PUT', body, writes: true, patience: 60_000 });
    if (answer.status !== 200) return fail(`part ${index + 1}: ${shown(answer)}`, 'see whether the edge limits bodies');
    tags.push(answer.headers.etag ?? '');
  }
  const list = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
  const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
  const done = await deployment.signed(deployment.url(name, `?${query}`), { method: 'POST', body, writes: true });
  if (done.status !== 200 || codeOf(done)) return fail(`end: ${shown(done)}`, 'see the log of the service');
  const answer = await deployment.signed(deployment.url(name), { method: 'HEAD' });
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const length = answer.headers['content-length'];
  if (length === undefined) return ok('stored');
  return length === String(size)
    ? ok(`${size} bytes`)
    : fail(`${length} bytes are stored, not ${size}`, 'see the log of the service');
}

async function list(deployment: Deployment): Promise<Result> {
  const answer = await deployment.signed(
    deployment.url('', `?list-type=2&prefix=${encodeURIComponent(deployment.prefix + probeName)}`),
  );
  if (answer.status !== 200) return fail(shown(answer), restart);
  const keys = elementsOf(answer, 'Key');
  if (keys.includes(deployment.prefix + probeName)) return ok('found what was written');
  return fail('what was written is not in the list', 'switch caching off at the edge');
}
