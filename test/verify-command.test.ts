import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressesOf } from '../src/cli/verify/addresses.ts';
import { parseVerifyLine, refuseSwallowedVerifyFlags } from '../src/cli/verify/command-line.ts';
import { applicationKey, type KeySources, rootLogin, secretsIn } from '../src/cli/verify/credentials.ts';
import { allVerifyFlags } from '../src/cli/verify/flags.ts';
import { verifyHelp } from '../src/cli/verify/help.ts';
import { runVerify } from '../src/cli/verify/run-verify.ts';

describe('the command line of verify', () => {
  it('has an address, flags with values, and flags that can be repeated', () => {
    const argv = 'https://a.example --bucket one --console https://c.example --bucket=two --upload-size 50 --json';
    expect(parseVerifyLine(argv.split(' '))).toEqual({
      line: {
        ...{ api: 'https://a.example', console: 'https://c.example', origin: undefined, buckets: ['one', 'two'] },
        ...{ uploadMegabytes: 50, newestImages: false, json: true, help: false },
      },
      problems: [],
    });
  });

  it.each([
    ['--jsn', 'unknown flag --jsn; did you mean --json?'],
    ['--region oregon', 'unknown flag --region; --help lists the flags'],
    ['--secret-key x', 'unknown flag --secret-key; --help lists the flags'],
    ['--console', '--console needs a value: --console URL'],
    ['--console --json', '--console needs a value: --console URL'],
    ['--console c.example', '--console must be an address like https://media.example.com, without a path'],
    ['--json=yes', '--json takes no value'],
    ['--origin https://a.example --origin https://b.example', '--origin is given more than once'],
    ['--upload-size 0', '--upload-size must be a whole number of MB from 1 to 1000; for example 20'],
    ['--bucket My_Bucket', '--bucket must hold only lower-case letters, digits, dots and hyphens'],
    ['media.example.com', "The API's address must be an address like https://media.example.com, without a path"],
    ['https://a.example https://b.example', "one address at most, the API's; give the console's with --console"],
  ])('%s: %s', (argv, problem) => {
    expect(parseVerifyLine(argv.split(' ')).problems).toEqual([expect.stringContaining(problem)]);
  });

  it('never repeats an address, which may have a password in it', () => {
    const { problems } = parseVerifyLine(['https://me:s3cret@a.example', '--console', 'https://me:s3cret@c.example']);
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('s3cret');
  });

  it('is explained by --help, flag by flag, within 100 columns', async () => {
    const help = verifyHelp('create-minio-stack verify');
    for (const { flag } of allVerifyFlags) expect(help).toContain(`--${flag}`);
    expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const door = { program: 'create-minio-stack verify', version: '0.1.0', cwd: tmpdir() };
    const terminal = { input: nobody, password: nobody, coloured: (_: unknown, text: string) => text };
    expect((await runVerify(['--help'], { ...door, terminal })).output).toBe(help);
  });
});

describe('a flag of verify that npm took for its own', () => {
  const refusal = (argv: string[], env: Record<string, string>) => {
    try {
      refuseSwallowedVerifyFlags(argv, env);
      return undefined;
    } catch (error) {
      return (error as Error).message.split('\n').at(-1);
    }
  };
  const npx = 'npx create-minio-stack@latest verify';

  it.each([
    [['https://a.example'], { npm_config_json: 'true' }, `${npx} https://a.example --json`],
    [
      ['https://a.example', 'https://c.example'],
      { npm_config_console: 'true' },
      `${npx} https://a.example --console https://c.example`,
    ],
    [['https://a.example'], { npm_config_bucket: 'photos' }, `${npx} https://a.example --bucket photos`],
    [['s3cret'], { npm_config_newest_images: 'true' }, `${npx} https://API --newest-images`],
    [
      ['https://a.example'],
      { npm_config_origin: 'https://u:s3cret@o.example' },
      `${npx} https://a.example --origin URL`,
    ],
  ])('%j with %j: the same line for npx', (argv, env, line) => {
    expect(refusal(argv, env)).toBe(line);
  });

  it('is none where the flag came through', () => {
    expect(refusal(['--json'], { npm_config_json: 'true' })).toBeUndefined();
    expect(refusal([], { npm_config_yes: 'true' })).toBeUndefined();
  });
});

