import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from '../render-simulator/instance.ts';

export const entrypoint = 'minio/minio-entrypoint.sh';
export const init = 'minio/minio-init.sh';

/** A change of the generated repository that replaces one text by another; the text has to be there. */
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
 * @param folder where its script is kept: the generated repository
 */
function program(folder: string, name: string, script: string): string[] {
  const path = join(folder, `odd-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return ['--volume', `${path}:/usr/local/bin/${name}:ro`];
}

/** A curl that refuses every request whose command line has this text, and sends every other one. */
export function refusingCurl(folder: string, text: string): string[] {
  const refusal = `printf 'refused: ${text} 500'; exit 22`;
  return program(folder, 'curl', `case "$*" in *'${text}'*) ${refusal} ;; esac\nexec /usr/bin/curl "$@"`);
}

/** A curl that says that it has removed something from the server, and has not. */
export function lyingCurl(folder: string): string[] {
  return program(
    folder,
    'curl',
    `case "$*" in *'--request DELETE'*) printf ' 204'; exit ;; esac\nexec /usr/bin/curl "$@"`,
  );
}

/** A curl that does not know the option `--variable`, as none did before 8.3. */
export function oldCurl(folder: string): string[] {
  const refusal = 'echo "curl: option --variable: is unknown" >&2; exit 2';
  return program(folder, 'curl', `case " $* " in *" --variable "*) ${refusal} ;; esac\nexec /usr/bin/curl "$@"`);
}

/** A client that refuses one command, such as `alias`, and does everything else. */
export function refusingClient(folder: string, command: string): string[] {
  return program(
    folder,
    'mcli',
    `case " $* " in *' ${command} '*) echo "refused: ${command}" >&2; exit 1 ;; esac\nexec /usr/bin/mcli "$@"`,
  );
}

/** A client that removes its own configuration folder, as somebody might who cleans up. */
export function cleaningClient(folder: string): string[] {
  return program(folder, 'mcli', 'rm -rf "$MC_CONFIG_DIR"');
}

/** A client that fills the disk before the command that makes the application user. */
export function fillingClient(folder: string): string[] {
  const fill = 'case " $* " in *" admin "*) cat /dev/zero >/data/ballast 2>/dev/null ;; esac';
  return program(folder, 'mcli', `${fill}\nexec /usr/bin/mcli "$@"`);
}

/** A client that never comes back from anything. */
export function hangingClient(folder: string): string[] {
  return program(folder, 'mcli', 'exec sleep 600');
}

/** A client that takes two seconds for everything. */
export function slowClient(folder: string): string[] {
  return program(folder, 'mcli', 'sleep 2; exec /usr/bin/mcli "$@"');
}

/** A server that says with which status it ended when it was asked to. */
export function reportingServer(folder: string): string[] {
  const stop = 'kill "$!"; wait "$!"; echo "the server ended with $?"; exit';
  return program(folder, 'silo', `trap '${stop}' TERM\n/usr/bin/silo "$@" &\nwait "$!"`);
}

/** A server that ends at once. */
export function endingServer(folder: string): string[] {
  return program(folder, 'silo', 'exit 3');
}

/** A server that never answers. */
export function hangingServer(folder: string): string[] {
  return program(folder, 'silo', 'exec sleep 600');
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
  'mkfifo',
  'cat',
  'stat',
  'tr',
  'minio-check.sh',
  'minio-init.sh',
  'env',
  'sh',
];

/** Where `recordingPrograms` writes. */
export const record = '/tmp/recorded-arguments';

/**
 * Arguments of the engine that have each program of the server image write its arguments into a file before it runs: a
 * look into /proc can miss a program that is quick.
 * @param folder where the scripts are kept: the generated repository
 */
export function recordingPrograms(folder: string): string[] {
  const programs = join(folder, 'recording');
  mkdirSync(programs);
  for (const name of recorded) {
    const script = `#!/usr/bin/sh\nprintf '%s\\n' "${name} $*" >>${record}\nexec ${name.endsWith('.sh') ? '/usr/local/bin' : '/usr/bin'}/${name} "$@"\n`;
    writeFileSync(join(programs, name), script, { mode: 0o755 });
  }
  const path = '/recording:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return ['--volume', `${programs}:/recording:ro`, '--env', `PATH=${path}`];
}
