import { type Answers, answerNames } from '../answers/questions.ts';
import { appUser } from '../answers/rules.ts';

/** One file of the generated repository. */
export interface GeneratedFile {
  contents: string;
  executable: boolean;
}

/** Generated files by path: relative to the repository's root, with forward slashes, sorted. */
export type GeneratedFiles = ReadonlyMap<string, GeneratedFile>;

/** What a template sees. */
export type View = Answers & typeof constants;

/** Templates by their path in the template folder, each as a function that fills it in. */
export type Templates = Readonly<Record<string, (view: View) => string>>;

const constants = { appUser };

/** The names that a template can use. */
export const viewNames: string[] = [...answerNames, ...Object.keys(constants)];

/** Paths that are left out when the answers say so. */
const onlyWhen: Record<string, (answers: Answers) => boolean> = {
  '.github/dependabot.yml': ({ dependabot }) => dependabot,
  '.github/workflows/minio-stack.yml': ({ updateWorkflow }) => updateWorkflow,
};

/** Files that have another name since some version: old path, new path. What the user changed moves with them. */
export const renamedFiles: ReadonlyMap<string, string> = new Map();

/**
 * Generates the whole repository. The template folder mirrors the repository file for file. `_gitignore` stands for
 * `.gitignore`: npm never packs a file of that name, and git would obey the file in this project.
 * @returns the same bytes for the same answers on every system
 */
export function generateFiles(answers: Answers, templates: Templates): GeneratedFiles {
  const view: View = { ...answers, ...constants };
  const files = Object.entries(templates).map(([template, fill]): [string, GeneratedFile] => {
    const path = template.replace(/(^|\/)_git/, '$1.git');
    return [path, { contents: fill(view), executable: path.endsWith('.sh') }];
  });
  return new Map(files.filter(([path]) => onlyWhen[path]?.(answers) ?? true).sort(([a], [b]) => (a < b ? -1 : 1)));
}
