import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of packages that are installed in this checkout: each text once, below a heading with the name, version and
 * kind for each package that has it.
 * @throws {Error} when a package has no licence text
 */
export function licencesOf(names: string[]): string[] {
  const texts = Map.groupBy(names.map(licenceOf), ({ text }) => text);
  return [...texts].map(([text, packages]) => `${packages.map(({ heading }) => heading).join('\n')}\n\n${text}\n`);
}

function licenceOf(name: string): { heading: string; text: string } {
  const folder = join(import.meta.dirname, '../node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0) throw new Error(`${name} ${version} (${license}) has no licence text`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return { heading: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}
