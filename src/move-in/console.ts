import type { ServiceEntry } from './blueprint-services.ts';
import { refersTo } from './credentials.ts';
import { placeOf } from './dockerfile.ts';
import type { FoundConsole, Place } from './found.ts';
import { imagesOf } from './images.ts';
import type { Materials } from './materials.ts';
import { isNginxImage } from './minio-images.ts';

/**
 * Tells whether a service shows a server's console: MinIO's console image, or nginx with a variable that leads to the server.
 * @param servers the servers' names
 */
export function foundConsole(materials: Materials, servers: string[]): FoundConsole | undefined {
  const { entry, found } = materials;
  if (!entry) return undefined;
  const images = imagesOf(materials);
  const server = servers.find((name) => refersTo(withMinioVariables(entry), name));
  const console = (kind: FoundConsole['kind'], at: Place): FoundConsole => ({
    service: entry.service,
    kind,
    ...(server === undefined ? {} : { server }),
    dockerfile: found,
    images,
    at,
  });
  const image = images.find(({ role, in: where }) => role === 'console' && (where === 'image.url' || where === 'FROM'));
  if (image) return console('image', image.at);
  const nginx = nginxImage(materials);
  const hasHost = entry.variables.some(({ key }) => key === 'MINIO_HOST');
  // A server's address can stand in nginx's own files; then only the service's name tells.
  const isCalledConsole = /console/.test(entry.service.name?.value ?? '');
  return nginx && (server !== undefined || hasHost || isCalledConsole) ? console('nginx', nginx) : undefined;
}

/** An application's front end may refer to the server as well, for files: only what is named after MinIO is a console's. */
const withMinioVariables = (entry: ServiceEntry): ServiceEntry => ({
  ...entry,
  variables: entry.variables.filter(({ key }) => /MINIO/.test(key)),
});

function nginxImage({ entry, dockerfiles }: Materials): Place | undefined {
  if (entry?.image && isNginxImage(entry.image.value)) return entry.image.at;
  const dockerfile = dockerfiles.find(({ running }) => isNginxImage(running.at(-1)?.image.text ?? ''));
  const image = dockerfile?.running.at(-1)?.image;
  return dockerfile && image && placeOf(dockerfile.source, image);
}