describe('the addresses of verify', () => {
  const stored = {
    serverDomain: 'files.example.com',
    consoleDomain: 'console.example.com',
    serverName: 's',
    consoleName: 'c',
  };
  const none = { ...stored, serverDomain: undefined, consoleDomain: undefined };
  const given = { api: undefined, console: undefined };
  const of = (line: object, answers: typeof stored | typeof none | undefined, up: string[] = []) =>
    addressesOf({ ...given, ...line }, answers, 'create-minio-stack verify', async (url) => up.includes(url));
  const local = ['http://localhost:9000', 'http://localhost:8080'];

  it.each<[string, object, Parameters<typeof of>[1], string[], object]>([
    ['are those given', { api: 'https://a.example' }, stored, local, { api: 'https://a.example' }],
    [
      'are else the stored custom domains',
      {},
      stored,
      local,
      { api: 'https://files.example.com', console: 'https://console.example.com' },
    ],
    ['are else what Compose runs', {}, none, local, { api: local[0], console: local[1] }],
    ['are else what Compose runs, without a console that is down', {}, undefined, local.slice(0, 1), { api: local[0] }],
  ])('%s', async (_, line, answers, up, expected) => {
    expect(await of(line, answers, up)).toEqual({ console: undefined, ...expected });
  });

  it('that are nowhere: the message says where Render has them, by the names of the services', async () => {
    await expect(of({}, none)).rejects.toThrow(/Render's Dashboard, open the services s and c/);
    await expect(of({ console: 'https://c.example' }, undefined, local)).rejects.toThrow('No address to verify');
  });
});

describe('the keys of verify', () => {
  const asked: string[] = [];
  const sources = (more: Partial<KeySources>): KeySources => ({
    environment: {},
    file: {},
    isLocal: false,
    ask: undefined,
    ...more,
  });
  const answering =
    (answer: string): KeySources['ask'] =>
    async ({ message }) => {
      asked.push(message);
      return answer;
    };
  const file = { MINIO_APP_SECRET_KEY: 'of-the-file' };

  it.each<[string, Partial<KeySources>, string | undefined]>([
    [
      'the environment',
      { environment: { MINIO_APP_SECRET_KEY: 'of-the-environment' }, file, ask: answering('x') },
      'of-the-environment',
    ],
    ['.env, on this machine', { file, isLocal: true, ask: answering('x') }, 'of-the-file'],
    ['the person, about a deployment', { file, ask: answering('typed') }, 'typed'],
    ['.env, where the person types nothing', { file, ask: answering('') }, 'of-the-file'],
    ['.env, where nobody can be asked', { file }, 'of-the-file'],
    ['nowhere', {}, undefined],
    ['nowhere, where the person types nothing', { ask: answering('') }, undefined],
  ])('come from %s', async (_, more, secretKey) => {
    expect(await applicationKey(sources(more))).toEqual(secretKey && { accessKey: 'minio-app', secretKey });
  });

  it('are root only where they are for this machine, given, or typed', async () => {
    const root = { file: { MINIO_ROOT_PASSWORD: 'of-the-file' } };
    expect(await rootLogin(sources(root), 'minio-admin')).toBeUndefined();
    expect(await rootLogin(sources({ ...root, isLocal: true }), 'somebody')).toEqual({
      accessKey: 'somebody',
      secretKey: 'of-the-file',
    });
    expect(await rootLogin(sources({ ask: answering('typed') }), 'minio-admin')).toMatchObject({ secretKey: 'typed' });
  });

  it('are read from .env as Compose reads it: quotes, comments, export', () => {
    const folder = mkdtempSync(join(tmpdir(), 'verify-env-'));
    writeFileSync(join(folder, '.env'), "# secrets\nexport MINIO_APP_SECRET_KEY='a#b c' # mine\nEMPTY=\n");
    expect(secretsIn(join(folder, '.env'))).toMatchObject({ MINIO_APP_SECRET_KEY: 'a#b c' });
    expect(secretsIn(join(folder, 'not-there'))).toEqual({});
    rmSync(folder, { recursive: true });
  });
});

const nobody = async (): Promise<string> => {
  throw new Error('nobody is to be asked');
};
