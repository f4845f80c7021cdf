import { insertedBehind, serviceMapAt } from './blueprint-pairs.ts';
import { type Concern, linesOf } from './choice.ts';
import type { FoundServer, FoundService } from './found.ts';
import type { Part } from './repair-part.ts';
import { placeAt, type Splice } from './splices.ts';

/** Without `dockerCommand`, an image runs its own command: Bitnami's starts a server, MinIO's does not. */
export function imageBackedCommand(server: FoundServer, service: FoundService, text: string): Part {
  const isBitnami = server.images.some(({ vendor, in: where }) => vendor === 'bitnami' && where === 'image.url');
  if (service.dockerCommand) {
    const runsBitnami = text.slice(...service.dockerCommand.at.range).includes('/opt/bitnami/');
    return {
      splices: [],
      refusals: runsBitnami ? [bitnamiScript(service.dockerCommand.at, server)] : [],
    };
  }
  if (!isBitnami) return { splices: [], refusals: [], warnings: [dashboardCommand(service)] };
  const map = serviceMapAt(text, service.at);
  const line = `dockerCommand: ${bitnamiCommand(server, text.slice(...service.at.range))}`;
  const splices = map ? insertedBehind(map, 'image', [line]) : [];
  const refusals = splices.length > 0 ? [] : [bitnamiScript(service.at, server)];
  return { splices, refusals };
}

/** Bitnami's ports are 9000 and 9001 unless these variables say otherwise. */
function bitnamiCommand({ dataFolders }: FoundServer, service: string): string {
  const api = service.includes('MINIO_API_PORT_NUMBER') ? ' --address :$MINIO_API_PORT_NUMBER' : '';
  const console = service.includes('MINIO_CONSOLE_PORT_NUMBER') ? '$MINIO_CONSOLE_PORT_NUMBER' : '9001';
  return `silo server ${dataFolders[0]?.value ?? '/bitnami/minio/data'}${api} --console-address :${console}`;
}

/** The pinned image is public. Credentials that belong to the old one's registry may stand in its way. */
export function registryCredential(service: FoundService, text: string): Part {
  const map = serviceMapAt(text, service.at);
  const image = map?.pairs.find(({ key }) => key === 'image');
  const at = image ? text.slice(image.start, image.end).search(/\bcreds\s*:/) : -1;
  if (!image || at === -1) return { splices: [], refusals: [] };
  const warning: Concern = {
    code: 'registry-credential',
    what: "The image has a registry's credential, which the new image does not need.",
    where: linesOf([placeAt(text, service.at.file, image.start + at, image.start + at)]),
    todo: 'Take "creds" out of the Blueprint if it belongs to another registry than docker.io.',
  };
  return { splices: [], refusals: [], warnings: [warning] };
}

const bitnamiScript = (at: Splice['at'], server: FoundServer): Concern => ({
  code: 'bitnami-command',
  what: "The service runs a script of Bitnami's image, which the new image does not have.",
  where: linesOf([at]),
  todo: `Write dockerCommand: ${bitnamiCommand(server, '')} there, and run this again.`,
});

const dashboardCommand = (service: FoundService): Concern => ({
  code: 'command-in-dashboard',
  what: 'No command is in the Blueprint, and the image starts no server by itself: the Dashboard must have one.',
  where: linesOf([service.at]),
  todo: `Before the push, in the Dashboard under ${service.name?.value ?? 'the service'} > Settings > Docker Command: write "silo" instead of "minio".`,
});
