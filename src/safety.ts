import type { Given } from './answers.ts';
import { readFiles } from './disk.ts';
import { StackError } from './errors.ts';
import { type AnswerName, type Answers, answerNames, questions } from './questions.ts';
import type { Repository } from './regeneration.ts';

/**
 * Refuses an answer that would lose, or leave behind, what is on Render already: a disk that shrinks, a name that changes.
 * @param allowRename whether the person said that names may change
 * @throws {StackError} saying what would happen, and what to do
 */
export async function refuseLosses(repository: Repository, now: Answers, allowRename: boolean): Promise<void> {
  const stored = repository.state.answers;
  const problems = allowRename ? [] : renamed(stored, now).map((name) => renameProblem(name, stored[name], now));
  const disk = repository.state.version === undefined ? 0 : await diskInUse(repository, now);
  if (now.diskSize < disk) {
    problems.unshift(
      `--disk-size ${now.diskSize} would shrink the disk of ${disk} GB, which Render can't; give ${disk} or more`,
    );
  }
  if (problems.length > 0) throw new StackError(problems.join('\n'));
}

/** The disk's size in GB: as it was answered, or as render.yaml has it, where it may have been grown by hand. */
async function diskInUse({ folder, state }: Repository, now: Answers): Promise<number> {
  const before = state.answers.diskSize ?? questions.diskSize.fallback(folder);
  if (before === now.diskSize) return now.diskSize;
  const { largestDiskOf } = await import('./blueprint.ts');
  return Math.max(
    Number(before) || 0,
    largestDiskOf(readFiles(folder, ['render.yaml']).get('render.yaml')?.text ?? ''),
  );
}

/** The answers that decide where the data is, and have changed. */
function renamed(stored: Given, now: Answers): AnswerName[] {
  return answerNames.filter((name) => questions[name].onRename && name in stored && stored[name] !== now[name]);
}

function renameProblem(name: AnswerName, before: unknown, now: Answers): string {
  const { flag, onRename } = questions[name];
  return `--${flag} was "${before}" and would become "${now[name]}". ${onRename} If you mean it, add --allow-rename.`;
}
