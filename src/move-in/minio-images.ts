import type { ImageMention, Vendor } from './found.ts';

/** An image reference's name and tag, without its digest. */
function parts(reference: string): { name: string; tag: string | undefined } {
  const [, name = '', tag] = /^(.*?)(?::([\w][\w.-]*))?(?:@.*)?$/.exec(reference) ?? [];
  return { name: name.replace(/^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)\//, ''), tag };
}

/** The images that are MinIO's, by vendor. The first that fits counts. */
const vendors: [Vendor, RegExp][] = [
  ['aistor', /(?:^|\/)aistor(?:\/|$)/],
  ['quay', /^quay\.io\/minio\//],
  ['minio', /^minio\//],
  ['bitnami', /(?:^|\/)bitnami(?:legacy|secure)?\//],
  ['chainguard', /^cgr\.dev\/|^chainguard\//],
  ['coollabs', /(?:^|\/)coollabsio\//],
  ['alpine', /^alpine\//],
  ['pgsty', /(?:^|\/)pgsty\//],
];

const roles: [ImageMention['role'], RegExp][] = [
  ['client', /\/(?:mc|mcli|minio-client|minio-mc)$/],
  ['console', /(?:^|\/)minio\/console$|\/(?:minio-console|openmaxio-object-browser)$/],
  ['server', /(?:^|\/)(?:minio|silo|minio-server)$|(?:^|\/)aistor\/|\/aistor$/],
];

/**
 * Tells whether an image is MinIO: its server, its console, or its client.
 * @returns undefined for another image
 */
export function minioImage(reference: string): Pick<ImageMention, 'reference' | 'tag' | 'role' | 'vendor'> | undefined {
  const { name, tag } = parts(reference.trim());
  const role = roles.find(([, fits]) => fits.test(name))?.[0];
  if (!role || (name === 'silo' && role === 'server')) return undefined;
  const vendor = vendors.find(([, fits]) => fits.test(name))?.[0] ?? 'other';
  return { reference, ...(tag === undefined ? {} : { tag }), role, vendor };
}

/** Whether an image can't be pulled any more: docker.io/minio was deleted on 2026-09-11, and quay.io/minio answers 401 since 2026-09-24. */
export const isGone = ({ vendor }: Pick<ImageMention, 'vendor'>): boolean => vendor === 'minio' || vendor === 'quay';

/** Whether an image is the one that is pinned here, of whatever release: its release is the person's choice. */
export const isSilo = ({ reference, vendor }: Pick<ImageMention, 'reference' | 'vendor'>): boolean =>
  vendor === 'pgsty' && /\/silo(?:[:@]|$)/.test(reference);

/** Whether an image is nginx, whoever built it. */
export const isNginxImage = (reference: string): boolean =>
  /(?:^|\/)(?:nginx|nginx-unprivileged|openresty)$/.test(parts(reference).name);
