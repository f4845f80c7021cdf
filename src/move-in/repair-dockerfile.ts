import { serverImage } from '../answers/images.ts';
import { type Concern, linesOf } from './choice.ts';
import {
  commandsOf,
  copied,
  type Dockerfile,
  type Instruction,
  lastOf,
  readDockerfile,
  runningInstructions,
  stageNamed,
} from './dockerfile.ts';
import type { FoundServer, ImageMention, Place } from './found.ts';
import { imagesInDockerfile } from './images.ts';
import { isSilo, minioImage } from './minio-images.ts';
import { imageEntrypoint, programSplices } from './repair-commands.ts';
import { execWords, programName, shellCommands, shellWords, type Word } from './shell-words.ts';
import { placeAt, type Splice } from './splices.ts';

/** What a Dockerfile, or a script of it, becomes; and what stands in the way. */
export interface FileRepair {
  splices: Splice[];
  refusals: Concern[];
}

/** The pinned image in place of MinIO's, and its program in place of `minio` where the image's entrypoint does not translate. */
export function repairedDockerfile(file: string, text: string, server: FoundServer): FileRepair {
  const dockerfile = readDockerfile(file, text);
  const images = imagesInDockerfile(dockerfile).filter(({ role }) => role !== 'console');
  const runsOurs = images.some(({ role, in: where }) => role === 'server' && where === 'FROM');
  return {
    splices: [
      ...images.filter((image) => !isSilo(image)).map(({ at }) => ({ at, to: serverImage })),
      ...dockerfile.stages
        .flatMap(({ instructions }) => instructions)
        .filter(({ name }) => name === 'COPY' || name === 'ADD')
        .flatMap((instruction) => copiedProgram(dockerfile, instruction, text)),
      ...(runsOurs ? programsOf(dockerfile, text) : []),
      ...(runsOurs ? bitnamiCommand(dockerfile, images, text) : []),
    ],
    refusals: refusals(dockerfile, server, runsOurs),
  };
}

/** A script of the image. It starts the server by its name, which is another one in the pinned image. */
export const repairedScript = (file: string, text: string): FileRepair => ({
  splices: shellCommands(text).flatMap((command) => programSplices(file, text, command)),
  refusals: [],
});

/** Where Dockerfiles copy MinIO's programs from. In the pinned image they are in /usr/bin, and the server is `silo`. */
function copiedProgram(dockerfile: Dockerfile, instruction: Instruction, text: string): Splice[] {
  const { from } = copied(instruction);
  const image =
    from && (minioImage(from.text) ?? minioImage(stageNamed(dockerfile.stages, from.text)?.image.text ?? ''));
  const isOurs = image && image.role !== 'console';
  const words = wordsOf(instruction);
  const target = words.at(-1);
  if (!isOurs || !target) return [];
  const { file } = dockerfile.source;
  return words.slice(0, -1).flatMap((word): Splice[] => {
    const at = placeAt(text, file, ...inner(text, word));
    const program = programName(word.text);
    if (program === 'mc' && !/^\/(?:usr\/)?bin\/mc$/.test(word.text)) return [{ at, to: '/usr/bin/mc' }];
    if (program !== 'minio') return [];
    // Copied into a folder, it would be called silo there.
    const isFolder = /\/$|\/s?bin$/.test(target.text);
    const end = inner(text, target)[1];
    const named = { at: placeAt(text, file, end, end), to: target.text.endsWith('/') ? 'minio' : '/minio' };
    return [{ at, to: '/usr/bin/silo' }, ...(isFolder ? [named] : [])];
  });
}

const wordsOf = ({ text, start }: Instruction): Word[] =>
  execWords(
    text.replace(/^(?:--\S+\s+)*/, (flags) => ' '.repeat(flags.length)),
    start,
  ) ?? shellWords(text, start).filter((word) => !word.text.startsWith('--'));

