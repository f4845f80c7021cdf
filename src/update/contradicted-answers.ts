import { answersToStore, type Given, pick } from '../answers/resolve-answers.ts';
import { plain } from '../merge/text-style.ts';
import { contentsOf } from '../repository/files.ts';
import type { FileWithAnswers } from '../templates/answers-in-files.ts';
import { placeOf } from './layout.ts';
import type { Update } from './update.ts';

const files: FileWithAnswers[] = ['render.yaml', 'minio/Dockerfile', 'console/Dockerfile'];

/**
 * Answers that would be stored although the files, as the plan leaves them, say something else: somebody has changed the
 * value there, or a conflict was settled in favour of the user's file.
 * @returns the values as the files have them
 */
export async function contradictedAnswers({
  repository,
  answers,
  images,
  generated,
  plan,
  seen,
}: Update): Promise<Given> {
  const after = (usual: FileWithAnswers) => {
    const path = placeOf(repository.state.layout, usual);
    if (path === undefined) return undefined;
    const planned = plan.find((file) => file.path === path);
    const left = planned?.kind === 'leave' ? seen.get(path) : undefined;
    const contents = planned?.kind === 'write' ? planned.contents : left && contentsOf(left);
    return typeof contents === 'string' ? plain(contents) : undefined;
  };
  const edited = files.flatMap((path): [FileWithAnswers, string][] => {
    const text = after(path);
    return text === undefined || text === generated.get(placeOf(repository.state.layout, path) ?? path)?.contents
      ? []
      : [[path, text]];
  });
  if (edited.length === 0) return {};
  const { answersInFiles } = await import('../templates/answers-in-files.ts');
  const { unsaid } = repository.state.layout;
  const stored = answersToStore(answers, repository.folder, images.pins);
  const found = answersInFiles(new Map(edited), answers);
  return pick(
    found,
    (name) => name in stored && !unsaid.includes(name) && String(stored[name] ?? '') !== String(found[name]),
  );
}
