import { type Answers, imageNames } from '../../answers/questions.ts';
import { StackError } from '../../errors.ts';
import { plain } from '../../merge/text-style.ts';
import { useProxy } from '../../registry/http.ts';
import { newestImage } from '../../registry/newest-image.ts';
import { readFiles } from '../../repository/files.ts';
import { dockerfileOf } from '../../templates/generate-files.ts';
import type { Newer, Pins } from '../../verify/checks/versions.ts';

/** The images that are pinned in the repository of this folder; undefined where none was generated. */
export async function pinsOf(stored: Answers | undefined, folder: string): Promise<Pins | undefined> {
  if (!stored) return undefined;
  const { pinFor } = await import('../../merge/image-pins.ts');
  const files = readFiles(folder, Object.values(dockerfileOf));
  const pinned = imageNames.map((name) => {
    const file = files.get(dockerfileOf[name]);
    return (file?.kind === 'text' ? pinFor(plain(file.text), stored[name]) : undefined) ?? stored[name];
  });
  return { server: pinned[0] ?? '', console: pinned[1] ?? '' };
}

/** Which pinned images have a newer release in their registry, and why one could not be looked up. */
export async function newestPins(pins: Pins | undefined): Promise<Newer[]> {
  if (!pins) return [];
  const stopProxy = useProxy();
  const lookedUp = Object.values(pins).map(async (pinned): Promise<Newer> => {
    try {
      const { newest } = await newestImage(pinned, { cooldown: 0 });
      return { pinned, newest };
    } catch (error) {
      if (!(error instanceof StackError)) throw error;
      return { pinned, problem: error.message };
    }
  });
  return Promise.all(lookedUp).finally(stopProxy);
}
