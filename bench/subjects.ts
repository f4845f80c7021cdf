import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'generator-minio-stack');

/** A command that writes a project into `out`, which does not exist yet, below the working directory. */
export interface Subject {
  name: string;
  command: string[];
  env?: Record<string, string>;
}

/**
 * The commands to compare. Other people's tools are installed into a cache outside the checkout.
 * @param folder where templates for them are put
 */
export function subjects(folder: string): Subject[] {
  const bin = (tools: string, name: string) => join(tools, 'node_modules', '.bin', name);
  const yo = npmTools(['yo@7.0.1', 'create-vite@9.3.0']);
  const python = pythonTools(['copier==9.19.1', 'cookiecutter==2.7.1']);
  const templates = jinjaTemplates(folder);
  const node = process.execPath;
  return [
    { name: 'node -e 0', command: [node, '-e', '0'] },
    { name: 'create-minio-stack', command: [node, join(root, 'create-minio-stack/bin.js'), 'out', '--yes'] },
    {
      name: 'create-vite',
      command: [node, bin(yo, 'create-vite'), 'out', '--template', 'vanilla', '--no-interactive'],
    },
    {
      name: 'yo minio-stack',
      // `yo` as root becomes another user, who can't write here; what is measured is the same.
      command: [node, bin(yo, 'yo'), join(root, 'dist/generators/app/index.js'), 'out', '--yes'],
      env: { SUDO_UID: '0', SUDO_GID: '0' },
    },
    { name: 'cookiecutter', command: [join(python, 'bin/cookiecutter'), '--no-input', templates.cookiecutter] },
    {
      name: 'copier copy',
      command: [join(python, 'bin/copier'), 'copy', '--defaults', '--quiet', templates.copier, 'out'],
    },
  ];
}

/** Installs npm packages (name@version) once; returns the folder. */
function npmTools(packages: string[]): string {
  return cached(packages.join('+'), (folder) => {
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    return ['npm', 'install', '--prefix', folder, '--ignore-scripts', ...packages];
  });
}

/** Installs PyPI packages (name==version) once; returns the virtual environment. */
function pythonTools(packages: string[]): string {
  return cached(packages.join('+'), (folder) => {
    const install = `python3 -m venv "$0" && "$0/bin/pip" install --quiet "$@"`;
    return ['sh', '-c', install, folder, ...packages];
  });
}

function cached(name: string, installation: (folder: string) => string[]): string {
  const folder = join(cache, name.replaceAll(/[^\w@.+-]/g, '-'));
  const done = join(folder, '.done');
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [program = '', ...args] = installation(folder);
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`can't install ${name}:\n${stderr}`);
  writeFileSync(done, '');
  return folder;
}

/** The rendered repository as templates for copier and cookiecutter: the same files, the same five answers in them. */
function jinjaTemplates(folder: string): { copier: string; cookiecutter: string } {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'create-minio-stack/bin.js'), 'rendered', '--yes'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
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
    bucket: 'rendered',
    server_name: 'minio-server',
    console_name: 'minio-console',
    disk_size: 10,
    console_port: 9090,
  };
  convert(join(folder, 'rendered'), join(copier), answers, '', '.jinja');
  const questions = Object.entries(answers).map(([name, value]) => [
    name,
    { type: typeof value === 'number' ? 'int' : 'str', default: value },
  ]);
  writeFileSync(join(copier, 'copier.yml'), JSON.stringify({ _envops: marks, ...Object.fromEntries(questions) }));
  convert(join(folder, 'rendered'), join(cookiecutter, '[[=cookiecutter.out=]]'), answers, 'cookiecutter.', '');
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
