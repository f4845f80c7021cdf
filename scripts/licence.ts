import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licence of a package that is installed in this checkout, below a heading with its name, version and kind.
 * @throws {Error} when the package has no licence text
 */
export function licenceOf(name: string): string {
  const folder = join(import.meta.dirname, '../node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0) throw new Error(`${name} ${version} (${license}) has no licence text`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
