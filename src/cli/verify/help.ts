import { sectionLines } from '../help.ts';
import { spellingsOf } from '../run-flags.ts';
import { allVerifyFlags } from './flags.ts';

/**
 * The `--help` text of `verify`.
 * @param program how the command is called: `create-minio-stack verify`
 */
export function verifyHelp(program: string): string {
  const rows = allVerifyFlags.map((flag): [string, string] => [spellingsOf(flag).toReversed().join(', '), flag.about]);
  return [
    `Usage: ${program} [https://API] [flags]`,
    '',
    'Verifies a deployment from outside: is it really private, do signed URLs work, is the console safe?',
    'Without an address: the stored custom domains, or else what docker compose runs on this machine.',
    'Everything that it writes begins with minio-stack-verify/ and is deleted at the end.',
    '',
    "The application's key comes from MINIO_APP_ACCESS_KEY and MINIO_APP_SECRET_KEY, from .env,",
    'or from you, on a terminal. Without it, only what strangers may do is verified.',
    "MINIO_ROOT_PASSWORD, or what you type, is for the console's cookie and the server's version.",
    ...sectionLines([{ heading: 'Flags', rows }]),
    '',
    'Exit codes: 0 all fine, 4 something FAILED, 1 could not run, 130 interrupted.',
    '',
    'Examples:',
    `  ${program}`,
    `  ${program} https://files.example.com --console https://console.example.com`,
    '',
  ].join('\n');
}
