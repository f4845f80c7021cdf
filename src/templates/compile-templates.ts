import ejs from 'ejs';
import type { Templates } from './generate-files.ts';

/**
 * Compiles templates while the program runs. The bundle of `create-minio-stack` has them compiled already.
 * @param sources the templates' texts by path, with forward slashes
 * @throws what EJS throws where a template is not valid
 */
export function compileTemplates(sources: ReadonlyMap<string, string>): Templates {
  return Object.fromEntries(
    [...sources].map(([path, text]) => [path, ejs.compile(text.replaceAll('\r\n', '\n'), { filename: path })]),
  );
}
