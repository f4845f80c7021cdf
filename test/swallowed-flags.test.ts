import { describe, expect, it } from 'vitest';
import { quoted } from '../src/cli/shell.ts';
import { refuseSwallowedFlags } from '../src/cli/swallowed-flags.ts';

/** What is said about a command line of which npm took some flags; undefined when it is let through. */
function refusal(argv: string[], env: Record<string, string>): string | undefined {
  try {
    refuseSwallowedFlags(argv, env);
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n').at(-1);
  }
}
const init = 'npm init minio-stack@latest';

describe('a flag that npm took for its own', () => {
  it.each([
    [['my-storage'], { npm_config_dry_run: 'true' }, `${init} my-storage -- --dry-run`],
    [['my-storage', '50'], { npm_config_disk_size: 'true' }, `${init} my-storage -- --disk-size 50`],
    [['50'], { npm_config_disk_size: 'true' }, `${init} -- --disk-size 50`],
    [['my-storage'], { npm_config_disk_size: 'true' }, `${init} my-storage -- --disk-size VALUE`],
    [['my-storage'], { npm_config_bucket: 'photos' }, `${init} my-storage -- --bucket photos`],
    [['my-storage', 'none'], { npm_config_updates: 'true' }, `${init} my-storage -- --updates none`],
    [['my-storage', 'mine'], { npm_config_on_conflict: 'true' }, `${init} my-storage -- --on-conflict mine`],
    [['My Files'], { npm_config_check: 'true' }, `${init} ${quoted('My Files')} -- --check`],
    [['My Files\\x'], { npm_config_check: 'true' }, `${init} ${quoted('My Files\\x')} -- --check`],
    [[], { npm_config_cors_origins: 'https://*.a.com' }, `${init} -- --cors-origins ${quoted('https://*.a.com')}`],
  ])('%j with %j: the same line with --', (argv, env, line) => {
    expect(refusal(argv, env)).toBe(line);
  });

  it('beside flags that came through: they stay where they were, and their values are no directories', () => {
    const argv = ['my-storage', '--bucket', 'media', '--disk-size=5'];
    expect(refusal(argv, { npm_config_dry_run: 'true' })).toBe(
      `${init} my-storage -- --dry-run --bucket media --disk-size=5`,
    );
  });

  it.each([
    [['my-storage', 's3cret'], { npm_config_root_password: 'true' }],
    [['s3cret'], { npm_config_root_password: 'true' }],
    [['my-storage'], { npm_config_root_password: 's3cret' }],
    [['--root-password', 's3cret'], { npm_config_check: 'true' }],
    [['--root-password=s3cret'], { npm_config_check: 'true' }],
  ])('never prints what could be a password: %j with %j', (argv, env) => {
    expect(refusal(argv, env)).toMatch(/--root-password[ =]VALUE/);
    expect(refusal(argv, env)).not.toContain('s3cret');
  });

  it.each([
    ['nothing of ours', ['my-storage'], { npm_config_registry: 'https://example.com', npm_config_yes: 'true' }],
    ['a flag that came through as well', ['--check'], { npm_config_check: 'true' }],
    ['a flag that is off', ['my-storage'], { npm_config_dry_run: '' }],
  ])('lets a run through: %s', (_, argv, env) => {
    expect(refusal(argv, env)).toBeUndefined();
  });
});
