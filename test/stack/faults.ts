import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from '../render-simulator/instance.ts';

export const entrypoint = 'minio/minio-entrypoint.sh';

/** A change of the rendered repository that replaces one text by another; the text has to be there. */
export const replace = (path: string, text: string, by: string) => (folder: string) => {
  const before = readFileSync(join(folder, path), 'utf8');
  if (!before.includes(text)) throw new Error(`${path} has no "${text}": this test has to follow the template`);
  writeFileSync(
    join(folder, path),
    before.replaceAll(text, () => by),
  );
};

/**
 * Arguments of the engine that put a program of one's own before the real one of that name on the PATH. Each function below
 * gives such arguments.
 * @param folder where its script is kept: the rendered repository
 */
function program(folder: string, name: string, script: string): string[] {
  const path = join(folder, `odd-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return ['--volume', `${path}:/usr/local/bin/${name}:ro`];
}

/** A client that refuses one command, such as `mb`, and does everything else. */
export function refusingClient(folder: string, command: string): string[] {
  return program(
    folder,
    'mcli',
    `case $1 in ${command}) echo "refused: $1" >&2; exit 1 ;; esac\nexec /usr/bin/mcli "$@"`,
  );
}

/** A client that says that it has changed the policy of a bucket, and has not. */
export function lyingClient(folder: string): string[] {
  return program(folder, 'mcli', 'case "$1 $2" in "anonymous set"*) exit 0 ;; esac\nexec /usr/bin/mcli "$@"');
}

/** A client that removes the entrypoint's temporary folder, as somebody might who cleans up. */
export function cleaningClient(folder: string): string[] {
  return program(folder, 'mcli', 'rm -rf "$(dirname "$MC_CONFIG_DIR")"');
}

/** A client that fills the disk before its first command that makes the application user. */
export function fillingClient(folder: string): string[] {
  const fill = 'case $1 in admin) cat /dev/zero >/data/ballast 2>/dev/null ;; esac';
  return program(folder, 'mcli', `${fill}\nexec /usr/bin/mcli "$@"`);
}

/** A client that never comes back from anything. */
export function hangingClient(folder: string): string[] {
  return program(folder, 'mcli', 'exec sleep 600');
}

/** A server that never answers. */
export function hangingServer(folder: string): string[] {
  return program(folder, 'silo', 'exec sleep 600');
}

/** A curl that does not know the option `--variable`, as none did before 8.3. */
export function oldCurl(folder: string): string[] {
  const refusal = 'echo "curl: option --variable: is unknown" >&2; exit 2';
  return program(folder, 'curl', `case " $* " in *" --variable "*) ${refusal} ;; esac\nexec /usr/bin/curl "$@"`);
}

/** Sends the server in a container a signal; its process id is read from /proc, as the image has no ps. */
export async function signalServer(instance: Instance, signal: string): Promise<void> {
  await instance.exec([
    'sh',
    '-c',
    `for process in /proc/[0-9]*; do
       read -r name <"$process/comm"
       if [ "$name" = silo ] || [ "$name" = minio ]; then kill -${signal} "\${process##*/}"; fi
     done`,
  ]);
}

const recorded = [
  'silo',
  'mcli',
  'mc',
  'curl',
  'timeout',
  'mktemp',
  'rm',
  'mkdir',
  'chmod',
  'sleep',
  'date',
  'cat',
  'env',
  'sh',
];

/** Where `recordingPrograms` writes. */
export const record = '/tmp/recorded-arguments';

/**
 * Arguments of the engine that have each program of the server image write its arguments into a file before it runs: a
 * look into /proc can miss a program that is quick.
 * @param folder where the scripts are kept: the rendered repository
 */
export function recordingPrograms(folder: string): string[] {
  const programs = join(folder, 'recording');
  mkdirSync(programs);
  for (const name of recorded) {
    const script = `#!/usr/bin/sh\nprintf '%s\\n' "${name} $*" >>${record}\nexec /usr/bin/${name} "$@"\n`;
    writeFileSync(join(programs, name), script, { mode: 0o755 });
  }
  const path = '/recording:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return ['--volume', `${programs}:/recording:ro`, '--env', `PATH=${path}`];
}
