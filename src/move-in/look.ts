import { posix } from 'node:path';
import { type BlueprintEntries, readBlueprint, type ServiceEntry } from './blueprint-services.ts';
import { foundConsole } from './console.ts';
import { readDockerfile } from './dockerfile.ts';
import type { Fact, Found, FoundServer, ImageMention, RepositoryFiles, ServerReason } from './found.ts';
import { imagesInDockerfile, imagesInEntry } from './images.ts';
import { isDockerfile, isForeign, type Materials, materialsOf, materialsOfDockerfile } from './materials.ts';
import { foundServer, reasonsByProgram, reasonsByVariables } from './server.ts';

/**
 * Looks at a repository, and says what MinIO it runs on Render already. It reads Blueprints, Dockerfiles and scripts,
 * changes nothing, makes nothing up, and never fails on what the files hold.
 * @param blueprint the one Blueprint to read; without it, every render.yaml of the repository, the root's first
 */
export function look(files: RepositoryFiles, blueprint?: string): Found {
  const blueprints = blueprintPaths(files, blueprint).map((file) => readBlueprint(file, files.read(file) ?? ''));
  const services = blueprints.flatMap((each) => each.services.map((entry) => ({ entry, of: each })));
  const inBlueprints = services.map(({ entry, of }) => ({
    materials: narrowed(materialsOf(files, entry)),
    others: of.services.filter((other) => other !== entry),
  }));
  const dockerfiles = files.paths.filter(isDockerfile);
  const servers = serversIn(inBlueprints);
  const names = servers.flatMap(({ service }) => (service.kind === 'blueprint' && service.name?.value) || []);
  const isServer = (entry: ServiceEntry | undefined) =>
    servers.some(({ service }) => service.kind === 'blueprint' && service.at === entry?.service.at);
  return {
    blueprints: blueprints.map(({ found }) => found),
    servers: servers.length > 0 ? servers : serversInDockerfiles(files, dockerfiles, inBlueprints),
    consoles: inBlueprints
      .filter(({ materials }) => !isServer(materials.entry))
      .flatMap(({ materials }) => foundConsole(materials, names) ?? []),
    images: imagesIn(files, blueprints, dockerfiles),
  };
}

/** Of several Dockerfiles that may be meant, those that run a server, if there are any. */
function narrowed(materials: Materials): Materials {
  const dockerfiles = materials.dockerfiles.filter(
    (dockerfile) => reasonsByProgram({ ...materials, entry: undefined, dockerfiles: [dockerfile] }).length > 0,
  );
  return materials.found.kind === 'unclear' && dockerfiles.length > 0 ? { ...materials, dockerfiles } : materials;
}

interface Candidate {
  materials: Materials;
  others: ServiceEntry[];
}

function blueprintPaths({ paths }: RepositoryFiles, asked: string | undefined): string[] {
  if (asked !== undefined) return [posix.normalize(asked)];
  const depth = (path: string) => path.split('/').length;
  return paths
    .filter((path) => /(?:^|\/)render\.ya?ml$/.test(path) && !isForeign(path))
    .toSorted((a, b) => depth(a) - depth(b));
}

/** Services that run a server for sure; where there is none, those whose variables say so. */
function serversIn(candidates: Candidate[]): FoundServer[] {
  for (const reasonsOf of [reasonsByProgram, reasonsByVariables]) {
    const servers = candidates.flatMap((candidate) => serverBy(candidate, reasonsOf(candidate.materials)));
    if (servers.length > 0) return servers;
  }
  return [];
}

const serverBy = ({ materials, others }: Candidate, reasons: Fact<ServerReason>[]): FoundServer[] =>
  reasons.length > 0 ? [foundServer(materials, reasons, others)] : [];

/** Without a server in a Blueprint: Dockerfiles of a service that somebody made in the Dashboard. */
function serversInDockerfiles(files: RepositoryFiles, dockerfiles: string[], named: Candidate[]): FoundServer[] {
  const used = new Set(named.flatMap(({ materials }) => materials.dockerfiles.map(({ source }) => source.file)));
  return dockerfiles
    .filter((file) => !used.has(file))
    .map((file) => ({ materials: materialsOfDockerfile(files, file), others: [] }))
    .flatMap((candidate) => serverBy(candidate, reasonsByProgram(candidate.materials)));
}

function imagesIn(files: RepositoryFiles, blueprints: BlueprintEntries[], dockerfiles: string[]): ImageMention[] {
  return [
    ...blueprints.flatMap(({ services }) => services.flatMap(imagesInEntry)),
    ...dockerfiles.flatMap((file) => imagesInDockerfile(readDockerfile(file, files.read(file) ?? ''))),
  ];
}
