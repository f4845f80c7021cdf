import type { AnswerName, Answers } from '../answers/questions.ts';
import type { Given } from '../answers/resolve-answers.ts';
import { exitCodes, StackError } from '../errors.ts';
import { blueprintProblems, servicesIn } from '../merge/blueprint.ts';
import { mergeFile } from '../merge/merge-file.ts';
import { plain } from '../merge/text-style.ts';
import { readYaml } from '../merge/yaml.ts';
import { withOurServices } from '../move-in/add-services.ts';
import { forbiddenChanges } from '../move-in/changes.ts';
import { namedLines } from '../move-in/choice.ts';
import { isElsewhereSame, withLineEndsOf } from '../move-in/foreign-text.ts';
import { type LeftAlone, placesFor } from '../move-in/joined-files.ts';
import { look } from '../move-in/look.ts';
import { blueprintSides } from '../move-in/stack.ts';
import { dockerfileOf, type GeneratedFiles } from '../templates/generate-files.ts';
import type { Layout } from './layout.ts';
import type { Adding, Stacking } from './moving-in.ts';
import type { PlannedFile } from './plan.ts';

/** What a plan needs to know of a repository into which this generator moves, beside what it would know of its own. */
export interface MoveInPlan {
  /** Versions of files that were never generated, and that ours replace: they stand for a base. */
  base: Map<string, string>;
  /** What happens to the Blueprint. */
  blueprint: PlannedFile;
}

/** Where our files go, and which answers stay unsaid. */
export function layoutOf(
  moving: Stacking | Adding,
  generated: GeneratedFiles,
  flags: Given,
): { layout: Layout; leftAlone: LeftAlone[] } {
  const texts = new Map([...generated].map(([path, { contents }]) => [path, contents]));
  const { places, leftAlone } = placesFor(moving.files, texts, moving.kind === 'add');
  const unsaid = moving.kind === 'stack' ? moving.known.unsaid.filter((name) => !(name in flags)) : [];
  const blueprint = moving.blueprint === 'render.yaml' ? {} : { 'render.yaml': moving.blueprint };
  return { layout: { places: { ...places, ...blueprint }, unsaid }, leftAlone };
}

/**
 * What happens to the files that are there.
 * @param generated our files by their paths in the repository
 */
export function planMoveIn(
  moving: Stacking | Adding,
  generated: GeneratedFiles,
  answers: Answers,
  flags: Given,
): MoveInPlan {
  const contents = generated.get(moving.blueprint)?.contents ?? '';
  refuseTakenNames(moving, answers);
  return moving.kind === 'add'
    ? { base: new Map(), blueprint: addedTo(moving, contents) }
    : { base: replacedFiles(moving, generated), blueprint: stackIn(moving, generated, answers, flags) };
}

/** Names that another service, a database or a group has already. */
function refuseTakenNames(moving: Stacking | Adding, { serverName, consoleName }: Answers): void {
  const taken = moving.found.blueprints.flatMap((each) => (each.kind === 'valid' ? each.names : []));
  const ours =
    moving.kind === 'add'
      ? { 'server-name': serverName, 'console-name': consoleName }
      : moving.known.console
        ? {}
        : { 'console-name': consoleName };
  const problems = Object.entries(ours).flatMap(([flag, name]) => {
    const other = taken.find(({ value }) => value === name);
    if (!other) return [];
    const what = other.of === 'group' ? 'group of variables' : other.of;
    return [
      `--${flag} ${JSON.stringify(name)} is taken: ${namedLines([other.at])} has a ${what} of that name; give another name`,
    ];
  });
  problems.push(...takenDockerfiles(moving, [serverName, consoleName]));
  if (problems.length > 0) throw new StackError(problems.join('\n'));
}

