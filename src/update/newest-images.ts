import { questions } from '../answers/questions.ts';
import { StackError } from '../errors.ts';
import { useProxy } from '../registry/http.ts';
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
  const stopProxy = useProxy();
  const results = await Promise.all(images.map((image) => lookUp(image, cooldown))).finally(stopProxy);
  const problems = results.filter((result) => typeof result === 'string');
  if (problems.length > 0) throw new StackError([...problems, 'Nothing was written.'].join('\n'));
  return results.filter((result) => typeof result !== 'string');
}

/** What was looked up, or why nothing could be. */
async function lookUp({ name, pinned, latest }: PinnedImage, cooldown: number): Promise<LookedUp | string> {
  try {
    return { ...(await newestImage(latest, { cooldown })), name, pinned };
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    return `--newest-images can't look up --${questions[name].flag} ${latest}: ${error.message}.`;
  }
}
