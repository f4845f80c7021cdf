import { type Check, fail, ok, type Result, skip, warn } from '../check.ts';
import { codeOf, type Deployment, shown } from '../deployment.ts';

/** The images that a repository pins. */
export interface Pins {
  server: string;
  console: string;
}

/** What a registry said of a pinned image: its newest release (undefined: nothing to compare), or why nothing is known. */
export type Newer = { pinned: string; newest: string | undefined } | { pinned: string; problem: string };

export const versions: Check[] = [
  {
    id: 'versions.hole',
    group: 'Versions',
    what: "The server refuses writes that only name the application's key",
    needs: ['credentials', 'signed.put'],
    run: hole,
  },
  {
    id: 'versions.server',
    group: 'Versions',
    what: 'The server runs the pinned release, or a newer one',
    needs: ['root', 'reach.s3'],
    run: server,
  },
  {
    id: 'versions.newest',
    group: 'Versions',
    what: 'The pinned images are the newest',
    needs: ['newest', 'pins'],
    run: newest,
  },
];

const update = 'run npm init minio-stack@latest in the repository, push, and let Render deploy it';

/** The first release of Silo without the known holes: upstream's last ones, of 2025, have them (CVE-2026-41145, -40344). */
const safeSince = '2026-09-16T00:00:00Z';

/**
 * CVE-2026-41145: where the trailer of an upload is unsigned, an old server believes a presigned URL without looking at its
 * signature. Every presigned URL shows the key's name, so everybody could write.
 */
async function hole(deployment: Deployment): Promise<Result> {
  const url = await deployment.signer.presigned(deployment.url(deployment.own('hole.txt')), { method: 'PUT' });
  url.searchParams.set('X-Amz-Signature', '0'.repeat(64));
  const answer = await deployment.anonymous(url, {
    method: 'PUT',
    headers: {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '1',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    },
    body: '1\r\nx\r\n0\r\nx-amz-checksum-crc32:jNwWgw==\r\n\r\n',
    writes: true,
  });
  if (answer.status >= 300) return ok(shown(answer));
  return fail(
    `a wrong signature is answered with ${shown(answer)} (CVE-2026-41145)`,
    `this server is too old: ${update}`,
  );
}

async function server(deployment: Deployment): Promise<Result> {
  const answer = await deployment.asRoot(deployment.at('/minio/admin/v3/info'));
  if (answer.status !== 200)
    return ['SignatureDoesNotMatch', 'InvalidAccessKeyId'].includes(codeOf(answer))
      ? skip(`the root login is refused: ${shown(answer)}`)
      : warn(shown(answer), 'see the log of the service');
  const version = /"version":"([\w.:-]{1,40})"/.exec(answer.body.toString())?.[1] ?? '';
  const pinned = dateOf(deployment.pins?.server ?? '');
  if (!/^\d{4}-\d\d-\d\dT/.test(version))
    return skip(`the server's version, ${version || 'which it does not tell'}, has no date`);
  if (version < safeSince) return fail(`${version} has holes that are known and used`, update);
  if (pinned && version < pinned)
    return fail(`${version}, but ${pinned} is pinned`, 'deploy the newest commit: Render shows which one runs');
  return ok(pinned ? `${version}; pinned: ${pinned}` : version);
}

/** `RELEASE.2026-09-16T00-00-00Z` as a server spells it. */
function dateOf(image: string): string | undefined {
  const [, day, hour, minute, second] = /:RELEASE\.([\d-]+)T(\d\d)-(\d\d)-(\d\d)Z/.exec(image) ?? [];
  return day && `${day}T${hour}:${minute}:${second}Z`;
}

async function newest(deployment: Deployment): Promise<Result> {
  const looked = (await deployment.newest?.()) ?? [];
  const newer = looked.flatMap((each) =>
    'newest' in each && each.newest && isOther(each.newest, each.pinned) ? [each.newest] : [],
  );
  const problems = looked.flatMap((each) => ('problem' in each ? [each.problem] : []));
  if (newer.length > 0)
    return warn(
      `newer: ${newer.map(withoutDigest).join(', ')}`,
      'run npm init minio-stack@latest -- --newest-images, and push',
    );
  if (problems.length > 0) return warn(problems.join('; '), 'verify again when the registry answers');
  return ok(looked.map(({ pinned }) => withoutDigest(pinned)).join(', '));
}

/** Where the pin has no digest, only the tag tells. */
const isOther = (newest: string, pinned: string) => (pinned.includes('@') ? newest : withoutDigest(newest)) !== pinned;

const withoutDigest = (image: string) => image.replace(/@sha256:\w+$/, '');
