import type { ServiceEntry } from './blueprint-services.ts';
import { copied, type Dockerfile, placeOf, stageNamed } from './dockerfile.ts';
import type { ImageMention } from './found.ts';
import type { Materials } from './materials.ts';
import { minioImage } from './minio-images.ts';

/** The images of MinIO that a service names: in its Blueprint entry, and in its Dockerfile. */
export const imagesOf = ({ entry, dockerfiles }: Materials): ImageMention[] => [
  ...(entry ? imagesInEntry(entry) : []),
  ...dockerfiles.flatMap(imagesInDockerfile),
];

export function imagesInEntry({ image }: ServiceEntry): ImageMention[] {
  const known = image && minioImage(image.value);
  return known ? [{ ...known, in: 'image.url', at: image.at }] : [];
}

/** First the image that runs, then the images of build stages, then those of `COPY --from`. */
export function imagesInDockerfile({ source, stages, running }: Dockerfile): ImageMention[] {
  const mention = (word: { text: string; start: number; end: number }, where: ImageMention['in']): ImageMention[] => {
    const known = minioImage(word.text);
    return known ? [{ ...known, in: where, at: placeOf(source, word) }] : [];
  };
  const others = stages.filter((stage) => !running.includes(stage));
  return [
    ...running.flatMap(({ image }) => mention(image, 'FROM')),
    ...others.flatMap(({ image }) => mention(image, 'stage')),
    ...stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ name }) => name === 'COPY' || name === 'ADD')
      .flatMap((instruction) => copied(instruction).from ?? [])
      .filter(({ text }) => !stageNamed(stages, text))
      .flatMap((from) => mention(from, 'COPY --from')),
  ];
}

/** Whether the image that runs has a server: its own, or one that is copied from an image or a stage. */
export function serverImagesIn(dockerfile: Dockerfile): ImageMention[] {
  const { source, stages, running } = dockerfile;
  const from = running
    .flatMap(({ instructions }) => instructions)
    .filter(({ name }) => name === 'COPY' || name === 'ADD')
    .flatMap((instruction) => copied(instruction).from ?? [])
    .flatMap(({ text }) => stageNamed(stages, text) ?? []);
  const ends = new Set([...running, ...from].map(({ image }) => placeOf(source, image).range[0]));
  return imagesInDockerfile(dockerfile).filter(
    ({ role, in: where, at }) =>
      role === 'server' &&
      (where === 'FROM' || ends.has(at.range[0]) || (where === 'COPY --from' && isInRunning(at.range[0]))),
  );
  function isInRunning(offset: number): boolean {
    return running.some(({ instructions }) =>
      instructions.some(({ start, text }) => offset >= start && offset < start + text.length),
    );
  }
}
