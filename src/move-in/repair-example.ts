import { serverImage } from '../answers/images.ts';
import { replacedPair, serviceMapAt, withoutPair } from './blueprint-pairs.ts';
import { linesOf } from './choice.ts';
import type { FoundServer, FoundService, RepositoryFiles } from './found.ts';
import type { Part } from './repair-part.ts';

/**
 * Render's example of MinIO builds something else since 2024. The service gets a Dockerfile of this repository, which
 * starts the server as the example did.
 */
export function ownDockerfile(server: FoundServer, service: FoundService, files: RepositoryFiles): Part {
  const folder = freeFolder(service, files);
  const map = serviceMapAt(files.read(service.at.file) ?? '', service.at);
  const hasRepo = map?.pairs.some(({ key }) => key === 'repo');
  if (!map || !hasRepo || folder === undefined)
    return {
      splices: [],
      refusals: [
        {
          code: 'example-repository',
          what: "The service is built from Render's example, which is no MinIO server any more.",
          where: linesOf([service.repo?.at]),
          todo: `Write a Dockerfile with FROM ${serverImage}, and dockerfilePath instead of repo. Then run this again.`,
        },
      ],
    };
  const paths = [`dockerfilePath: ./${folder}/Dockerfile`, `dockerContext: ./${folder}`];
  return {
    splices: [
      ...replacedPair(map, 'repo', paths),
      ...['branch', 'rootDir', 'dockerfilePath', 'dockerContext'].flatMap((key) => withoutPair(map, key)),
    ],
    newFiles: [{ path: `${folder}/Dockerfile`, text: dockerfile(server) }],
    refusals: [],
  };
}

/** A folder that is not there yet: `minio`, else one with the service's name. */
function freeFolder({ name }: FoundService, { paths }: RepositoryFiles): string | undefined {
  const wanted = ['minio', ...(name ? [name.value, `${name.value}-server`] : [])].filter((folder) =>
    /^[\w-]+$/.test(folder),
  );
  return wanted.find((folder) => !paths.some((path) => path.startsWith(`${folder}/`)));
}

function dockerfile({ dataFolders, ports }: FoundServer): string {
  const [port] = ports.server;
  const address = port ? ['--address', `:${port.value}`] : [];
  const command = ['server', dataFolders[0]?.value ?? '/data', ...address, '--console-address', ':9001'];
  return [`FROM ${serverImage}`, `CMD [${command.map((word) => JSON.stringify(word)).join(', ')}]`, ''].join('\n');
}
