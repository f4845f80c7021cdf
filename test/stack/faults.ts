import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Arguments of the engine that put a client before the real one on the PATH which refuses one command, such as `mb`, and
 * does everything else.
 * @param folder where its script is kept: the rendered repository
 */
export function refusingClient(folder: string, command: string): string[] {
  const path = join(folder, `refusing-${command}`);
  const script = `case $1 in ${command}) echo "refused: $1" >&2; exit 1 ;; esac\nexec /usr/bin/mcli "$@"\n`;
  writeFileSync(path, `#!/bin/sh\n${script}`, { mode: 0o755 });
  return ['--volume', `${path}:/usr/local/bin/mcli:ro`];
}

/**
 * Arguments of the engine that put a client before the real one on the PATH which says that it has changed the policy of
 * a bucket, and has not.
 * @param folder where its script is kept: the rendered repository
 */
export function lyingClient(folder: string): string[] {
  const path = join(folder, 'lying-client');
  const script = 'case "$1 $2" in "anonymous set"*) exit 0 ;; esac\nexec /usr/bin/mcli "$@"\n';
  writeFileSync(path, `#!/bin/sh\n${script}`, { mode: 0o755 });
  return ['--volume', `${path}:/usr/local/bin/mcli:ro`];
}

/**
 * Arguments of the engine that put a client before the real one on the PATH which removes the entrypoint's temporary folder,
 * as somebody might who cleans up.
 * @param folder where its script is kept: the rendered repository
 */
export function cleaningClient(folder: string): string[] {
  const path = join(folder, 'cleaning-client');
  writeFileSync(path, '#!/bin/sh\nrm -rf "$(dirname "$MC_CONFIG_DIR")"\n', { mode: 0o755 });
  return ['--volume', `${path}:/usr/local/bin/mcli:ro`];
}

/**
 * Arguments of the engine that put a curl before the real one on the PATH which does not know the option `--variable`, as
 * none did before 8.3.
 * @param folder where its script is kept: the rendered repository
 */
export function oldCurl(folder: string): string[] {
  const path = join(folder, 'old-curl');
  const refusal = 'echo "curl: option --variable: is unknown" >&2; exit 2';
  const script = `case " $* " in *" --variable "*) ${refusal} ;; esac\nexec /usr/bin/curl "$@"\n`;
  writeFileSync(path, `#!/bin/sh\n${script}`, { mode: 0o755 });
  return ['--volume', `${path}:/usr/local/bin/curl:ro`];
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
