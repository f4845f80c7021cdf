import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerSets } from './support/answer-sets.ts';
import { readBlueprint } from './support/blueprint.ts';
import { emptyFolder, generate, readTree, type Tree } from './support/generate.ts';

const snapshots = fileURLToPath(new URL('rendered', import.meta.url));
/** git would obey a `.gitignore` or a `.gitattributes` among the snapshots. */
const snapshotPath = (path: string) => path.replace(/(^|\/)\.git(ignore|attributes)$/, '$1_git$2');

describe.each(Object.entries(answerSets))('rendered with the answer set %s', (name, options) => {
  let tree: Tree;

  beforeAll(async () => {
    const folder = emptyFolder();
    await generate(folder, { options: { yes: true, ...options } });
    tree = readTree(folder);
  });

  it('is what stands in test/rendered, file for file', async () => {
    for (const [path, contents] of Object.entries(tree.files)) {
      await expect(contents).toMatchFileSnapshot(join(snapshots, name, snapshotPath(path)));
    }
  });

  it('has lost no file that test/rendered still has', () => {
    const folder = join(snapshots, name);
    const paths = existsSync(folder) ? Object.keys(readTree(folder).files) : [];
    expect(paths.filter((path) => !Object.keys(tree.files).map(snapshotPath).includes(path))).toEqual([]);
  });

  it('has a Blueprint that Render takes', () => {
    expect(readBlueprint(tree.files['render.yaml'] ?? '').problems).toEqual([]);
  });

  it('has executable scripts, and nothing else executable', () => {
    expect(tree.executable).toEqual(Object.keys(tree.files).filter((path) => path.endsWith('.sh')));
  });
});
