import { expect, test } from 'vitest';
import { describeStack, sharedStack } from './layer.ts';

const coreutils =
  `[ arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown cksum comm cp csplit cut date dd df dir
  dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname ls
  md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf ptx pwd
  readlink realpath rm rmdir runcon seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat
  stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink users vdir wc
  who whoami yes`.split(/\s+/);

describeStack('the server image', () => {
  const shared = sharedStack({ only: 'server' });

  // A stand-in that has more than the pinned image would hide what the entrypoint can't use there.
  test('has a shell, coreutils, curl, server, client, the scripts, and nothing else', async () => {
    const { stdout } = await shared.stack.server.exec([
      'sh',
      '-c',
      'IFS=:; for folder in $PATH; do ls "$folder"; done',
    ]);
    const programs = new Set(stdout.trim().split('\n'));
    const scripts = ['docker-entrypoint.sh', 'minio-entrypoint.sh', 'minio-check.sh', 'minio-init.sh'];
    const others = ['bash', 'curl', 'mc', 'mcli', 'sh', 'silo', ...scripts];
    expect([...programs].sort()).toEqual([...coreutils, ...others].sort());
  });
});
