import { serverImage } from '../answers/images.ts';
import { type Choice, type Concern, chosenServer, linesOf } from './choice.ts';
import { concerns } from './concerns.ts';
import type { Found, FoundServer, RepositoryFiles } from './found.ts';
import { isRenderExample } from './materials.ts';
import { isSilo } from './minio-images.ts';
import { commandSplices, isTranslated } from './repair-commands.ts';
import { repairedDockerfile, repairedScript } from './repair-dockerfile.ts';
import { ownDockerfile } from './repair-example.ts';
import { imageBackedCommand, registryCredential } from './repair-image-backed.ts';
import type { Part } from './repair-part.ts';
import { programName } from './shell-words.ts';
import { distinctSplices, literally, replaceAt, type Splice, spliced } from './splices.ts';

/** What a repair changes: the image and the command, and no other byte. */
export interface Repaired {
  kind: 'edits';
  /** `before` is absent for a new file. */
  files: { path: string; before?: string; text: string }[];
  edits: Splice[];
  warnings: Concern[];
}

/** Why nothing can be repaired. */
export interface RepairRefused {
  kind: 'refused';
  refusals: Concern[];
}

/**
 * Brings a server back to life with the least that does it: the pinned image, and its program's name. Comments, anchors,
 * quotes and line ends stay to the byte. A second repair changes nothing.
 */
export function repair(found: Found, files: RepositoryFiles, choice: Choice): Repaired | RepairRefused {
  const { refusals: concerned } = concerns(found, { ...choice, intent: 'repair' });
  const server = chosenServer(found, choice);
  if (!server || concerned.length > 0)
    return { kind: 'refused', refusals: concerned.length > 0 ? concerned : [noServer] };
  const parts = [...blueprintParts(server, files), ...imageParts(server, files)];
  const refusals = parts.flatMap((part) => part.refusals);
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const edits = distinctSplices(parts.flatMap(({ splices }) => splices));
  const changed = [...Map.groupBy(edits, ({ at }) => at.file)].map(([path, splices]) => {
    const before = files.read(path) ?? '';
    return { path, before, text: spliced(before, splices) };
  });
  const isDead =
    server.images.some((image) => !isSilo(image)) ||
    server.reasons.some(({ value }) => value === 'package' || value === 'download');
  if (edits.length === 0 && isDead) return { kind: 'refused', refusals: [nothingFits(server)] };
  const created = parts.flatMap(({ newFiles }) => newFiles ?? []);
  const warnings = parts.flatMap((part) => part.warnings ?? []);
  return { kind: 'edits', files: [...changed, ...created], edits, warnings };
}

const noServer: Concern = {
  code: 'no-server',
  what: 'No service here runs MinIO.',
  where: [],
  todo: 'There is nothing to repair.',
};

const nothingFits = ({ reasons, images }: FoundServer): Concern => ({
  code: 'no-repair',
  what: 'No image and no command was found that could be replaced.',
  where: linesOf([...images, ...reasons].map(({ at }) => at)),
  todo: `Use the image ${serverImage} and start "silo server" there.`,
});

function blueprintParts(server: FoundServer, files: RepositoryFiles): Part[] {
  const { service, commands, images } = server;
  if (service.kind !== 'blueprint') return [];
  const text = files.read(service.at.file) ?? '';
  const own = images.filter(({ in: where, role }) => where === 'image.url' && role === 'server');
  return [
    ...own
      .filter((image) => !isSilo(image))
      .map(({ reference, at }) => edited(replaceAt(text, at, literally(reference), serverImage), 'image', at)),
    ...commands
      .filter((command) => command.in === 'dockerCommand' && runsPinned(server) && !isTranslated(text, command))
      .map((command): Part => {
        const splices = commandSplices(text, command);
        const isOld = programName(command.program?.value ?? '') === 'minio';
        return isOld ? edited(splices, 'command', command.at) : { splices, refusals: [] };
      }),
    ...(own.length > 0 ? [imageBackedCommand(server, service, text), registryCredential(service, text)] : []),
    ...(service.repo && isRenderExample(service.repo.value) ? [ownDockerfile(server, service, files)] : []),
  ];
}

/** Whether the service runs in the pinned image afterwards. A server that is copied into another image keeps its name there. */
const runsPinned = ({ images, service }: FoundServer): boolean =>
  images.some(({ role, in: where }) => role === 'server' && (where === 'image.url' || where === 'FROM')) ||
  (service.kind === 'blueprint' && service.repo !== undefined && isRenderExample(service.repo.value));

/** Splices, or a refusal where the text hides what they would replace. */
function edited(splices: Splice[], what: 'image' | 'command', at: Splice['at']): Part {
  if (splices.length > 0) return { splices, refusals: [] };
  const todo = what === 'image' ? `Write ${serverImage} there` : 'Write "silo server" instead of "minio server" there';
  return {
    splices,
    refusals: [
      {
        code: 'hidden',
        what: `The ${what} is written in a way that can't be edited without changing more.`,
        where: linesOf([at]),
        todo: `${todo}, and run this again.`,
      },
    ],
  };
}

function imageParts(server: FoundServer, files: RepositoryFiles): Part[] {
  const { dockerfile, scripts } = server;
  if (dockerfile.kind === 'found') {
    const text = files.read(dockerfile.file) ?? '';
    const own = repairedDockerfile(dockerfile.file, text, server);
    return [own, ...(runsPinned(server) ? scripts : []).map((file) => repairedScript(file, files.read(file) ?? ''))];
  }
  if (dockerfile.kind === 'unclear')
    return [
      refused('dockerfile-unclear', `Several Dockerfiles fit: ${dockerfile.files.join(', ')}.`, server, {
        todo: 'Write dockerfilePath as a path from the root of the repository, and run this again.',
      }),
    ];
  if (dockerfile.kind === 'missing')
    return [
      refused('dockerfile-missing', `${dockerfile.path} is not in this repository.`, server, {
        todo: 'Write dockerfilePath as a path from the root of the repository, and run this again.',
      }),
    ];
  if (dockerfile.kind === 'elsewhere' && !isRenderExample(dockerfile.repo.value))
    return [
      refused(
        'other-repository',
        `The service is built from another repository, ${withoutUser(dockerfile.repo.value)}.`,
        server,
        {
          at: dockerfile.repo.at,
          todo: 'Run this in that repository.',
        },
      ),
    ];
  return [];
}

/** A repository's address can have a token in it. */
const withoutUser = (url: string) => url.replace(/\/\/[^@/]*@/, '//');

function refused(
  code: string,
  what: string,
  { service }: FoundServer,
  hint: { at?: Splice['at']; todo: string },
): Part {
  const at = hint.at ?? (service.kind === 'blueprint' ? (service.dockerfilePath?.at ?? service.at) : undefined);
  return { splices: [], refusals: [{ code, what, where: linesOf([at]), todo: hint.todo }] };
}
