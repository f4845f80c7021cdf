import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerSets } from './support/answer-sets.ts';
import { readBlueprint } from './support/blueprint.ts';
import { emptyFolder, generate, isMemory, readTree, type Tree } from './support/generate.ts';

const snapshots = fileURLToPath(new URL('generated', import.meta.url));
/** git would obey a `.gitignore` or a `.gitattributes` among the snapshots. */
const snapshotPath = (path: string) => path.replace(/(^|\/)\.git(ignore|attributes)$/, '$1_git$2');

describe.each(Object.entries(answerSets))('rendered with the answer set %s', (name, options) => {
  let tree: Tree;
  /** The paths without the repository's memory, which holds the same files again. */
  let paths: string[];

  beforeAll(async () => {
    const folder = emptyFolder();
    await generate(folder, { options: { yes: true, ...options } });
    tree = readTree(folder);
    paths = Object.keys(tree.files).filter((path) => !isMemory(path));
  });

  it('is what stands in test/generated, file for file', async () => {
    for (const path of paths) {
      await expect(tree.files[path]).toMatchFileSnapshot(join(snapshots, name, snapshotPath(path)));
    }
  });

  it('has lost no file that test/generated still has', () => {
    const folder = join(snapshots, name);
    const snapshot = existsSync(folder) ? Object.keys(readTree(folder).files) : [];
    expect(snapshot.filter((path) => !paths.map(snapshotPath).includes(path))).toEqual([]);
  });

  it('has a Blueprint that Render takes', () => {
    expect(readBlueprint(tree.files['render.yaml'] ?? '').problems).toEqual([]);
  });

  it('has executable scripts, and nothing else executable', () => {
    expect(tree.executable).toEqual(paths.filter((path) => path.endsWith('.sh')));
  });

  it('remembers what was rendered, file for file', () => {
    const rendered = paths.filter((path) => path !== '.yo-rc.json');
    for (const path of rendered) {
      expect(tree.files[`.minio-stack/base/${snapshotPath(path)}`], path).toBe(tree.files[path]);
    }
    const memory = Object.keys(tree.files).filter((path) => path.startsWith('.minio-stack/base/'));
    expect(memory).toHaveLength(rendered.length);
  });
});
