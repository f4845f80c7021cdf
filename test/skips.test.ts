import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { needs, program, unix } from './support/needs.ts';
import { skippedLine } from './support/skips.ts';

const git = { what: 'git', isThere: true };
const tmux = { what: 'tmux', isThere: false };
const nginx = { what: 'nginx', isThere: false };

describe('a test that needs something', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('runs where everything is there', () => {
    expect(needs(git)).toEqual({});
    vi.stubEnv('STACK_TESTS', 'required');
    expect(needs(git)).toEqual({});
  });

  it('is skipped where something is missing, and carries what that is', () => {
    vi.stubEnv('STACK_TESTS', undefined);
    expect(needs(git, tmux, nginx)).toEqual({ skip: true, meta: { missing: 'tmux and nginx' } });
  });

  it('fails instead with STACK_TESTS=required', () => {
    vi.stubEnv('STACK_TESTS', 'required');
    expect(() => needs(git, tmux)).toThrow('needs tmux');
  });

  it('finds a program on the PATH', () => {
    vi.stubEnv('PATH', dirname(process.execPath));
    expect(program('node').isThere).toBe(true);
    expect(program('no-such-program').isThere).toBe(false);
  });

  it('finds on every system but Windows what is of Unix', () => {
    expect(unix('permissions')).toEqual({ what: 'Unix permissions', isThere: process.platform !== 'win32' });
  });
});

it('one line counts the skipped tests and names what is missing', () => {
  expect(skippedLine(['tmux', 'nginx', 'tmux'])).toMatch('Skipped 3 tests. Missing: tmux (2), nginx (1).');
  expect(skippedLine(['tmux'])).toMatch('Skipped 1 test. Missing: tmux (1).');
});

it('no test is skipped in another way, which would give no reason and which CI would not refuse', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && path !== 'skips.test.ts',
  );
  const skipping = sources.filter((path) =>
    /\b(skipIf|runIf|skip|todo)\b *\(|\.(skip|todo)\b/.test(readFileSync(join(import.meta.dirname, path), 'utf8')),
  );
  expect(sources.length).toBeGreaterThan(50);
  expect(skipping).toEqual([]);
});
