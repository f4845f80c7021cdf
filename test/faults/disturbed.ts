import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { emptyFolder, readTree, type Tree } from '../support/generate.ts';
import { current, edit, generated, replaced, run, versionFolder } from '../update/support.ts';
import { emptyFolders } from './empty-folders.ts';

export const bin = fileURLToPath(new URL('../../create-minio-stack/bin.js', import.meta.url));
export const bundle = new URL('../../create-minio-stack/dist/main.js', import.meta.url).href;
export const faults = fileURLToPath(new URL('fault.ts', import.meta.url));
export const asRoot = process.getuid?.() === 0;
/** Milliseconds for a test that tries many faults. */
export const timeout = 300_000;

/** The update that is disturbed: from version 0.0.1, with edits and one changed answer. */
export const flags = ['--yes', '--console-port', '9191'];
export const options = { 'console-port': '9191' };
const ours = 'Jo, extension 12.';
/** The repository before the update. */
export const before = await generated(versionFolder('0.0.1'));
edit(before, {
  'README.md': (text) => `${text}\n## Who to call\n\n${ours}\n`,
  'render.yaml': replaced('sizeGB: 10', 'sizeGB: 50'),
  'console/minio-console.conf.template': replaced('client_max_body_size 0;', 'client_max_body_size 5g;'),
  '.env.example': undefined,
  'backup/run.sh': `#!/bin/sh\n# ${ours}\n`,
});
/** The repository's contents before the update, after it, and after a run without the changed answer. */
export const tree = readTree(before);
export const updated = await runs(copy(), options);
const plainly = await runs(copy());

/** A copy of a repository, of the one before the update unless another is given. */
export function copy(folder = before): string {
  const target = emptyFolder();
  cpSync(folder, target, { recursive: true });
  return target;
}

async function runs(folder: string, options: Record<string, unknown> = {}): Promise<Tree> {
  await run(current, folder, { options });
  return readTree(folder);
}

const withoutStaging = ({ files, executable }: Tree): Tree => ({
  files: Object.fromEntries(Object.entries(files).filter(([path]) => !path.includes('/staging-'))),
  executable: executable.filter((path) => !path.includes('/staging-')),
});

/** Whether there is a whole journal. */
const staged = ({ files }: Tree): boolean =>
  Object.entries(files).some(([path, text]) => path.endsWith('/journal.json') && text.endsWith(']'));

/**
 * After a fault, each file is either old or new. The next run, with the same command or a plain one, ends where an
 * undisturbed run ends. A run that had not staged everything leaves nothing: a plain run then does not know its answers.
 */
export async function expectRecovery(folder: string, where: string): Promise<void> {
  const found = readTree(folder);
  // Nothing is left of the run: the next run is like any other.
  if (isDeepStrictEqual(found, tree) && emptyFolders(folder).length === 0)
    return rmSync(dirname(folder), { recursive: true });
  const { files } = withoutStaging(found);
  for (const path of new Set([...Object.keys(tree.files), ...Object.keys(updated.files)]))
    expect([tree.files[path], updated.files[path]], `${where}: ${path}`).toContain(files[path]);
  const begun = staged(found) || files['.yo-rc.json'] !== tree.files['.yo-rc.json'];
  if (!begun) expect(withoutStaging(found), where).toEqual(tree);
  const other = copy(folder);
  expect(await runs(folder, options), `${where}: the same command again`).toEqual(updated);
  expect(await runs(other), `${where}: a plain command`).toEqual(begun ? updated : plainly);
  for (const each of [folder, other]) expect(emptyFolders(each), where).toEqual([]);
  for (const each of [folder, other]) rmSync(dirname(each), { recursive: true });
}

/** Runs the same command on the bundle, as a process. */
export const child = (folder: string, env: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number | null; signal: string | null; output: string }>((resolve) => {
    const program = spawn(process.execPath, ['--import', pathToFileURL(faults).href, bin, folder, ...flags], {
      cwd: tmpdir(),
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [program.stdout, program.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    program.on('close', (code, signal) => resolve({ code, signal, output }));
  });
