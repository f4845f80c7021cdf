import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerSets } from './support/answer-sets.ts';
import { readBlueprint } from './support/blueprint.ts';
import { emptyFolder, generate, isMemory, readTree, type Tree } from './support/generate.ts';
import { needs, unix } from './support/needs.ts';

/** One folder for each answer set: `defaults` is a whole repository, the others hold what differs from it. */
const snapshots = fileURLToPath(new URL('generated', import.meta.url));
/** git would obey a `.gitignore` or a `.gitattributes` among the snapshots. */
const snapshotPath = (path: string) => path.replace(/(^|\/)\.git(ignore|attributes)$/, '$1_git$2');
/** Lists the files that `defaults` has and this answer set lacks. */
const absentFiles = '_absent.txt';

type Files = Record<string, string>;

async function generated(options: Record<string, unknown>): Promise<Tree> {
  const folder = emptyFolder();
  await generate(folder, { options: { yes: true, ...options } });
  return readTree(folder);
}

/** A repository without its memory, which holds the same files again. */
const withoutMemory = ({ files }: Tree): Files =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !isMemory(path)));

/** What is recorded of a repository beside the default one: the files that differ, and a list of those that it lacks. */
function differences(files: Files, defaults: Files): Files {
  const changed = Object.entries(files).filter(([path, text]) => defaults[path] !== text);
  const absent = Object.keys(defaults).filter((path) => !(path in files));
  return {
    ...Object.fromEntries(changed),
    ...(absent.length > 0 ? { [absentFiles]: absent.map((path) => `${path}\n`).join('') } : {}),
  };
}

let defaults: Files;
beforeAll(async () => {
  defaults = withoutMemory(await generated({}));
});

describe.each(Object.entries(answerSets))('generated with the answer set %s', (name, options) => {
  let tree: Tree;
  let paths: string[];
  /** What test/generated has to hold of this repository. */
  let recorded: Files;

  beforeAll(async () => {
    tree = await generated(options);
    const files = withoutMemory(tree);
    paths = Object.keys(files);
    recorded = name === 'defaults' ? files : differences(files, defaults);
  });

  it('is what test/generated says, file for file', async () => {
    for (const [path, text] of Object.entries(recorded)) {
      await expect(text).toMatchFileSnapshot(join(snapshots, name, snapshotPath(path)));
    }
  });

  it('differs from the default repository in the files of test/generated alone: delete what else is there', () => {
    const inFolder = Object.keys(readTree(join(snapshots, name)).files);
    expect(inFolder.toSorted()).toEqual(Object.keys(recorded).map(snapshotPath).toSorted());
  });

  it('has a Blueprint that Render takes', () => {
    expect(readBlueprint(tree.files['render.yaml'] ?? '').problems).toEqual([]);
  });

  it('has executable scripts, and nothing else executable', needs(unix('permissions')), () => {
    expect(tree.executable).toEqual(paths.filter((path) => path.endsWith('.sh')));
  });

  it('remembers what was generated, file for file', () => {
    const remembered = paths.filter((path) => path !== '.yo-rc.json');
    for (const path of remembered) {
      expect(tree.files[`.minio-stack/base/${snapshotPath(path)}`], path).toBe(tree.files[path]);
    }
    const memory = Object.keys(tree.files).filter((path) => path.startsWith('.minio-stack/base/'));
    expect(memory).toHaveLength(remembered.length);
  });
});
