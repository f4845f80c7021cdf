import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { run, runOrThrow } from '../../render-simulator/run.ts';
import { cached, recipeOf } from './cache.ts';

const suite = 'forky';
const packages = ['nginx', 'curl', 'wget', 'busybox', 'gettext-base', 'ca-certificates'];

/** The root folder of a small Debian with nginx's stable branch, the quarry for the stand-in images. Needs root. */
export function debianRoot(log?: (text: string) => void): Promise<string> {
  return cached(`debian-${suite}`, recipeOf(suite, packages), bootstrap, log);
}

async function bootstrap(path: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error(
      'Some images are made from a small Debian by debootstrap, which only root can run: prepare as root.',
    );
  }
  // Older debootstraps don't know the name yet; every suite after trixie is installed as sid is.
  const script = ['--variant=minbase', `--include=${packages}`, suite, path, await archive()];
  for (let attempt = 1; ; attempt++) {
    const { status, stdout } = await run('debootstrap', [...script, '/usr/share/debootstrap/scripts/sid']);
    if (status === 0) return;
    if (attempt === 3) throw new Error(`debootstrap ended with ${status}: ${stdout.slice(-500)}`);
    await runOrThrow('rm', ['-rf', path]);
  }
}

/** The address of the Debian archive that this machine's apt uses. */
async function archive(): Promise<string> {
  const sites = await runOrThrow('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages']);
  const site = sites.split('\n').find((each) => /\/debian\/?$/.test(each));
  if (!site) throw new Error('apt knows no Debian archive, from which stand-ins are made: apt-get update');
  return site;
}

/** A root folder for an image that is made from parts of another one, and holds nothing else. */
export class Rootfs {
  readonly #from: string;
  readonly #to: string;

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
    for (const folder of ['etc', 'tmp', 'usr/bin', 'usr/sbin', 'usr/lib64', 'proc', 'sys', 'dev', 'run', 'var']) {
      mkdirSync(join(to, folder), { recursive: true });
    }
    // Debian's own layout: everything is below /usr.
    for (const folder of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${folder}`, join(to, folder));
    for (const file of ['passwd', 'group', 'nsswitch.conf']) this.copy(`/etc/${file}`);
  }

  /** Programs together with the shared libraries that they need. */
  async programs(paths: string[]): Promise<void> {
    const { stdout } = await run('chroot', [this.#from, 'ldd', ...paths]);
    const libraries = stdout.match(/\/\S+\.so\S*/g) ?? [];
    for (const path of new Set([...paths, ...libraries])) this.copy(path);
  }

  /** The programs of a Debian package. */
  async programsOf(name: string): Promise<void> {
    const listed = await runOrThrow('chroot', [this.#from, 'dpkg', '-L', name]);
    await this.programs(listed.split('\n').filter((path) => /^(\/usr)?\/bin\/./.test(path)));
  }

  /** A file with the links that lead to it, or a folder with all that is in it. */
  copy(path: string): void {
    const from = join(this.#from, path);
    const to = join(this.#to, path);
    mkdirSync(dirname(to), { recursive: true });
    if (existsSync(to)) return;
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    if (lstatSync(from).isSymbolicLink()) this.copy(resolve(dirname(path), readlinkSync(from)));
  }

  /** Another name for a program that is there. */
  link(name: string, target: string): void {
    symlinkSync(target, join(this.#to, name));
  }

  /** A file from elsewhere; a script is made executable. */
  add(file: string, path: string): void {
    const to = join(this.#to, path);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(file, to);
    if (path.endsWith('.sh')) chmodSync(to, 0o755);
  }
}
