import { contentsOf } from '../repository/files.ts';
import { dockerfileOf } from '../templates/generate-files.ts';
import { placeOf } from './layout.ts';
import type { Update } from './update.ts';

/**
 * Images that are gone, in the Blueprint and the Dockerfiles as the plan leaves them, each with its file and line. Such a
 * file is never in sync: its next deploy fails.
 */
export async function deadImages({ plan, seen, repository }: Update): Promise<string[]> {
  const texts = new Map(
    ['render.yaml', ...Object.values(dockerfileOf)].flatMap((usual) => {
      const path = placeOf(repository.state.layout, usual) ?? usual;
      const planned = plan.find((file) => file.path === path);
      const file = seen.get(path);
      const contents = planned?.kind === 'write' ? planned.contents : file && contentsOf(file);
      return typeof contents === 'string' ? [[path, contents] as const] : [];
    }),
  );
  if (![...texts.values()].some((text) => /\bminio\/(?:minio|mc|console)\b/.test(text))) return [];
  const [{ look }, { isGone }] = await Promise.all([
    import('../move-in/look.ts'),
    import('../move-in/minio-images.ts'),
  ]);
  const blueprint = placeOf(repository.state.layout, 'render.yaml');
  const found = look({ paths: [...texts.keys()], read: (path) => texts.get(path) }, blueprint);
  return found.images.filter(isGone).map(({ reference, at }) => `${reference} (${at.file}:${at.line})`);
}
