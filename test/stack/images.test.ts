import { expect, test } from 'vitest';
import { describeStack, sharedStack } from './layer.ts';

describeStack('the server image', () => {
  const shared = sharedStack({ only: 'server' });
  const has = async (program: string) =>
    (await shared.stack.server.exec(['sh', '-c', `command -v ${program}`])).status === 0;

  // A stand-in that has more than the pinned image would hide what the entrypoint can't use there.
  test.each(['grep', 'sed', 'awk', 'find', 'ps', 'minio', 'wget', 'jq', 'envsubst', 'python3', 'perl', 'pgrep'])(
    'has no %s',
    async (program) => {
      expect(await has(program)).toBe(false);
    },
  );

  test.each(['sh', 'silo', 'mcli', 'mc', 'curl', 'docker-entrypoint.sh', 'mktemp', 'timeout', 'date'])(
    'has %s',
    async (program) => {
      expect(await has(program)).toBe(true);
    },
  );
});
