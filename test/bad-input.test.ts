import { describe, expect, it } from 'vitest';
import { type AnswerName, answerNames, questions } from '../src/answers/questions.ts';
import { serverPlans } from '../src/answers/render-platform.ts';
import { brokenWhileAsking, resolveAnswers, type Sources } from '../src/answers/resolve-answers.ts';
import { misspelled } from './support/browser-origins.ts';

const nothing: Sources = { prompted: {}, flags: {}, edited: {}, stored: {}, folder: '/srv/my-media' };
const long = (length: number) => 'a'.repeat(length);
const digest = `sha256:${'0'.repeat(64)}`;

/** Text that breaks a rule, and what is said about it. Each row is tried as a flag, in the stored file, and at the prompt. */
const badText: [AnswerName, string, string][] = [
  ['bucket', '', 'must have 3 to 63 characters, and has 0'],
  ['bucket', 'ab', 'must have 3 to 63 characters, and has 2'],
  ['bucket', long(64), 'must have 3 to 63 characters, and has 64'],
  ['bucket', 'My-Media', 'must hold only lower-case letters, digits, dots and hyphens'],
  ['bucket', 'my_media', 'must hold only lower-case letters, digits, dots and hyphens'],
  ['bucket', 'my media', 'must hold only lower-case letters, digits, dots and hyphens'],
  ['bucket', 'média', 'must hold only lower-case letters, digits, dots and hyphens'],
  ['bucket', 'media\n', 'must hold only lower-case letters, digits, dots and hyphens'],
  ['bucket', 'a"; rm -rf /', 'must hold only lower-case letters, digits, dots and hyphens'],
  ['bucket', '$(reboot)', 'must hold only lower-case letters, digits, dots and hyphens'],
  ['bucket', '-media', 'must begin and end with a lower-case letter or a digit'],
  ['bucket', 'media-', 'must begin and end with a lower-case letter or a digit'],
  ['bucket', '.media', 'must begin and end with a lower-case letter or a digit'],
  ['bucket', 'my..media', 'must not hold two dots in a row, or a dot next to a hyphen'],
  ['bucket', 'my.-media', 'must not hold two dots in a row, or a dot next to a hyphen'],
  ['bucket', 'my-.media', 'must not hold two dots in a row, or a dot next to a hyphen'],
  ['bucket', '192.168.5.4', 'must not look like an IP address'],
  ['bucket', 'xn--media', 'must not begin with "xn--", which S3 reserves'],
  ['bucket', 'sthree-media', 'must not begin with "sthree-", which S3 reserves'],
  ['bucket', 'media-s3alias', 'must not end with "-s3alias", which S3 reserves'],
  ['bucket', 'media--ol-s3', 'must not end with "--ol-s3", which S3 reserves'],
  ['bucket', 'minio', 'must not be "minio": the server needs that path for its own health checks'],
  ['serverName', 'a', 'must have 2 to 58 characters, and has 1'],
  ['serverName', long(59), 'must have 2 to 58 characters, and has 59'],
  ['serverName', 'Minio', 'must hold only lower-case letters, digits and hyphens'],
  ['serverName', 'minio_server', 'must hold only lower-case letters, digits and hyphens'],
  ['serverName', 'minio.server', 'must hold only lower-case letters, digits and hyphens'],
  ['serverName', '9minio', 'must begin with a letter and end with a letter or a digit'],
  ['serverName', 'minio-', 'must begin with a letter and end with a letter or a digit'],
  ['consoleName', 'con sole', 'must hold only lower-case letters, digits and hyphens'],
  ['consoleName', '-console', 'must begin with a letter and end with a letter or a digit'],
  ['diskSize', '0', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', '-1', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', '1.5', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', '10GB', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', '1e3', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', '0x10', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', ' 10', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', '010', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', '16385', 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', 'ten', 'must be a whole number of GB from 1 to 16384'],
  ['consolePort', '80', 'must be a port from 1024 to 65535'],
  ['consolePort', '65536', 'must be a port from 1024 to 65535'],
  ['consolePort', 'http', 'must be a port from 1024 to 65535'],
  ['consolePort', '9000', "must be another port: 9000 is the API's own"],
  ['consolePort', '10000', "must be another port: 10000 is reserved on Render's private network"],
  ['consolePort', '18012', "must be another port: 18012 is reserved on Render's private network"],
  ['consolePort', '18013', "must be another port: 18013 is reserved on Render's private network"],
  ['consolePort', '19099', "must be another port: 19099 is reserved on Render's private network"],
  ['region', 'mars', 'must be one of oregon, ohio, virginia, frankfurt, singapore'],
  ['region', 'Oregon', 'must be one of oregon, ohio, virginia, frankfurt, singapore'],
  [
    'serverPlan',
    'free',
    `must be one of ${serverPlans.join(', ')}; a free service has neither a disk nor private traffic, so the server needs a paid plan`,
  ],
  ['serverPlan', 'huge', 'must be one of starter, standard, pro, pro plus'],
  ['consolePlan', 'basic-256mb', 'must be one of free, starter, standard'],
  ['rootUser', 'ad', 'must have 3 to 64 characters, and has 2'],
  ['rootUser', long(65), 'must have 3 to 64 characters, and has 65'],
  ['rootUser', 'root user', 'must hold only letters, digits, dots, underscores and hyphens'],
  ['rootUser', 'a=b,c', 'must hold only letters, digits, dots, underscores and hyphens'],
  ['rootUser', '-admin', 'must begin and end with a letter or a digit'],
  ['rootUser', 'minioadmin', 'must not be "minioadmin", MinIO\'s default, which attackers try first'],
  ['rootUser', 'minio-app', 'must not be "minio-app", the name of the application\'s user'],
  [
    'rootPassword',
    'hunter2hunter2',
    'must be one of prompt, generate; the password itself never goes into the repository',
  ],
  ...[
    ...[
      'www.example.com',
      'localhost:5173',
      'null',
      'https://',
      'file:///index.html',
      ',',
      ' ',
      'https://a.com https://b.com',
    ],
    ...[
      'https://a..b.com',
      'https://-a.com',
      'https://a.com.',
      'https://999.1.1.1',
      'https://[::g]',
      'https://a%20b.com',
    ],
    ...[
      'https://a.com:0',
      'https://a.com:65536',
      'https://a.com:http',
      'https://a.com:*:*',
      `https://${'a.'.repeat(130)}com`,
    ],
    ...Array.from('"\'`$|<>{}()&;\\', (sign) => `capacitor://a${sign}b`),
  ].map((value): [AnswerName, string, string] => [
    'corsOrigins',
    value,
    'must be scheme://host[:port] with a valid host and port',
  ]),
  ...misspelled.map(([value, page]): [AnswerName, string, string] => [
    'corsOrigins',
    value,
    `must be ${page}, as browsers write this origin`,
  ]),
  ...[
    ...[
      'https://*',
      'https://*.com',
      'https://*example.com',
      'https://example.*',
      'http://192.168.1.*',
      'capacitor://*',
    ],
    ...['https://www.*.example.com', 'https://*.*.example.com', 'https://**.example.com', 'chrome-extension://*'],
  ].map((value): [AnswerName, string, string] => [
    'corsOrigins',
    value,
    'must have at most one *, in the first part of a domain, like https://*.example.com',
  ]),
  ['corsOrigins', '*', 'must name each origin, or be left out to allow any origin'],
  ['corsOrigins', 'https://a.com,https://a.com', 'must name each value once, and has "https://a.com" twice'],
  ['corsOrigins', 'https://a.com, b', 'has "b", which must be scheme://host[:port] with a valid host and port'],
  ['corsOrigins', 'https://a.com,,https://b.com', 'has "", which must be scheme://host[:port]'],
  ['serverDomain', 'https://files.example.com', 'must be a domain in lower case, without scheme, port or path'],
  ['serverDomain', 'localhost', 'must be a domain in lower case, without scheme, port or path'],
  ['serverDomain', 'Files.example.com', 'must be a domain in lower case, without scheme, port or path'],
  ['serverDomain', 'files.example.com.', 'must be a domain in lower case, without scheme, port or path'],
  ['serverDomain', '10.0.0.1', 'must be a domain, not an IP address'],
  ['serverDomain', `${`${long(63)}.`.repeat(4)}com`, 'must have at most 253 characters, and has 259'],
  [
    'consoleDomain',
    'console.onrender.com',
    'must be a domain of your own: Render adds the onrender.com name by itself',
  ],
  ['consoleDomain', 'con_sole.example.com', 'must be a domain in lower case, without scheme, port or path'],
  ['serverImage', 'docker.io/pgsty/silo', 'must have a tag or a digest'],
  ['serverImage', 'localhost:5000/silo', 'must have a tag or a digest'],
  ['serverImage', 'Silo:latest', 'must be an image reference like registry/name:tag@sha256:digest'],
  ['serverImage', 'silo:latest\nRUN evil', 'must be an image reference like registry/name:tag@sha256:digest'],
  ['serverImage', `silo@sha256:${'0'.repeat(63)}`, 'must be an image reference like registry/name:tag@sha256:digest'],
  ['serverImage', `${long(256)}:1`, 'must have a name of at most 255 characters, and has 256'],
  ['consoleImage', 'nginx:', 'must be an image reference like registry/name:tag@sha256:digest'],
  ['consoleImage', `nginx:-x@${digest}`, 'must be an image reference like registry/name:tag@sha256:digest'],
  ['updates', 'dependabot', 'must be one of workflow, renovate, none'],
];

/** Values that only a stored file, or Yeoman's parser, can hold. */
const badJson: [AnswerName, unknown, string][] = [
  ['bucket', null, 'must be text'],
  ['bucket', false, 'must be text'],
  ['bucket', ['my-media'], 'must be text'],
  ['bucket', { name: 'media' }, 'must be text'],
  ['bucket', 7, 'must have 3 to 63 characters, and has 1'],
  ['bucket', true, 'needs a value'],
  ['diskSize', null, 'must be a whole number'],
  ['diskSize', 1.5, 'must be a whole number of GB from 1 to 16384'],
  ['diskSize', Number.MAX_SAFE_INTEGER, 'must be a whole number of GB from 1 to 16384'],
  ['region', null, 'must be text'],
  ['corsOrigins', ['https://a.com', 7], 'must be a list of texts'],
  ['corsOrigins', ['https://a.com', 'b'], 'has "b", which must be scheme://host[:port]'],
  ['updates', true, 'needs a value'],
  ['updates', false, 'must be text'],
];

/** Legal alone, broken together. */
const badTogether: [Partial<Record<AnswerName, string>>, string][] = [
  [{ serverName: 'minio', consoleName: 'minio' }, '--server-name and --console-name must differ, both are "minio"'],
  [{ serverName: 'minio-console' }, '--server-name and --console-name must differ, both are "minio-console"'],
  [{ consoleName: 'minio-server' }, '--server-name and --console-name must differ, both are "minio-server"'],
  [
    { serverDomain: 'a.com', consoleDomain: 'a.com' },
    '--server-domain and --console-domain must differ, both are "a.com"',
  ],
];

const resolving = (sources: Partial<Sources>) => () => resolveAnswers({ ...nothing, ...sources });

describe('bad text is refused by name, with value, rule and example', () => {
  it.each(badText)('%s %j', (name, value, reason) => {
    const { flag, kind, example, redacted, prompt } = questions[name];
    const shown = redacted ? '' : ` ${JSON.stringify(value)}`;
    // The refusal of a choice lists every legal value already.
    const hint = kind === 'choice' ? '' : `; for example ${example}`;
    expect(resolving({ flags: { [name]: value } })).toThrow(`--${flag}${shown} ${reason}`);
    expect(resolving({ flags: { [name]: value } })).toThrow(hint);
    expect(resolving({ stored: { [name]: value } })).toThrow(`.yo-rc.json, "${name}":${shown} ${reason}`);
    expect(resolving({ prompted: { [name]: value } })).toThrow(reason);
    if (prompt) expect(brokenWhileAsking(name, value, nothing, [])).toMatch(new RegExp(`^M.*${hint}$`));
  });

  it.each(badJson)('%s %j', (name, value, reason) => {
    expect(resolving({ stored: { [name]: value } })).toThrow(reason);
    expect(resolving({ flags: { [name]: value } })).toThrow(reason);
  });
});

describe('values that are legal alone are judged together', () => {
  it.each(badTogether)('%j', (values, reason) => {
    expect(resolving({ flags: values })).toThrow(reason);
    expect(resolving({ stored: values })).toThrow(reason);
  });

  it('at the prompt, against what is known so far', () => {
    const sources = { ...nothing, prompted: { serverName: 'storage' } };
    expect(brokenWhileAsking('consoleName', 'storage', sources, ['diskSize'])).toMatch('must differ');
    expect(brokenWhileAsking('consoleName', 'storage-console', sources, ['diskSize'])).toBeUndefined();
  });

  it('not against what is still to be asked', () => {
    expect(brokenWhileAsking('serverName', 'minio-console', nothing, ['consoleName'])).toBeUndefined();
  });
});

it('reports every problem of every source at once', () => {
  const run = resolving({
    flags: { bucket: 'X', diskSize: '0', serverName: 'same', consoleName: 'same' },
    stored: { region: 'mars', bucket: 'also bad, but the flag wins' },
  });
  expect(run).toThrow(
    [
      '--bucket "X" must have 3 to 63 characters, and has 1; for example my-media',
      '--disk-size "0" must be a whole number of GB from 1 to 16384; for example 10',
      '.yo-rc.json, "region": "mars" must be one of oregon, ohio, virginia, frankfurt, singapore',
      '--server-name and --console-name must differ, both are "same"; give one of the two services another name',
    ].join('\n'),
  );
});

describe('a value that could be a secret is never printed', () => {
  const redacted = answerNames.filter((name) => questions[name].redacted);

  it('the root password is one', () => {
    expect(redacted).toContain('rootPassword');
  });

  it.each(redacted)('%s, wherever the value comes from', (name) => {
    for (const source of ['flags', 'stored', 'prompted'] as const)
      for (const given of ['hunter2', ['hunter2'], { is: 'hunter2' }]) {
        const message = messageOf(resolving({ [source]: { [name]: given } }));
        expect(message).toMatch(source === 'stored' ? `"${name}": must be` : `--${questions[name].flag} must be`);
        expect(message).not.toContain('hunter2');
      }
  });
});

function messageOf(refused: () => unknown): string {
  try {
    refused();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

it('has an example that keeps its own rule, for every answer', () => {
  for (const { rule, example } of Object.values(questions)) expect(rule(example)).toBeUndefined();
});
