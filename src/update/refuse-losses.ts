import { type AnswerName, type Answers, answerNames, questions } from '../answers/questions.ts';
import type { Given } from '../answers/resolve-answers.ts';
import { StackError } from '../errors.ts';
import { readFiles } from '../repository/files.ts';
import { placeOf } from './layout.ts';
import type { Repository } from './update.ts';

/**
 * Refuses an answer that would lose, or leave behind, what is on Render already: a disk that shrinks, a name that changes.
 * @param allowRename whether the person said that names may change
 * @param edited answers that follow an edited file: such a name has changed already, and not by this run
 * @throws {StackError} saying what would happen, and what to do
 */
export async function refuseLosses(
  repository: Repository,
  now: Answers,
  allowRename: boolean,
  edited: Given,
): Promise<void> {
  const { lastAnswers } = repository;
  const follows = (name: AnswerName) => name in edited && String(edited[name]) === String(now[name]);
  const problems = allowRename
    ? []
    : answerNames.flatMap((name) => (follows(name) ? [] : renameProblem(name, lastAnswers, now)));
  const disk = follows('diskSize') ? Number(lastAnswers.diskSize) || 0 : await diskInUse(repository, now);
  if (now.diskSize < disk) {
    problems.unshift(
      `${follows('diskSize') ? 'render.yaml, sizeGB:' : '--disk-size'} ${now.diskSize} would shrink the disk of ${disk} GB, which Render can't; give ${disk} or more`,
    );
  }
  if (problems.length > 0) throw new StackError(problems.join('\n'));
}

/**
 * Refuses a data folder that is not on the disk of a new stack: every deploy would empty the folder.
 * @throws {StackError} naming the folder, and what to do
 */
export function refuseFolderOutsideDisk({ dataPath = '/data' }: Answers): void {
  if (!`${dataPath}/`.startsWith('/data/'))
    throw new StackError(`--data-path ${JSON.stringify(dataPath)} must be on the disk: give /data or a folder in it`);
}

/** The disk's size in GB: as it was answered, or as render.yaml has it, where it may have been grown by hand. */
async function diskInUse({ folder, lastAnswers, state }: Repository, now: Answers): Promise<number> {
  if (lastAnswers.diskSize === undefined || lastAnswers.diskSize === now.diskSize) return now.diskSize;
  const { diskSizeIn } = await import('../merge/blueprint.ts');
  const path = placeOf(state.layout, 'render.yaml') ?? 'render.yaml';
  const blueprint = readFiles(folder, [path]).get(path);
  const largest = blueprint?.kind === 'text' ? diskSizeIn(blueprint.text, lastAnswers.serverName) : 0;
  return Math.max(Number(lastAnswers.diskSize) || 0, largest);
}

/** What is lost when an answer that decides where the data is has changed. */
function renameProblem(name: AnswerName, last: Given, now: Answers): string[] {
  const { flag, change } = questions[name];
  if (change.kind !== 'identity' || !(name in last) || last[name] === now[name]) return [];
  return [
    `--${flag} was "${last[name]}" and would become "${now[name]}". ${change.consequence} If you mean it, add --allow-rename.`,
  ];
}
