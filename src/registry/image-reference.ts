/** An image reference, taken apart. */
export interface ImageReference {
  /** What stands before the tag, as it was written: `docker.io/library/nginx`. */
  name: string;
  /** The host that answers, with its port: `registry-1.docker.io`. */
  host: string;
  /** The repository in that registry: `library/nginx`. */
  repository: string;
  tag: string | undefined;
  digest: string | undefined;
}

/**
 * Takes an image reference apart, as Docker does (distribution/reference): a first part without a dot or a port is no
 * registry, a name without a registry is Docker Hub's, and a name without a slash is one of Docker Hub's library.
 * @returns undefined where the text is no reference
 */
export function parseReference(text: string): ImageReference | undefined {
  const match = /^([\w.-]+(?::\d+)?(?:\/[\w.-]+)*?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$/.exec(text);
  if (!match) return undefined;
  const [, name = '', tag, digest] = match;
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = isHost ? first : 'docker.io';
  const path = isHost ? rest : [first, ...rest];
  const isHub = registry === 'docker.io' || registry === 'index.docker.io';
  const repository = isHub && path.length === 1 ? `library/${path[0]}` : path.join('/');
  return { name, host: isHub ? 'registry-1.docker.io' : registry, repository, tag, digest };
}

/** The reference by which an image is pinned: the tag for people, the digest for the builder. */
export const pinned = (name: string, tag: string, digest: string): string => `${name}:${tag}@${digest}`;
