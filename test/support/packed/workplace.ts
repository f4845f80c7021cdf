import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the tests run as root, and so may become somebody else. */
export const asRoot = process.getuid?.() === 0;

/** A normal user; no account of that number is needed. */
export const person = 1000;

/** Temporary folders of one test file, readable for every user. */
export class Workplace {
  readonly folder: string;
  /** Variables that keep programs from the real home folder; `yo`, started by root, becomes the normal user. */
  readonly env: Record<string, string>;
  #count = 0;

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'minio-stack-packed-')));
    chmodSync(this.folder, 0o755);
    const home = this.#own(join(this.folder, 'home'));
    this.env = { HOME: home, USERPROFILE: home, NO_UPDATE_NOTIFIER: '1', SUDO_UID: `${person}`, SUDO_GID: `${person}` };
  }

  /** An empty folder in which the normal user may write. */
  emptyFolder(): string {
    this.#count += 1;
    return this.#own(join(this.folder, `run-${this.#count}`));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #own(folder: string): string {
    mkdirSync(folder);
    if (asRoot) chownSync(folder, person, person);
    return folder;
  }
}
