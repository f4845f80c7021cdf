import { type Deployment, elementsOf, md5Of } from './deployment.ts';
import { NoAnswer } from './no-answer.ts';

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
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    // The report names what may be there.
    return keys;
  }
}

/**
 * Uploads that were started and neither finished nor aborted take room on the disk. Where the answer with an upload's id
 * was lost, the list has it.
 */
async function abortUploads(deployment: Deployment, keys: string[]): Promise<void> {
  const uploads = new Map(deployment.uploads);
  for (const key of keys.filter((name) => name.endsWith('parts.bin'))) {
    const list = await deployment.signed(deployment.url('', `?uploads&prefix=${encodeURIComponent(key)}`));
    for (const id of elementsOf(list, 'UploadId')) uploads.set(id, key);
  }
  for (const [id, key] of uploads)
    await deployment.signed(uploadUrl(deployment, id, key), { method: 'DELETE', writes: true });
}

const uploadUrl = (deployment: Deployment, id: string, key: string) =>
  deployment.url(key, `?uploadId=${encodeURIComponent(id)}`);

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
  const isGone = async (url: URL) => {
    try {
      return (await deployment.anonymous(url, { method: 'DELETE', writes: true })).status < 300;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return false;
    }
  };
  const left: string[] = [];
  for (const [id, key] of deployment.uploads) if (!(await isGone(uploadUrl(deployment, id, key)))) left.push(key);
  for (const key of keys) {
    const gone = await isGone(deployment.url(key));
    if (!gone) left.push(key);
  }
  return left;
}
