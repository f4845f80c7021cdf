import type { Found, FoundServer, Place } from './found.ts';

/** What the person wants, as flags and answers say it. */
export interface Choice {
  /** `repair`: the image and the command. `stack`: the whole stack inside the service that exists. */
  intent: 'repair' | 'stack';
  /** The server's name. It decides between two servers, and names one that was made in the Dashboard. */
  service?: string;
  bucket?: string;
  dataPath?: string;
  /** When the repository's first commit was made, `2022-05-01…`. */
  firstCommit?: string;
  /** What the flags want the service to be. */
  wanted?: Wanted;
}

/** Settings that Render can't change, or that must not change. */
export interface Wanted {
  name?: string;
  type?: string;
  runtime?: string;
  region?: string;
  mountPath?: string;
  sizeGB?: number;
}

/** A line that the person can look at. */
export interface Line {
  file: string;
  line: number;
}

/** Something to know, or a reason to stop. No text of it has a credential's value. */
export interface Concern {
  code: string;
  what: string;
  where: Line[];
  /** What to do about it. */
  todo: string;
}

/** The lines of places, each one once. */
export function linesOf(places: readonly (Place | undefined)[]): Line[] {
  const lines = places.flatMap((place) => (place ? [{ file: place.file, line: place.line }] : []));
  return lines.filter(
    ({ file, line }, index) => index === lines.findIndex((other) => other.file === file && other.line === line),
  );
}

/** `render.yaml:4, minio/Dockerfile:1` */
export const namedLines = (lines: readonly Line[]): string =>
  lines.map(({ file, line }) => `${file}:${line}`).join(', ');

/** The server that is moved in: the only one, or the one with the name that was given; undefined when that is none. */
export function chosenServer({ servers }: Found, { service }: Choice): FoundServer | undefined {
  const named = servers.find((server) => service !== undefined && nameOf(server) === service);
  if (named) return named;
  const [only] = servers;
  // A server that was made in the Dashboard has no name in the repository.
  return servers.length === 1 && (service === undefined || only?.service.kind === 'dashboard') ? only : undefined;
}

/** What to call a server in a sentence. */
export const calledIn = (server: FoundServer, choice: Choice): string =>
  nameOf(server) ?? choice.service ?? 'the service';

/** A server's name, as its Blueprint says it. */
export const nameOf = ({ service }: FoundServer): string | undefined =>
  service.kind === 'blueprint' ? service.name?.value : undefined;

/** The application's bucket: the one that was given, else MINIO_BUCKET, else the only one that was found. */
export function chosenBucket({ buckets }: FoundServer, { bucket }: Choice): string | undefined {
  const own = buckets.find(({ from }) => from === 'MINIO_BUCKET');
  return bucket ?? own?.value ?? (buckets.length === 1 ? buckets[0]?.value : undefined);
}

/** Where the server has its data: the folder that was given, else the only one that was found, else the disk's own. */
export function chosenDataFolder(server: FoundServer, { dataPath }: Choice): string | undefined {
  const { dataFolders, service, unclear } = server;
  const [first] = dataFolders;
  if (dataPath !== undefined) return dataPath;
  if (dataFolders.length > 1 || unclear.some(({ value }) => value === 'data folder')) return undefined;
  const disk = service.kind === 'blueprint' ? service.disk : undefined;
  return first?.value ?? (disk?.kind === 'disk' ? disk.mountPath?.value : undefined);
}

/** Whether a path is a folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [path, folder].map((each) => `${each.replace(/\/+$/, '')}/`);
  return (inner ?? '').startsWith(outer ?? '');
}

/** The names of services, each one once: `a`, `a and b`, `a, b and c`. */
export function servicesIn(all: readonly { service: string }[]): string {
  const names = [...new Set(all.map(({ service }) => service))];
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
}
