import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** MIT packages that are published without the text: the copyright line is from their README or package.json. */
const withoutLicenceFile: Record<string, string> = {
  'grouped-queue': 'Copyright (c) 2013 Simon Boudrias',
  'mem-fs': 'Copyright (c) Simon Boudrias',
  'mem-fs-editor': 'Copyright (c) Simon Boudrias',
};

/**
 * The licence texts of bundled packages, in one document.
 * @param folders the packages' folders
 * @param ownLicence our own LICENSE, from which the MIT text is taken where a package leaves it out
 * @throws when a package has no licence text, or has got one since it was listed as being without
 */
export function licenceTexts(folders: string[], ownLicence: string): string {
  const mit = ownLicence.slice(ownLicence.indexOf('Permission is hereby granted'));
  const texts = folders.toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const found = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
    const copyright = withoutLicenceFile[name];
    if (copyright && (found.length > 0 || license !== 'MIT'))
      throw new Error(`${name} is not MIT without a text any more`);
    if (copyright) found.push(`${copyright}\n\n${mit.trim()}`);
    if (found.length === 0) throw new Error(`${name} ${version} (${license}) has no licence text`);
    return `${name} ${version} (${license})\n\n${found.join('\n\n')}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
