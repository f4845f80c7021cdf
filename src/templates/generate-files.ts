import { type AnswerName, type Answers, answerNames, type ImageName } from '../answers/questions.ts';
import { appUser } from '../answers/rules.ts';

/** One file of the generated repository. */
export interface GeneratedFile {
  contents: string;
  executable: boolean;
}

/** Generated files by path: relative to the repository's root, with forward slashes, sorted. */
export type GeneratedFiles = ReadonlyMap<string, GeneratedFile>;

/** What a template sees: the answers, and what follows from where the repository is. */
export interface View extends Answers {
  appUser: string;
  /** The folder's path from the root of its Git repository, with a slash at its end; empty at the root. */
  prefix: string;
  /** The folder of the README and of `docs`, with a slash at its end; empty at the root. */
  documents: string;
  /** What the repository tells of these answers; where it leaves one to Render, the words for that. */
  rootUserOnRender: string;
  serverPlanOnRender: string;
  /** The disk's size in GB; undefined where only Render knows it. */
  knownDiskSize: number | undefined;
}

/** What a repository that was there before has otherwise: see `update/layout.ts`. */
interface Otherwise {
  places: Readonly<Record<string, string | null>>;
  unsaid: readonly AnswerName[];
}

/** Templates by their path in the template folder, each as a function that fills it in. */
export type Templates = Readonly<Record<string, (view: View) => string>>;

/** The names that a template can use. */
export const viewNames: (keyof View)[] = [
  ...answerNames,
  'appUser',
  'prefix',
  'documents',
  'rootUserOnRender',
  'serverPlanOnRender',
  'knownDiskSize',
];

/** The workflow that runs this generator every week. */
export const workflowFile = '.github/workflows/minio-stack.yml';

/** Paths that are left out when the answers say so. */
const onlyWhen: Record<string, (view: View) => boolean> = {
  [workflowFile]: ({ updates }) => updates === 'workflow',
  'renovate.json': ({ updates }) => updates === 'renovate',
};

/** The file in which an image is pinned. */
export const dockerfileOf = {
  serverImage: 'minio/Dockerfile',
  consoleImage: 'console/Dockerfile',
} as const satisfies Record<ImageName, string>;

/** Files that have another name since some version: old path, new path. What the user changed moves with them. */
export const renamedFiles: ReadonlyMap<string, string> = new Map();

/**
 * Generates the whole repository. The template folder mirrors the repository file for file. `_gitignore` stands for
 * `.gitignore`: npm never packs a file of that name, and git would obey the file in this project.
 * @param prefix the folder's path from the root of its Git repository, with a slash at its end; empty at the root. Render
 *   reads paths in a Blueprint from the root.
 * @returns the same bytes for the same answers on every system
 */
export function generateFiles(
  answers: Answers,
  templates: Templates,
  prefix = '',
  { places, unsaid }: Otherwise = { places: {}, unsaid: [] },
): GeneratedFiles {
  const isRoot = prefix === '';
  const view: View = {
    ...answers,
    // GitHub reads `.github` at the root of a repository only, and Renovate its configuration.
    updates: isRoot ? answers.updates : 'none',
    appUser,
    prefix,
    documents: places['README.md']?.replace(/README\.md$/, '') ?? '',
    rootUserOnRender: unsaid.includes('rootUser') ? 'MINIO_ROOT_USER' : answers.rootUser,
    serverPlanOnRender: unsaid.includes('serverPlan') ? 'the plan in the Dashboard' : answers.serverPlan,
    knownDiskSize: unsaid.includes('diskSize') ? undefined : answers.diskSize,
  };
  const files = Object.entries(templates).map(([template, fill]): [string, GeneratedFile] => {
    const path = template.replace(/(^|\/)_git/, '$1.git');
    return [path, { contents: fill(view), executable: path.endsWith('.sh') }];
  });
  return new Map(files.filter(([path]) => onlyWhen[path]?.(view) ?? true).sort(([a], [b]) => (a < b ? -1 : 1)));
}
