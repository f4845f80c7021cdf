/**
 * Pins the newest release of both images in src/answers/images.ts, and notes it in CHANGELOG.md: `npm run pins`.
 * Prints what it has found as Markdown. pins.yml runs it every week.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { StackError } from '../src/errors.ts';
import { useProxy } from '../src/registry/http.ts';
import { parseReference } from '../src/registry/image-reference.ts';
import { type LookUp, type NewestImage, newestImage } from '../src/registry/newest-image.ts';

/** Days that a release must be old: what is broken or malicious is often noticed, and withdrawn, in the first ones. */
const cooldown = 3;

/** A pin with what its registry knows. */
export interface LookedUpPin extends NewestImage {
  pinned: string;
}

/** Looks up every pin that a text like images.ts has. */
export async function lookUpPins(images: string, lookUp: LookUp): Promise<LookedUpPin[]> {
  const pins = [...images.matchAll(/^export const \w+ =\s+'([^']+)';/gm)].map(([, pinned = '']) => pinned);
  return Promise.all(pins.map(async (pinned) => ({ ...(await newestImage(pinned, lookUp)), pinned })));
}

const isNewer = ({ newest, pinned }: LookedUpPin) => newest !== undefined && newest !== pinned;

/** images.ts with the newest releases. */
export const withNewest = (images: string, pins: LookedUpPin[]): string =>
  pins.reduce((text, { pinned, newest }) => text.replace(`'${pinned}'`, `'${newest ?? pinned}'`), images);

/**
 * The changelog with a line for each image that is newer, under *Generated repository* of the next release: that is the
 * part which an update shows to the user.
 */
export const withNotes = (changelog: string, pins: LookedUpPin[]): string =>
  pins.filter(isNewer).reduce((text, { newest = '', pinned, releaseNotes }) => {
    const { name, tag } = partsOf(newest);
    const anew = tag === partsOf(pinned).tag ? ', built anew' : '';
    const link = releaseNotes ? ` ([release notes](${releaseNotes}))` : '';
    return withLine(text, `- \`${name}\` is pinned at`, ` \`${tag}\`${anew}${link}.`);
  }, changelog);

/** Replaces the line that begins like this, or else adds one. */
function withLine(changelog: string, beginning: string, rest: string): string {
  const [before = '', unreleased, ...released] = changelog.split(/^(?=## )/m);
  if (!unreleased?.startsWith('## [Unreleased]\n')) throw new StackError('CHANGELOG.md has no section [Unreleased]');
  const heading = '### Generated repository\n\n';
  const others = unreleased
    .split('\n')
    .filter((line) => !line.startsWith(beginning))
    .join('\n');
  const section = others.includes(heading) ? others : `${others.trimEnd()}\n\n${heading}\n`;
  return [before, section.replace(heading, () => `${heading}${beginning}${rest}\n`), ...released].join('');
}

/** What was found, in Markdown. */
export const inMarkdown = (pins: LookedUpPin[]): string =>
  pins.flatMap((pin) => [`- ${summaryOf(pin)}`, ...remarksOn(pin).map((remark) => `  - ${remark}`)]).join('\n');

function summaryOf(pin: LookedUpPin): string {
  const { name, tag } = partsOf(pin.pinned);
  if (pin.leftAlone) return `\`${name}\` is left alone: ${pin.leftAlone}.`;
  if (!isNewer(pin)) return `\`${name}\` stays at \`${tag}\`.`;
  const newest = partsOf(pin.newest ?? '');
  return newest.tag === tag ? `\`${name}\`: \`${tag}\`, built anew` : `\`${name}\`: \`${tag}\` → \`${newest.tag}\``;
}

const remarksOn = ({ notes, laterBranch, releaseNotes }: LookedUpPin): string[] => [
  ...notes,
  ...(releaseNotes ? [`Release notes: ${releaseNotes}`] : []),
  ...(laterBranch ? [`\`${laterBranch}\` is of a later branch, and a person has to decide about it.`] : []),
];

/** @throws {StackError} where the text is no reference to an image */
function partsOf(reference: string) {
  const parts = parseReference(reference);
  if (!parts) throw new StackError(`${reference} is no reference to an image`);
  return parts;
}

if (import.meta.main) {
  const images = new URL('../src/answers/images.ts', import.meta.url);
  const changelog = new URL('../CHANGELOG.md', import.meta.url);
  const stopProxy = useProxy();
  try {
    const source = readFileSync(images, 'utf8');
    const pins = await lookUpPins(source, { cooldown });
    writeFileSync(changelog, withNotes(readFileSync(changelog, 'utf8'), pins));
    writeFileSync(images, withNewest(source, pins));
    console.log(inMarkdown(pins));
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    console.error(`${error.message}. Nothing was written.`);
    process.exitCode = 1;
  } finally {
    stopProxy();
  }
}