/** Another service is built from a Dockerfile at the place of ours: ours would change that service. */
function takenDockerfiles({ files, blueprint }: Stacking | Adding, ours: string[]): string[] {
  return servicesIn(files.read(blueprint) ?? '').flatMap(({ name, dockerfilePath }) => {
    const path = String(dockerfilePath ?? '').replace(/^\.\//, '');
    const isTaken = ours.every((each) => each !== name) && Object.values<string>(dockerfileOf).includes(path);
    return isTaken
      ? [`${path} belongs to the service ${name} in ${blueprint}, and ours has the same path; move yours first`]
      : [];
  });
}

function addedTo({ files, blueprint: path }: Adding, generated: string): PlannedFile {
  // Where letter case does not count, another spelling is the same file.
  const onDisk = files.paths.find((each) => each.toLowerCase() === path.toLowerCase());
  const before = files.read(onDisk ?? path);
  if (before === undefined) return written(path, 'create', 'new', generated);
  const after = withOurServices(before, generated);
  const problems = problemsOf(after).filter((problem) => !problemsOf(before).includes(problem));
  if (problems.length > 0)
    throw new StackError(
      `Nothing was written: our services can't be added to ${path}.\n${problems.join('\n')}`,
      exitCodes.conflict,
    );
  return written(path, 'merge', 'two more services; every other byte stays', after);
}

/** The parser's messages repeat lines of the file, with whatever stands there. */
function problemsOf(text: string): string[] {
  return readYaml(text).problems.length > 0 ? ['it would be no valid YAML'] : blueprintProblems(text);
}

/** Where answers stand in the server's service: keys and variables. */
const placesInService = {
  diskSize: 'sizeGB',
  serverPlan: 'plan',
  region: 'region',
  bucket: 'MINIO_BUCKET',
  consolePort: 'MINIO_CONSOLE_PORT',
  rootUser: 'MINIO_ROOT_USER',
  rootPassword: 'MINIO_ROOT_PASSWORD',
  dataPath: 'MINIO_DATA_DIR',
} satisfies { [Name in AnswerName]?: string };

function stackIn(
  { text, files, server, known, blueprint: path, isNew }: Stacking,
  generated: GeneratedFiles,
  answers: Answers,
  flags: Given,
): PlannedFile {
  const names = { server: answers.serverName, console: answers.consoleName };
  const given = Object.entries(placesInService).flatMap(([name, key]) => (name in flags ? key : []));
  const sides = blueprintSides(text, generated.get(path)?.contents ?? '', server, { ...known, names }, given);
  const labels = { mine: 'your file', theirs: 'the stack' };
  const merged = mergeFile('render.yaml', sides, { labels, newName: (name) => name });
  const after = withLineEndsOf(text, merged.text);
  if (merged.conflicts > 0 || !isElsewhereSame(text, after, Object.values(names)))
    throw new StackError(
      `Nothing was written: the stack does not fit into ${path} without a change of other services.\nWrite its services as a plain list (no { } around a service of MinIO, no anchor that it shares), and run this again; or take --move-in repair.`,
      exitCodes.conflict,
    );
  const overlaid = new Map([...generated, [path, { contents: after, executable: false }] as const]);
  const forbidden = forbiddenChanges(server.service, serviceAfter(files, overlaid, path, answers.serverName));
  const isGiven = (code: string) => code === 'unknown-disk-size' && 'diskSize' in flags;
  const problems = forbidden.filter(({ code }) => !isGiven(code));
  if (problems.length > 0)
    throw new StackError(
      ['Nothing was written.', ...problems.map(({ what, todo }) => `${what} ${todo}`)].join('\n'),
      exitCodes.conflict,
    );
  return isNew
    ? written(path, 'create', 'new', after)
    : written(path, 'merge', 'the stack, inside the service that is there', after);
}

/** The service as it would be found afterwards. */
function serviceAfter(
  files: Stacking['files'],
  changed: ReadonlyMap<string, { contents: string }>,
  blueprint: string,
  name: string,
) {
  const after = {
    paths: [...new Set([...files.paths, ...changed.keys()])],
    read: (path: string) => changed.get(path)?.contents ?? files.read(path),
  };
  return look(after, blueprint).servers.flatMap(({ service }) =>
    service.kind === 'blueprint' && service.name?.value === name ? service : [],
  )[0];
}

/** The old server's files, and the old console's, at the places of ours. */
function replacedFiles({ server, known, files, blueprint }: Stacking, generated: GeneratedFiles): Map<string, string> {
  const dockerfiles = [server.dockerfile, known.console?.dockerfile].flatMap((each) =>
    each?.kind === 'found' ? each.file : [],
  );
  const folders = ['minio', 'console'].filter((folder) => dockerfiles.includes(`${folder}/Dockerfile`));
  return new Map(
    [...generated.keys()]
      .filter((path) => path !== blueprint && folders.some((folder) => path.startsWith(`${folder}/`)))
      .flatMap((path) => {
        const text = files.read(path);
        return text === undefined ? [] : [[path, plain(text)]];
      }),
  );
}

const written = (path: string, action: 'create' | 'merge', reason: string, contents: string): PlannedFile => ({
  kind: 'write',
  path,
  action,
  reason,
  contents,
  executable: false,
});
