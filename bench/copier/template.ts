import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Workplace } from '../../test/support/packed/workplace.ts';
import { writeFrozen } from '../../test/update/repository.ts';
import { subjects } from '../subjects.ts';

export const git = (folder: string, ...args: string[]) => {
  const settings = ['-c', 'user.name=Jo', '-c', 'user.email=jo@example.com', '-c', 'core.autocrlf=false'];
  const { status, stderr } = spawnSync('git', [...settings, ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
};

/** The programs to compare. */
export interface Tools {
  /** The command that runs copier. */
  copier: string[];
  /** The path of the packed create-minio-stack's bin. */
  bin: string;
}

/** Takes them from where `npm run bench` has them. */
export async function findTools(workplace: Workplace): Promise<Tools> {
  const compared = await subjects(workplace);
  const commandOf = (name: string) => compared.find((subject) => subject.name === name)?.command ?? [];
  return { copier: commandOf('copier copy').slice(0, 3), bin: commandOf('create-minio-stack')[1] ?? '' };
}

/**
 * The two versions as a template of copier's: tags v1 and v2 of a git repository.
 * @param work where it is made; `v1/my-storage` and `v2/my-storage` in it are what create-minio-stack writes
 */
export async function copierTemplate(work: string, { bin }: Tools): Promise<string> {
  const template = join(work, 'template');
  mkdirSync(template);
  git(template, 'init', '--quiet');
  for (const [tag, write] of [
    ['v1', (folder: string) => writeFrozen(folder, '0.0.1')],
    ['v2', async (folder: string) => start([process.execPath, bin, folder, '--yes'], work)],
  ] as const) {
    const folder = join(work, tag, 'my-storage');
    await write(folder);
    for (const name of readdirSync(template)) if (name !== '.git') rmSync(join(template, name), { recursive: true });
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
      if (!entry.isFile() || path.startsWith('.minio-stack') || path === '.yo-rc.json') continue;
      mkdirSync(dirname(join(template, path)), { recursive: true });
      const text = readFileSync(join(folder, path), 'utf8').replaceAll('minio-server', '[[=server_name=]]');
      writeFileSync(join(template, `${path}.jinja`), text);
      if (path.endsWith('.sh')) chmodSync(join(template, `${path}.jinja`), 0o755);
    }
    const marks = {
      block_start_string: '[[%',
      block_end_string: '%]]',
      variable_start_string: '[[=',
      variable_end_string: '=]]',
      comment_start_string: '[[#',
      comment_end_string: '#]]',
    };
    writeFileSync(
      join(template, 'copier.yml'),
      JSON.stringify({ _envops: marks, server_name: { type: 'str', default: 'minio-server' } }),
    );
    writeFileSync(join(template, '[[=_copier_conf.answers_file=]].jinja'), '[[=_copier_answers|to_nice_yaml=]]\n');
    git(template, 'add', '--all');
    git(template, 'commit', '--quiet', '--message', tag);
    git(template, 'tag', tag);
  }
  return template;
}

const quiet = {
  GIT_AUTHOR_NAME: 'Jo',
  GIT_AUTHOR_EMAIL: 'jo@example.com',
  GIT_COMMITTER_NAME: 'Jo',
  GIT_COMMITTER_EMAIL: 'jo@example.com',
};
export const start = ([program = '', ...args]: string[], cwd: string) =>
  spawnSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, ...quiet } });
