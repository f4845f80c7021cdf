import { type ImageName, imageNames, questions } from '../answers/questions.ts';
import { type Given, pick, resolveAnswers, type Sources } from '../answers/resolve-answers.ts';
import { plain } from '../merge/text-style.ts';
import { type DiskFile, readFiles } from '../repository/files.ts';
import { dockerfileOf } from '../templates/generate-files.ts';
import type { LookedUp } from './newest-images.ts';

/** Images that an earlier run has looked up, without those that the generator's own pins have overtaken since. */
export async function livePins(pins: Given, folder: string): Promise<Given> {
  if (Object.keys(pins).length === 0) return {};
  const { isOlder } = await import('../merge/image-pins.ts');
  return pick(pins, (name, pin) => !isOlder(String(pin), String(questions[name].fallback(folder))));
}

/** An image before it is looked up. */
export interface PinnedImage {
  name: ImageName;
  /** What a flag says, or else what the Dockerfile has, where somebody may have raised it. */
  pinned: string;
  /** The same, or the generator's own pin where that is newer: no look-up may turn it back. */
  latest: string;
}

/**
 * The images that are pinned now.
 * @param isOurs whether the Dockerfiles that are there are ours, or will be replaced
 */
export async function pinnedImages(sources: Sources, isOurs: boolean): Promise<PinnedImage[]> {
  const { isOlder, pinFor } = await import('../merge/image-pins.ts');
  const answers = resolveAnswers(sources);
  const files = isOurs ? readFiles(sources.folder, Object.values(dockerfileOf)) : new Map<string, DiskFile>();
  return imageNames.map((name) => {
    const file = name in sources.flags ? undefined : files.get(dockerfileOf[name]);
    const inFile = file?.kind === 'text' ? pinFor(plain(file.text), answers[name]) : undefined;
    const pinned = inFile ?? answers[name];
    return { name, pinned, latest: isOlder(pinned, answers[name]) ? answers[name] : pinned };
  });
}

/** Whether there is something newer than what is pinned. */
export const isNewer = ({ newest, pinned }: LookedUp): boolean => newest !== undefined && newest !== pinned;

/** The sources with what was looked up, in the place of what was chosen before. */
export function withNewest(sources: Sources, lookedUp: LookedUp[]): Sources {
  const newer = lookedUp.filter(isNewer);
  const others = (given: Given) => pick(given, (answer) => !newer.some(({ name }) => name === answer));
  return {
    ...sources,
    flags: others(sources.flags),
    stored: others(sources.stored),
    pins: { ...sources.pins, ...Object.fromEntries(newer.map(({ name, newest }) => [name, newest])) },
  };
}