/** A word's offsets without its quotes. */
function inner(text: string, { start, end }: Word): [start: number, end: number] {
  const isQuoted = /^(["']).*\1$/s.test(text.slice(start, end));
  return isQuoted ? [start + 1, end - 1] : [start, end];
}

function programsOf(dockerfile: Dockerfile, text: string): Splice[] {
  const entrypoint = lastOf(dockerfile, 'ENTRYPOINT');
  const cmd = lastOf(dockerfile, 'CMD');
  return runningInstructions(dockerfile)
    .filter(
      (instruction) =>
        instruction === entrypoint ||
        (instruction === cmd && !isTranslated(entrypoint, cmd)) ||
        instruction.name === 'RUN' ||
        instruction.heredoc !== undefined,
    )
    .flatMap(commandsOf)
    .flatMap((command) => programSplices(dockerfile.source.file, text, command));
}

/** Whether the image's entrypoint gets a command, and knows its first word: `minio`, but no path to it. */
function isTranslated(entrypoint: Instruction | undefined, cmd: Instruction): boolean {
  const [first] = execWords(cmd.text) ?? [];
  const [own] = entrypoint ? (execWords(entrypoint.text) ?? [{ text: 'sh' }]) : [];
  return first?.text === 'minio' && (own === undefined || programName(own.text) === imageEntrypoint);
}

/** Bitnami's image starts the server without being told. Ours has to be told, and where the data is. */
function bitnamiCommand(dockerfile: Dockerfile, images: ImageMention[], text: string): Splice[] {
  const isBitnami = images.some(({ vendor, in: where }) => vendor === 'bitnami' && where === 'FROM');
  if (!isBitnami || lastOf(dockerfile, 'CMD') || lastOf(dockerfile, 'ENTRYPOINT')) return [];
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `CMD ["server", "/bitnami/minio/data", "--console-address", ":9001"]${lineBreak}`;
  const at = placeAt(text, dockerfile.source.file, text.length, text.length);
  return [{ at, to: text.endsWith('\n') ? line : lineBreak + line }];
}

function refusals(dockerfile: Dockerfile, { obstacles, reasons }: FoundServer, runsOurs: boolean): Concern[] {
  const { file } = dockerfile.source;
  const pin = `Write FROM ${serverImage} as the last FROM, delete this command, and start "silo" instead of "minio". Then run this again. Or choose the whole stack, which brings a Dockerfile of its own.`;
  const todo = runsOurs
    ? 'Delete this command if it only installs mc or curl, which the image has. Then run this again.'
    : pin;
  const fails = (what: string, at: Place, hint = todo): Concern => ({
    code: 'build-fails',
    what,
    where: linesOf([at]),
    todo: hint,
  });
  const managers = obstacles.filter(
    ({ at, value }, index) =>
      at.file === file &&
      runsOurs &&
      value !== 'dl.min.io' &&
      index === obstacles.findIndex((other) => other.at.line === at.line && other.value === value),
  );
  const installs = reasons.filter(({ value, at }) => value === 'package' && at.file === file && !runsOurs);
  return [
    ...managers.map(({ value, at }) =>
      fails(`The build uses ${value}, which the new image does not have: it has no package manager.`, at),
    ),
    ...downloads(dockerfile).map((at) => fails('The build downloads from dl.min.io, which is gone.', at)),
    ...installs.map(({ at }) =>
      fails("The image gets MinIO from its system's packages, so it has no MinIO image to replace.", at, pin),
    ),
  ];
}

/** Where any stage loads something from dl.min.io, a line for each instruction. */
const downloads = ({ source, stages }: Dockerfile): Place[] =>
  stages
    .flatMap(({ instructions }) => instructions)
    .filter(({ name }) => name === 'RUN' || name === 'ADD')
    .flatMap(({ text, start, heredoc }) =>
      [{ text, start }, ...(heredoc ? [heredoc] : [])].flatMap((part) => {
        const at = part.text.search(/\bdl\.min\.io\b/);
        return at === -1 ? [] : [source.place(part.start + at, part.start + at)];
      }),
    );
