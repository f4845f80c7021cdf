import { type Deployment, elementsOf, md5Of } from './deployment.ts';

/**
 * Deletes everything that a run may have written, and looks whether it is gone. It also runs when the run was interrupted.
 * @returns the keys that may still be there
 */
export async function cleanUp(deployment: Deployment): Promise<string[]> {
  const keys = [...deployment.written];
  if (keys.length === 0 || deployment.bucket === undefined) return [];
  await deployment.client.startCleanup();
  if (!deployment.isSigned) return deployment.strangersWrite ? withoutSignature(deployment, keys) : [];
  try {
    await abortUploads(deployment, keys);
    await deleteAll(deployment, keys);
    return await left(deployment);
  } catch {
    // Nobody answers: the report names what may be there.
    return keys;
  }
}

/** Uploads that were started and neither finished nor aborted take room on the disk. */
async function abortUploads(deployment: Deployment, keys: string[]): Promise<void> {
  for (const key of keys.filter((name) => name.endsWith('parts.bin'))) {
    const list = await deployment.signed(deployment.url('', `?uploads&prefix=${encodeURIComponent(key)}`));
    for (const id of elementsOf(list, 'UploadId'))
      await deployment.signed(deployment.url(key, `?uploadId=${encodeURIComponent(id)}`), {
        method: 'DELETE',
        writes: true,
      });
  }
}

async function deleteAll(deployment: Deployment, keys: string[]): Promise<void> {
  const escaped = (text: string) => text.replace(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const objects = keys.map((key) => `<Object><Key>${escaped(key)}</Key></Object>`);
  const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`;
  const headers = { 'content-md5': md5Of(body) };
  await deployment.signed(deployment.url('', '?delete'), { method: 'POST', body, headers, writes: true });
}

/** What is still there after one more try, object by object. */
async function left(deployment: Deployment): Promise<string[]> {
  const there = await listed(deployment);
  if (there.length === 0) return [];
  for (const key of there) await deployment.signed(deployment.url(key), { method: 'DELETE', writes: true });
  return listed(deployment);
}

async function listed(deployment: Deployment): Promise<string[]> {
  const list = await deployment.signed(
    deployment.url('', `?list-type=2&prefix=${encodeURIComponent(deployment.prefix)}`),
  );
  // Who can't list can't have written; then there is nothing to look for.
  return list.status === 200 ? elementsOf(list, 'Key') : [];
}

/** In a bucket that anybody may write to, perhaps anybody may delete, too. */
async function withoutSignature(deployment: Deployment, keys: string[]): Promise<string[]> {
  const left: string[] = [];
  for (const key of keys) {
    const url = deployment.url(key);
    const gone = await deployment
      .anonymous(url, { method: 'DELETE', writes: true })
      .then(({ status }) => status < 300)
      .catch(() => false);
    if (!gone) left.push(key);
  }
  return left;
}
