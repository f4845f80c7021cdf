import type { AnswerName } from '../answers/questions.ts';
import { answersToStore, type Given, isLegal, pick } from '../answers/resolve-answers.ts';
import { plain } from '../merge/text-style.ts';
import { type DiskFile, readFiles } from '../repository/files.ts';
import type { FileWithAnswers } from '../templates/answers-in-files.ts';
import { keptAs } from './base.ts';
import type { Repository, Update } from './update.ts';

const files: FileWithAnswers[] = ['render.yaml', 'minio/Dockerfile', 'console/Dockerfile'];

/**
 * Stored answers that somebody has changed in a generated file since the last run. Render deploys the file, so the file is
 * right and the answer follows. An answer that was changed in `.yo-rc.json` as well is left out: both sides have changed
 * the same place, and the merge says so.
 * @returns the values as the files have them; a value that breaks its rule is left out
 */
export async function editedAnswers({ folder, state, lastAnswers }: Repository): Promise<Given> {
  const disk = readFiles(folder, files);
  const kept = readFiles(folder, files.map(keptAs));
  const [mine, base] = [texts((path) => disk.get(path)), texts((path) => kept.get(keptAs(path)))];
  const edited = files.filter((path) => mine.has(path) && base.has(path) && mine.get(path) !== base.get(path));
  if (edited.length === 0) return {};
  const { answersInFiles } = await import('../templates/answers-in-files.ts');
  const only = (all: Map<FileWithAnswers, string>) => new Map([...all].filter(([path]) => edited.includes(path)));
  const [now, before] = [answersInFiles(only(mine), lastAnswers), answersInFiles(only(base), lastAnswers)];
  const differs = (a: Given, b: Given, name: AnswerName) => String(a[name] ?? '') !== String(b[name] ?? '');
  return pick(
    now,
    (name) =>
      name in state.answers &&
      !differs(state.answers, lastAnswers, name) &&
      differs(now, before, name) &&
      isLegal(name, now[name]),
  );
}

/**
 * Answers that would be stored although the files, as the plan leaves them, say something else: a place that was settled
 * in favour of the user's file, or a value that breaks its rule.
 * @returns the values as the files have them
 */
export async function contradictedAnswers({ repository, answers, generated, plan, seen }: Update): Promise<Given> {
  const after = texts((path) => {
    const planned = plan.find((file) => file.path === path);
    if (planned?.kind === 'write')
      return typeof planned.contents === 'string' ? { kind: 'text', text: planned.contents } : undefined;
    return planned?.kind === 'leave' ? seen.get(path) : undefined;
  });
  const edited = [...after].filter(([path, text]) => text !== generated.get(path)?.contents);
  if (edited.length === 0) return {};
  const { answersInFiles } = await import('../templates/answers-in-files.ts');
  const stored = answersToStore(answers, repository.folder);
  const found = answersInFiles(new Map(edited), answers);
  return pick(found, (name) => name in stored && String(stored[name] ?? '') !== String(found[name]));
}

/** The text files among the files with answers, without their style. */
function texts(read: (path: FileWithAnswers) => DiskFile | undefined): Map<FileWithAnswers, string> {
  return new Map(
    files.flatMap((path): [FileWithAnswers, string][] => {
      const file = read(path);
      return file?.kind === 'text' ? [[path, plain(file.text)]] : [];
    }),
  );
}
