import { apiPort, reservedPorts } from './render-platform.ts';

/**
 * What a value may look like. Each rule takes the text that was given and returns what is wrong with it, worded to
 * follow the value in a message ("must …"), or undefined when the text keeps the rule. The character sets are narrow on
 * purpose: no legal value can end its quoting in YAML, shell, nginx, a Dockerfile or Markdown.
 */
export type Rule = (text: string) => string | undefined;

const ipv4 = /^\d+\.\d+\.\d+\.\d+$/;

/** S3's rules for bucket names (AWS, "General purpose bucket naming rules") and the one name that MinIO keeps for itself. */
export const bucketName: Rule = (text) => {
  if (text.length < 3 || text.length > 63) return `must have 3 to 63 characters, and has ${text.length}`;
  if (/[^a-z0-9.-]/.test(text)) return 'must hold only lower-case letters, digits, dots and hyphens';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(text)) return 'must begin and end with a lower-case letter or a digit';
  if (/\.\.|\.-|-\./.test(text)) return 'must not hold two dots in a row, or a dot next to a hyphen';
  if (ipv4.test(text)) return 'must not look like an IP address';
  const prefix = ['xn--', 'sthree-', 'amzn-s3-demo-'].find((reserved) => text.startsWith(reserved));
  if (prefix) return `must not begin with "${prefix}", which S3 reserves`;
  const suffix = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'].find((reserved) => text.endsWith(reserved));
  if (suffix) return `must not end with "${suffix}", which S3 reserves`;
  if (text === 'minio') return 'must not be "minio": the server needs that path for its own health checks';
  return undefined;
};

/**
 * A Render service's name becomes a host name, `<name>-<suffix>`, publicly and on the private network. A DNS label has at
 * most 63 characters, and Render's suffix takes five of them with its hyphen.
 */
export const serviceName: Rule = (text) => {
  if (text.length < 2 || text.length > 58) return `must have 2 to 58 characters, and has ${text.length}`;
  if (/[^a-z0-9-]/.test(text)) return 'must hold only lower-case letters, digits and hyphens';
  if (!/^[a-z].*[a-z0-9]$/.test(text)) return 'must begin with a letter and end with a letter or a digit';
  return undefined;
};

/** A whole number from `least` to `most`, written in decimal digits. */
export const wholeNumber =
  (least: number, most: number, unit: string): Rule =>
  (text) => {
    const range = `must be a whole number of ${unit} from ${least} to ${most}`;
    return /^[1-9]\d{0,8}$/.test(text) && Number(text) >= least && Number(text) <= most ? undefined : range;
  };

/** A TCP port that needs no privilege, and that neither the API nor Render has taken. */
export const freePort: Rule = (text) => {
  const port = Number(text);
  if (!/^[1-9]\d{3,4}$/.test(text) || port < 1024 || port > 65535) return 'must be a port from 1024 to 65535';
  if (port === apiPort) return `must be another port: ${text} is the API's own`;
  if (reservedPorts.includes(port)) return `must be another port: ${text} is reserved on Render's private network`;
  return undefined;
};

/** A folder in the container: an absolute path of plain names. */
export const absoluteFolder: Rule = (text) => {
  if (text.length > 255) return `must have at most 255 characters, and has ${text.length}`;
  return /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+\/?$/.test(text)
    ? undefined
    : 'must be an absolute path of letters, digits, dots, underscores and hyphens, without . and ..';
};

/** The access key that the application signs with. A literal, because clients need it and `=` or `,` would break it. */
export const appUser = 'minio-app';

/** MinIO wants at least three characters. Refused are the name that every scanner tries, and the application's. */
export const rootUserName: Rule = (text) => {
  if (text.length < 3 || text.length > 64) return `must have 3 to 64 characters, and has ${text.length}`;
  if (/[^A-Za-z0-9._-]/.test(text)) return 'must hold only letters, digits, dots, underscores and hyphens';
  if (!/^[A-Za-z0-9].*[A-Za-z0-9]$/.test(text)) return 'must begin and end with a letter or a digit';
  if (text === 'minioadmin') return 'must not be "minioadmin", MinIO\'s default, which attackers try first';
  if (text === appUser) return `must not be "${appUser}", the name of the application's user`;
  return undefined;
};

/** A public DNS name in lower case, without scheme, port or path (labels of RFC 1035). */
const hostName: Rule = (text) => {
  if (text.length > 253) return `must have at most 253 characters, and has ${text.length}`;
  const labels = text.split('.');
  if (labels.length < 2 || !labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label)))
    return 'must be a domain in lower case, without scheme, port or path';
  if (/^\d+$/.test(labels.at(-1) ?? '')) return 'must be a domain, not an IP address';
  return undefined;
};

/** A custom domain of a Render service; the onrender.com name is given by Render itself. */
export const customDomain: Rule = (text) => {
  const broken = hostName(text);
  if (broken) return broken;
  return text === 'onrender.com' || text.endsWith('.onrender.com')
    ? 'must be a domain of your own: Render adds the onrender.com name by itself'
    : undefined;
};

/**
 * An image reference with a tag or a digest (the grammar of distribution/reference): `FROM` without either means
 * `latest`, which changes under a running service.
 */
export const imageReference: Rule = (text) => {
  const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
  const registry = '(?:(?:localhost|[a-z0-9-]+(?:\\.[a-z0-9-]+)+)(?::\\d{1,5})?/)?';
  const name = `${registry}${component}(?:/${component})*`;
  const match = new RegExp(`^(${name})(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$`).exec(text);
  if (!match) return 'must be an image reference like registry/name:tag@sha256:digest';
  const [, path = '', tag, digest] = match;
  if (path.length > 255) return `must have a name of at most 255 characters, and has ${path.length}`;
  return tag || digest ? undefined : 'must have a tag or a digest';
};
