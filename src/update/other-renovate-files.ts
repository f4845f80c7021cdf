import { StackError } from '../errors.ts';
import { readFiles } from '../repository/files.ts';

const ours = 'renovate.json';

/** Where Renovate looks for its configuration behind `renovate.json`; it reads the first file that is there, and no other. */
const others = [
  'renovate.jsonc',
  'renovate.json5',
  ...['.github', '.gitlab'].flatMap((folder) => ['json', 'jsonc', 'json5'].map((type) => `${folder}/renovate.${type}`)),
  '.renovaterc',
  ...['json', 'jsonc', 'json5'].map((type) => `.renovaterc.${type}`),
];

/**
 * Refuses to switch off a configuration of Renovate that somebody has in another file.
 * @param created the files that would be new
 * @throws {StackError} naming that file, and what to do
 */
export function refuseSecondRenovateFile(folder: string, created: string[]): void {
  if (!created.includes(ours)) return;
  const [other] = readFiles(folder, others).keys();
  if (other === undefined) return;
  throw new StackError(
    `Renovate reads only one configuration, so a new ${ours} would switch off ${other}. Give --updates none, and copy the packageRules from https://github.com/minio-stack/generator-minio-stack/blob/main/generators/app/templates/${ours} into ${other}.`,
  );
}
