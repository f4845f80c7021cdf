import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { forPeople, StackError } from '../src/errors.ts';
import { emptyFolder } from './support/generate.ts';

describe('what a person is shown of an error', () => {
  it('that was written for people is the error itself', () => {
    const error = new StackError('--region "mars" must be another', 3);
    expect(forPeople(error, false)).toBe(error);
    expect(forPeople(error, true)).toBe(error);
  });

  it.each([
    [new TypeError('x is not a function\nat line 3'), 'x is not a function'],
    ['a thrown text', 'a thrown text'],
    [undefined, 'undefined'],
  ])('that nobody foresaw is one line, and where to report it: %j', (error, line) => {
    const { message, code } = forPeople(error, false);
    expect(message.split('\n')).toEqual([
      `This should not have happened: ${line}`,
      expect.stringMatching(/^Please report it .* --debug: https:\/\/github\.com\/.+\/issues$/),
    ]);
    expect(code).toBe(1);
  });

  it('that nobody foresaw is the stack with --debug', () => {
    expect(forPeople(new TypeError('x'), true).message).toMatch(/^TypeError: x\n {4}at .*errors\.test\.ts/);
  });
});

describe('create-minio-stack, in which something breaks that nobody foresaw,', () => {
  const bin = fileURLToPath(new URL('../create-minio-stack/bin.js', import.meta.url));
  const broken = 'data:text/javascript,JSON.stringify = () => { throw new TypeError("boom"); }';
  const run = (...flags: string[]) =>
    spawnSync(process.execPath, ['--import', broken, bin, emptyFolder(), '--yes', ...flags], { encoding: 'utf8' });

  it('ends with 1 and two lines, and no stack', () => {
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^create-minio-stack: This should not have happened: boom\n {2}Please report it .*\n$/);
  });

  it('shows the stack with --debug', () => {
    expect(run('--debug')).toMatchObject({ status: 1, stderr: expect.stringMatching(/TypeError: boom\n +at /) });
  });
});
