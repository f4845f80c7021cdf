import { questions } from '../answers/questions.ts';
import { StackError } from '../errors.ts';
import { type NewestImage, newestImage } from '../registry/newest-image.ts';
import type { PinnedImage } from './pinned-images.ts';

/** What was looked up for one image. */
export type LookedUp = NewestImage & Pick<PinnedImage, 'name' | 'pinned'>;

/**
 * Looks up the newest release of each image in its registry.
 * @param cooldown days that a release must be old
 * @throws {StackError} when a registry can't be asked, with a line for each image
 */
export async function lookUpImages(images: PinnedImage[], cooldown: number): Promise<LookedUp[]> {
  const problems: string[] = [];
  const lookedUp = await Promise.all(
    images.map(async ({ name, pinned, latest }) => {
      const newest = await newestImage(latest, { cooldown }).catch((error: unknown) => {
        if (!(error instanceof StackError)) throw error;
        problems.push(`--newest-images can't look up --${questions[name].flag} ${latest}: ${error.message}.`);
      });
      return newest ? [{ ...newest, name, pinned }] : [];
    }),
  );
  if (problems.length > 0) throw new StackError([...problems, 'Nothing was written.'].join('\n'));
  return lookedUp.flat();
}
