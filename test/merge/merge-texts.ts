import { type MergedFile, mergeFile } from '../../src/merge/merge-file.ts';
import { labels } from '../update/support.ts';

/** Merges one file as the generator does. */
export const mergeTexts = (
  path: string,
  sides: { base: string | undefined; mine: string; theirs: string },
  newName = (name: string) => name,
): MergedFile => mergeFile(path, sides, { labels, newName });

/** A merge without a conflict, and with nothing more to say. */
export const settled = (text: string): MergedFile => ({ text, mine: text, theirs: text, conflicts: 0, notes: [] });
