/**
 * Prepares a release: `node scripts/set-version.ts 0.2.0` writes the version into both packages and package-lock.json, and
 * gives the changelog's section its date. Prints that section. prepare-release.yml runs it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { compareVersions } from '../src/update/changelog.ts';

/**
 * The files of a release.
 * @param files package.json, create-minio-stack/package.json, package-lock.json and CHANGELOG.md, by path
 * @param date the day of the release, as 2026-11-26
 * @throws {Error} when there is nothing to release, or the version is no new one
 */
export function released<Path extends string>(files: Record<Path, string>, version: string, date: string) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${version} is no version like 0.2.0`);
  return Object.fromEntries(
    Object.entries<string>(files).map(([path, text]) => [
      path,
      path === 'CHANGELOG.md' ? datedChangelog(text, version, date) : withVersion(path, text, version),
    ]),
  ) as Record<Path, string>;
}

/** Where a package file has the version of the package itself; package-lock.json has it twice. */
const ownVersion = /("name": "(?:generator|create)-minio-stack",\n\s*"version": ")[^"]+/g;

function withVersion(path: string, text: string, version: string): string {
  const present = JSON.parse(text).version;
  if (compareVersions(version, present) < 0) throw new Error(`${path} has ${present}, which is newer than ${version}`);
  return text.replaceAll(ownVersion, `$1${version}`);
}

function datedChangelog(changelog: string, version: string, date: string): string {
  const unreleased = '## [Unreleased]\n';
  if (changelog.includes(`## [${version}]`)) throw new Error(`CHANGELOG.md has a section ${version} already`);
  if (!/^[-*] /m.test(notesOf(changelog, 'Unreleased'))) throw new Error('CHANGELOG.md has nothing under [Unreleased]');
  return changelog.replace(unreleased, `${unreleased}\n## [${version}] - ${date}\n`);
}

/** A section of the changelog, without its heading. */
export function notesOf(changelog: string, name: string): string {
  const section = changelog.split(/^## /m).find((each) => each.startsWith(`[${name}]`)) ?? '';
  return section.slice(section.indexOf('\n') + 1).trim();
}

if (import.meta.main) {
  const root = new URL('../', import.meta.url);
  const [, , version = ''] = process.argv;
  const paths = ['package.json', 'create-minio-stack/package.json', 'package-lock.json', 'CHANGELOG.md'] as const;
  const files = Object.fromEntries(paths.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]));
  const changed = released(files, version, new Date().toISOString().slice(0, 10));
  for (const [path, text] of Object.entries(changed)) writeFileSync(new URL(path, root), text);
  console.log(notesOf(changed['CHANGELOG.md'] ?? '', version));
}
