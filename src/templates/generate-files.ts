import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import ejs from 'ejs';
import { type Answers, appUser } from '../answers/questions.ts';

/** One file of the rendered repository. */
export interface RenderedFile {
  contents: string;
  executable: boolean;
}

/** Rendered files by path: relative to the repository's root, with forward slashes, sorted. */
export type Rendering = Map<string, RenderedFile>;

/** Paths that are left out when the answers say so. */
const onlyWhen: Record<string, (answers: Answers) => boolean> = {
  '.github/dependabot.yml': ({ dependabot }) => dependabot,
  '.github/workflows/minio-stack.yml': ({ updateWorkflow }) => updateWorkflow,
};

/** Files that have another name since some version: old path, new path. What the user changed moves with them. */
export const renamedFiles: ReadonlyMap<string, string> = new Map();

/**
 * Renders the whole repository. The template folder mirrors it file for file; `_gitignore` stands for `.gitignore`,
 * because npm never packs that name and git would obey it here.
 * @param templates the template folder's path
 * @returns the same bytes for the same answers on every system
 */
export function render(answers: Answers, templates: string): Rendering {
  const view = { ...answers, ...derived(answers) };
  const paths = readdirSync(templates, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(templates.length + 1));
  const files = paths.map((template): [string, RenderedFile] => {
    const path = template
      .split(sep)
      .join('/')
      .replace(/(^|\/)_git/, '$1.git');
    const source = readFileSync(join(templates, template), 'utf8').replaceAll('\r\n', '\n');
    return [path, { contents: ejs.render(source, view, { filename: template }), executable: path.endsWith('.sh') }];
  });
  return new Map(files.filter(([path]) => onlyWhen[path]?.(answers) ?? true).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What templates need beyond the answers: computed here and named, so that a template holds no logic. */
function derived(_answers: Answers) {
  return { appUser };
}
