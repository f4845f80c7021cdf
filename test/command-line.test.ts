import { describe, expect, it } from 'vitest';
import { argumentsFromYeoman, parseCommandLine } from '../src/cli/command-line.ts';

/** A command line without problems. */
const lineOf = (argv: string[]) => {
  const { line, problems } = parseCommandLine(argv);
  expect(problems).toEqual([]);
  return line;
};
const problemsOf = (argv: string[]) => parseCommandLine(argv).problems.join('\n');
const off = {
  yes: false,
  askAnswered: false,
  dryRun: false,
  check: false,
  json: false,
  force: false,
  allowRename: false,
  debug: false,
  help: false,
  version: false,
  onConflict: undefined,
  newestImages: false,
  leaveWorkflow: false,
  cooldown: 3,
};

describe('create-minio-stack reads its command line', () => {
  it('a directory, values in both spellings, switches long and short', () => {
    expect(lineOf(['my-storage', '--bucket', 'media', '--disk-size=20', '--updates', 'none', '-y'])).toEqual({
      ...off,
      yes: true,
      directory: 'my-storage',
      flags: { bucket: 'media', diskSize: '20', updates: 'none' },
    });
  });

  it('nothing at all', () => {
    expect(lineOf([])).toEqual({ ...off, directory: undefined, flags: {} });
  });

  it('an empty value', () => {
    expect(lineOf(['--cors-origins=', '--server-domain', '']).flags).toEqual({
      corsOrigins: '',
      serverDomain: '',
    });
  });

  it('what looks like a flag behind --', () => {
    expect(lineOf(['--', '--odd']).directory).toBe('--odd');
  });

  it.each([
    [['--bukcet', 'x'], 'unknown flag --bukcet; did you mean --bucket?'],
    [['--disk-sise=20'], 'unknown flag --disk-sise; did you mean --disk-size?'],
    [['--diskSize=20'], 'unknown flag --diskSize; did you mean --disk-size?'],
    [['--no-dependabot'], '--no-dependabot is a flag of earlier versions: give --updates none'],
    [['--update-workflow'], '--update-workflow is a flag of earlier versions: give --updates workflow'],
    [['my-storage', '--secret', 'x'], /^unknown flag --secret; --help lists the flags$/],
    [['-x'], 'unknown flag -x; --help lists the flags'],
    [['--no-yes'], 'unknown flag --no-yes'],
    [['--bucket', 'a', '--bucket', 'b'], '--bucket is given more than once'],
    [['--yes=false'], '--yes takes no value, leave out "false"'],
    [['--newest-images', '--cooldown', 'soon'], '--cooldown "soon" must be a whole number of days from 0 to 365'],
    [['--newest-images', '--cooldown', '366'], '--cooldown "366" must be a whole number of days from 0 to 365'],
    [['--newest-images', '--cooldown'], '--cooldown needs a value, which must be a whole number of days'],
    [['--cooldown', '7'], '--cooldown is only for --newest-images; give both, or leave it out'],
    [['a', 'b'], 'one directory at most, not "a" and "b"'],
  ])('refuses %j', (argv, message) => {
    expect(problemsOf(argv)).toMatch(message);
  });

  it('every problem at once', () => {
    expect(problemsOf(['--bukcet=x', '--yse', '--force=no'])).toMatch(
      /unknown flag --bukcet.*\n.*unknown flag --yse; did you mean --yes.*\n.*--force takes no value/,
    );
  });

  it.each([
    [['--bucket'], { bucket: true }],
    [['--bucket', '--yes'], { bucket: true }],
    [['--updates=maybe'], { updates: 'maybe' }],
  ])('leaves a missing or odd value to the rules: %j', (argv, flags) => {
    expect(lineOf(argv).flags).toEqual(flags);
  });
});

describe('yo hands over what it has parsed', () => {
  it('camelCase and kebab-case, among options of its own', () => {
    const options = { diskSize: 20, 'disk-size': 20, y: true, skipInstall: false, resolved: '/x', updates: 'none' };
    const argv = ['node', 'yo', 'minio-stack', 'my-storage', '--disk-size', '20', '-y', '--updates', 'none'];
    expect(lineOf(argumentsFromYeoman(['my-storage'], options, argv))).toEqual({
      ...off,
      yes: true,
      directory: 'my-storage',
      flags: { diskSize: '20', updates: 'none' },
    });
  });

  it('with the directory as the value of a flag that takes none', () => {
    const argv = ['yo', 'minio-stack', '--yes', 'my-storage'];
    expect(lineOf(argumentsFromYeoman([], { yes: 'my-storage' }, argv))).toEqual({
      ...off,
      yes: true,
      directory: 'my-storage',
      flags: {},
    });
  });

  it('a directory that looks like a flag', () => {
    expect(lineOf(argumentsFromYeoman(['--odd'], {}, [])).directory).toBe('--odd');
  });

  it('every problem at once: unknown, repeated and misused flags', () => {
    const options = { bukcet: 'x', debug: true, namespace: 'minio-stack:app', bucket: ['a', 'b'], yes: 'false' };
    const argv = ['yo', 'minio-stack', '--bukcet', 'x', '--debug', '--bucket', 'a', '--bucket', 'b', '--yes=false'];
    expect(
      problemsOf(argumentsFromYeoman([], options, argv))
        .split('\n')
        .toSorted(),
    ).toEqual([
      '--bucket is given more than once',
      '--yes takes no value, leave out "false"',
      'unknown flag --bukcet; did you mean --bucket?',
    ]);
  });
});
