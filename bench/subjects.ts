import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { python } from '../test/stack/images/python.ts';
import { installBesideYo, installCreate } from '../test/support/packed/packages.ts';
import { cachedInstall } from '../test/support/packed/tools.ts';
import type { Workplace } from '../test/support/packed/workplace.ts';

/** A command that writes a project into `out`, which does not exist yet, below the working directory. */
export interface Subject {
  name: string;
  command: string[];
}

/** The commands to compare: the packed product, and other people's tools from a cache outside the checkout. */
export async function subjects(workplace: Workplace): Promise<Subject[]> {
  const bin = (folder: string, name: string) => join(folder, 'node_modules', name);
  const create = bin(await installCreate(workplace.folder), 'create-minio-stack/bin.js');
  const yo = bin(await installBesideYo(workplace.folder), 'yo/lib/cli.js');
  const vite = bin(await cachedInstall({ 'create-vite': '9.3.0' }), 'create-vite/index.js');
  const tools = await python('template-tools', console.error);
  const templates = jinjaTemplates(create, workplace.emptyFolder());
  const node = process.execPath;
  return [
    { name: 'node -e 0', command: [node, '-e', '0'] },
    { name: 'create-minio-stack', command: [node, create, 'out', '--yes'] },
    { name: 'create-vite', command: [node, vite, 'out', '--template', 'vanilla', '--no-interactive'] },
    { name: 'yo minio-stack', command: [node, yo, 'minio-stack', 'out', '--yes'] },
    { name: 'cookiecutter', command: [tools, '-m', 'cookiecutter', '--no-input', templates.cookiecutter] },
    {
      name: 'copier copy',
      command: [tools, '-m', 'copier', 'copy', '--defaults', '--quiet', templates.copier, 'out'],
    },
  ];
}

/** The generated repository as templates for copier and cookiecutter: the same files, the same five answers in them. */
function jinjaTemplates(create: string, folder: string): { copier: string; cookiecutter: string } {
  const { status, stderr } = spawnSync(process.execPath, [create, 'generated', '--yes'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const copier = join(folder, 'copier');
  const cookiecutter = join(folder, 'cookiecutter');
  // Jinja's own marks stand in shell scripts (`${#1}`).
  const marks = {
    block_start_string: '[[%',
    block_end_string: '%]]',
    variable_start_string: '[[=',
    variable_end_string: '=]]',
    comment_start_string: '[[#',
    comment_end_string: '#]]',
  };
  const answers = {
    bucket: 'generated',
    server_name: 'minio-server',
    console_name: 'minio-console',
    disk_size: 10,
    console_port: 9090,
  };
  convert(join(folder, 'generated'), join(copier), answers, '', '.jinja');
  const questions = Object.entries(answers).map(([name, value]) => [
    name,
    { type: typeof value === 'number' ? 'int' : 'str', default: value },
  ]);
  writeFileSync(join(copier, 'copier.yml'), JSON.stringify({ _envops: marks, ...Object.fromEntries(questions) }));
  convert(join(folder, 'generated'), join(cookiecutter, '[[=cookiecutter.out=]]'), answers, 'cookiecutter.', '');
  writeFileSync(
    join(cookiecutter, 'cookiecutter.json'),
    JSON.stringify({ out: 'out', ...answers, _jinja2_env_vars: marks }),
  );
  return { copier, cookiecutter };
}

function convert(
  from: string,
  to: string,
  answers: Record<string, string | number>,
  prefix: string,
  suffix: string,
): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = `${to}${source.slice(from.length)}${suffix}`;
    let text = readFileSync(source, 'utf8');
    for (const [name, value] of Object.entries(answers))
      text = text.replaceAll(String(value), `[[=${prefix}${name}=]]`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
