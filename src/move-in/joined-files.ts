import { mergeFile } from '../merge/merge-file.ts';
import { plain } from '../merge/text-style.ts';
import { readYaml } from '../merge/yaml.ts';
import type { RepositoryFiles } from './found.ts';

/** Where our files go in a repository of somebody else. */
export interface Places {
  /** A generated file's path here, by its usual path; null: it is not written. Files at their usual path are not listed. */
  places: Record<string, string | null>;
  /** Files that are left as they are, and what a person may add to them: the usual path, the file, our lines. */
  leftAlone: LeftAlone[];
}

export interface LeftAlone {
  path: string;
  /** Lines of ours that the file lacks. */
  lines: string;
}

/** Docker Compose reads the first of these that is there. */
const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
/** Files of ours that a repository has for itself. */
const shared = ['.env.example', '.gitattributes', '.gitignore', '.github/workflows/minio-stack.yml', 'renovate.json'];

/**
 * Decides where our files go: what is there is never overwritten.
 * @param files the repository
 * @param generated the texts of our files by their usual paths
 * @param isJoined whether a file becomes the union of both where there is one; else it is left as it is
 */
export function placesFor(files: RepositoryFiles, generated: ReadonlyMap<string, string>, isJoined: boolean): Places {
  const result: Places = { places: {}, leftAlone: [] };
  placeDocuments(files, generated, result);
  const compose = composeFiles.find((path) => files.paths.includes(path));
  const ours = generated.get('compose.yaml');
  if (compose !== undefined && ours !== undefined) {
    if (isJoined && isUnion('compose.yaml', files.read(compose), ours)) result.places['compose.yaml'] = compose;
    else leave(result, 'compose.yaml', compose, isJoined ? ours : '');
  }
  for (const path of shared) {
    const text = generated.get(path);
    if (text === undefined || !files.paths.includes(path) || files.read(path) === text) continue;
    if (!isJoined || !isUnion(path, files.read(path), text))
      leave(result, path, path, missingLines(files.read(path), text));
  }
  // It is of no use without ours: the secrets are those of the local run.
  if (result.places['compose.yaml'] === null && !files.paths.includes('.env.example'))
    result.places['.env.example'] = null;
  for (const [usual, place] of Object.entries(result.places)) if (usual === place) delete result.places[usual];
  return result;
}

/** A README that is there is the project's: ours goes to the server's folder, with the page to which it has links. */
function placeDocuments({ paths }: RepositoryFiles, generated: ReadonlyMap<string, string>, { places }: Places): void {
  const isThere = (path: string) => paths.some((other) => other.toLowerCase() === path.toLowerCase());
  const documents = ['README.md', 'docs/operations.md'].filter((path) => generated.has(path));
  if (!documents.some(isThere)) return;
  for (const path of documents) places[path] = isThere(`minio/${path}`) ? null : `minio/${path}`;
}

function leave({ places, leftAlone }: Places, usual: string, path: string, lines: string): void {
  places[usual] = null;
  if (lines.trim() !== '') leftAlone.push({ path, lines });
}

/** Whether a merge without a base settles the file, and only adds lines. */
function isUnion(path: string, mine: string | undefined, theirs: string): boolean {
  if (mine === undefined || !/^(?:\.git\w+|compose\.yaml)$/.test(path)) return false;
  const before = plain(mine);
  if (path === 'compose.yaml' && sharesPort(before, theirs)) return false;
  const context = { labels: { mine: '', theirs: '' }, newName: (name: string) => name };
  const { conflicts, text } = mergeFile(path, { base: undefined, mine: before, theirs }, context);
  return conflicts === 0 && hasLinesInOrder(text, before);
}

/** Whether two Compose files publish the same port of this machine, or have a service or a volume of the same name. */
function sharesPort(one: string, other: string): boolean {
  const [mine, ours] = [publishedBy(one), publishedBy(other)];
  return mine.some((name) => ours.includes(name));
}

function publishedBy(text: string): string[] {
  const { services, volumes } = Object(readYaml(text, { merge: true }).value);
  const ports = Object.values(Object(services)).flatMap((service) => {
    const list: unknown[] = Array.isArray(Object(service).ports) ? Object(service).ports : [];
    return list.map((port) => {
      const published = String(Object(port).published ?? port);
      return `port ${/(\d+)(?::\d+)?(?:\/\w+)?$/.exec(published)?.[1] ?? published}`;
    });
  });
  const names = (of: unknown, kind: string) => Object.keys(Object(of)).map((name) => `${kind} ${name}`);
  return [...ports, ...names(services, 'service'), ...names(volumes, 'volume')];
}

/** Whether a text has all lines of another one, in their order. */
export function hasLinesInOrder(text: string, others: string): boolean {
  const lines = text.split('\n');
  let at = 0;
  return others.split('\n').every((line) => {
    const found = lines.indexOf(line, at);
    at = found + 1;
    return found !== -1;
  });
}

function missingLines(mine: string | undefined, theirs: string): string {
  const known = new Set(
    plain(mine ?? '')
      .split('\n')
      .map((line) => line.trim()),
  );
  return theirs
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !known.has(line.trim()))
    .map((line) => `${line}\n`)
    .join('');
}
