import { posix } from 'node:path';
import type { ServiceEntry, Variable } from './blueprint-services.ts';
import { copied, type Dockerfile, lastOf, pairsOf, readDockerfile, runningInstructions } from './dockerfile.ts';
import type { FoundDockerfile, Place, RepositoryFiles } from './found.ts';
import { type Source, sourceOf } from './source.ts';

/** All that says what one service is: its entry in a Blueprint, its Dockerfile, its scripts. */
export interface Materials {
  entry: ServiceEntry | undefined;
  found: FoundDockerfile;
  dockerfiles: Dockerfile[];
  /** Scripts that are copied into the image. */
  scripts: Source[];
  /** Scripts beside the Dockerfile, which somebody may run by hand. */
  scriptsBeside: Source[];
}

/** A variable that an image sets. */
export interface ImageVariable {
  key: string;
  literal: string;
  at: Place;
}

export const isDockerfile = (path: string): boolean =>
  /(?:^|\/)(?:Dockerfile|Containerfile)(?:[.\-_][^/]*)?$|\.(?:Dockerfile|Containerfile)$/i.test(path) &&
  !isForeign(path);

/** Folders of other people's code. */
export const isForeign = (path: string): boolean =>
  /(?:^|\/)(?:node_modules|\.git|vendor|\.venv|venv|site-packages|\.minio-stack)\//.test(path);

export function materialsOf(files: RepositoryFiles, entry: ServiceEntry): Materials {
  const found = dockerfileOf(files, entry);
  const paths = found.kind === 'found' ? [found.file] : found.kind === 'unclear' ? found.files : [];
  return { entry, found, ...readAll(files, paths, entry) };
}

/** A Dockerfile that no Blueprint names. */
export const materialsOfDockerfile = (files: RepositoryFiles, file: string): Materials => ({
  entry: undefined,
  found: { kind: 'found', file },
  ...readAll(files, [file], undefined),
});

function readAll(files: RepositoryFiles, paths: string[], entry: ServiceEntry | undefined) {
  const dockerfiles = paths.map((path) => readDockerfile(path, files.read(path) ?? ''));
  const copies = [...new Set(dockerfiles.flatMap((dockerfile) => copiedScripts(files, dockerfile, entry)))];
  const folders = new Set(paths.map((path) => posix.dirname(path)));
  const beside = files.paths.filter(
    (path) => isScript(path) && folders.has(posix.dirname(path)) && !copies.includes(path),
  );
  const sources = (all: string[]) => all.map((path) => sourceOf(path, files.read(path) ?? ''));
  return { dockerfiles, scripts: sources(copies), scriptsBeside: sources(beside) };
}

const isScript = (path: string) => /\.(?:sh|bash|envsh)$/.test(path);

/** A path from the root without `./`; undefined for a path outside the repository. */
function inRepository(...parts: (string | undefined)[]): string | undefined {
  const path = posix
    .normalize(posix.join(...parts.map((part) => part ?? '')))
    .replace(/^\//, '')
    .replace(/\/$/, '');
  return path === '..' || path.startsWith('../') ? undefined : path;
}

/**
 * The Dockerfile that a service is built from. Render's paths start at the repository's root; people also write them
 * from `rootDir`, from `dockerContext`, or from the Blueprint's own folder.
 */
function dockerfileOf(files: RepositoryFiles, { service, blueprint, image }: ServiceEntry): FoundDockerfile {
  const { dockerfilePath, rootDir, dockerContext, repo, runtime } = service;
  if (image || (runtime && runtime.value !== 'docker')) return { kind: 'none' };
  const isNamed = dockerfilePath ?? rootDir ?? dockerContext;
  if (repo && (!isNamed || isRenderExample(repo.value))) return { kind: 'elsewhere', repo };
  const path = dockerfilePath?.value ?? 'Dockerfile';
  const own = posix.dirname(blueprint);
  const [below, beside] = [
    [rootDir?.value, dockerContext?.value].filter((folder) => folder !== undefined),
    own === '.' ? [] : [own],
  ];
  const folders = dockerfilePath ? ['', ...below, ...beside] : [...below, '', ...beside];
  const fitting = folders
    .map((folder) => inRepository(folder, path))
    .filter((candidate) => candidate !== undefined && files.paths.includes(candidate)) as string[];
  const candidates = [...new Set(fitting)];
  const [file] = candidates;
  if (file === undefined)
    return repo ? { kind: 'elsewhere', repo } : { kind: 'missing', path: inRepository(path) ?? path };
  // Without a path, the service's own folder has it for sure.
  const isSure = candidates.length === 1 || (!dockerfilePath && below.length > 0);
  return isSure ? { kind: 'found', file } : { kind: 'unclear', files: candidates };
}

/** Render's own example of MinIO. */
export const isRenderExample = (repo: string): boolean => /[/:]render-examples\/minio(?:\.git)?\/?$/.test(repo);

function copiedScripts(files: RepositoryFiles, dockerfile: Dockerfile, entry: ServiceEntry | undefined): string[] {
  const context = entry?.service.dockerContext?.value ?? entry?.service.rootDir?.value;
  const folders = [context, posix.dirname(dockerfile.source.file), ''].filter((folder) => folder !== undefined);
  const started = ['ENTRYPOINT', 'CMD'].map((name) => lastOf(dockerfile, name)?.text ?? '').join(' ');
  const isStarted = (path: string) => (started + (entry?.command?.value ?? '')).includes(posix.basename(path));
  return runningInstructions(dockerfile)
    .filter(({ name }) => name === 'COPY' || name === 'ADD')
    .map(copied)
    .filter(({ from }) => !from)
    .flatMap(({ sources }) => sources)
    .flatMap((source) => {
      const taken = folders
        .map((folder) => filesAt(files, inRepository(folder, source)))
        .find((found) => found.length > 0);
      return (taken ?? []).filter((path) => !isForeign(path) && (isScript(path) || isStarted(path)));
    });
}

/** The files of a `COPY`: one file, those that a pattern fits, or a folder's. */
function filesAt({ paths }: RepositoryFiles, source: string | undefined): string[] {
  if (source === undefined) return [];
  if (source === '.') return [...paths];
  if (paths.includes(source)) return [source];
  if (/[*?]/.test(source)) return paths.filter(fitsPattern(source));
  return paths.filter((path) => path.startsWith(`${source}/`));
}

function fitsPattern(pattern: string): (path: string) => boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '[^/]*')
    .replaceAll('?', '[^/]');
  const whole = new RegExp(`^${source}$`);
  return (path) => whole.test(path);
}

/** What the images set with `ENV`, the last one first. */
export const imageVariables = ({ dockerfiles }: Materials): ImageVariable[] =>
  dockerfiles.flatMap((dockerfile) =>
    runningInstructions(dockerfile)
      .filter(({ name }) => name === 'ENV')
      .flatMap(pairsOf)
      .map(([key, { text, start, end }]) => ({ key, literal: text, at: dockerfile.source.place(start, end) }))
      .toReversed(),
  );

/** The service's own variables. */
export const serviceVariables = ({ entry }: Materials): Variable[] => entry?.variables ?? [];
