import { basename } from 'node:path';
import { consoleImage, serverImage } from './images.ts';
import { apiPort, consolePlans, largestDisk, regions, reservedPorts, serverPlans } from './render-platform.ts';
import * as rules from './rules.ts';

/** The headings under which `--help` and the README list the flags. */
export const groups = ['Storage', 'Services', 'Access', 'Images', 'Repository'] as const;

/** One answer, defined once: prompt, flag, help line, validation, stored value and README row all come from here. */
export interface Question<Value> {
  /** The flag without its dashes. A boolean answer has `--flag` and `--no-flag`. */
  flag: string;
  group: (typeof groups)[number];
  /** What stands for the value in `--help`; none for a boolean. */
  placeholder?: string;
  /** What the answer decides, in one line for `--help`, the README and the prompt's hint. */
  about: string;
  /** The prompt's text. An answer without one is asked by flag only. */
  prompt?: string;
  /**
   * What happens when it changes after the first deploy, and how to move the data; only where something does. Such an
   * answer is stored even when it is the default, so that a new default never renames anything.
   */
  onRename?: string;
  /** Stored even when it is the default, although it may change: a new default must not change it. */
  alwaysStored?: true;
  /** The default. The bucket's depends on the target folder's path. */
  fallback(folder: string): Value;
  /** The default as documentation shows it, where it is more than the plain value. */
  fallbackText?: string;
  /** May be left empty, which means "none". */
  optional?: true;
  /** The value could be a secret typed into the wrong flag: never printed. */
  redacted?: true;
  rule: rules.Rule;
  example: string;
  /** Text that keeps the rule, as a value. */
  read(text: string): Value;
}

/** The type parameter is for inference: every entry of the table is checked against its own value type. */
const question = <Value>(definition: Question<Value>): Question<Value> => definition;
const asText = (text: string): string => text;

const taken = new Map<number, string>([
  [apiPort, "is the API's own"],
  ...reservedPorts.map((port): [number, string] => [port, "is reserved on Render's private network"]),
]);

/** Every answer, in the order in which it is asked and listed. */
export const questions = {
  bucket: question<string>({
    flag: 'bucket',
    group: 'Storage',
    placeholder: 'NAME',
    about: 'the private bucket that is created at the first start',
    prompt: 'Bucket name',
    onRename:
      "The objects stay in the old bucket, and the new one is empty: copy them with `mc mirror`, then change the application's settings. Signed URLs of the old bucket end.",
    fallback: bucketNameFor,
    fallbackText: "the folder's name made valid, else media",
    rule: rules.bucketName,
    example: 'my-media',
    read: asText,
  }),
  serverName: question<string>({
    flag: 'server-name',
    group: 'Services',
    placeholder: 'NAME',
    about: 'the Render service of the MinIO API; its name is in every signed URL',
    prompt: 'Name of the server service',
    onRename:
      "Render makes a second server with an empty disk, and the old one keeps the data and goes on costing: deploy the new one, copy the objects with `mc mirror`, change the application's settings, then delete the old service in the Dashboard. Every signed URL ends.",
    fallback: () => 'minio-server',
    rule: rules.serviceName,
    example: 'media-server',
    read: asText,
  }),
  consoleName: question<string>({
    flag: 'console-name',
    group: 'Services',
    placeholder: 'NAME',
    about: 'the Render service of the MinIO console behind nginx',
    prompt: 'Name of the console service',
    onRename:
      'Render makes a second console and keeps the old one, which goes on costing: delete that in the Dashboard. No data is in it.',
    fallback: () => 'minio-console',
    rule: rules.serviceName,
    example: 'media-console',
    read: asText,
  }),
  diskSize: question<number>({
    flag: 'disk-size',
    group: 'Storage',
    placeholder: 'GB',
    about: 'the disk in GB; it can grow later, never shrink',
    prompt: 'Disk size in GB (grows later, never shrinks)',
    alwaysStored: true,
    fallback: () => 10,
    rule: rules.wholeNumber(1, largestDisk, 'GB'),
    example: '10',
    read: Number,
  }),
  consolePort: question<number>({
    flag: 'console-port',
    group: 'Services',
    placeholder: 'PORT',
    about: "the console's port on the private network",
    prompt: 'Console port on the private network',
    fallback: () => 9090,
    rule: rules.portOtherThan(taken),
    example: '9090',
    read: Number,
  }),
  region: question<string>({
    flag: 'region',
    group: 'Services',
    placeholder: 'REGION',
    about: `where both services run: ${regions.join(', ')}`,
    onRename:
      "Render can't move a service or its disk: the deploy fails until both services have new names, which are new services with an empty disk. Copy the objects with `mc mirror`.",
    fallback: () => 'oregon',
    rule: rules.oneOf(regions),
    example: 'frankfurt',
    read: asText,
  }),
  serverPlan: question<string>({
    flag: 'server-plan',
    group: 'Services',
    placeholder: 'PLAN',
    about: "the server's Render plan; starter is for trying, standard (2 GB) for real use",
    fallback: () => 'starter',
    rule: (text) =>
      text === 'free'
        ? 'must be a paid plan: a free service has neither a disk nor private traffic'
        : rules.oneOf(serverPlans)(text),
    example: 'standard',
    read: asText,
  }),
  consolePlan: question<string>({
    flag: 'console-plan',
    group: 'Services',
    placeholder: 'PLAN',
    about: "the console's Render plan",
    fallback: () => 'starter',
    rule: rules.oneOf(consolePlans),
    example: 'free',
    read: asText,
  }),
  rootUser: question<string>({
    flag: 'root-user',
    group: 'Access',
    placeholder: 'NAME',
    about: 'the administrator, for the console only; Django gets a user of its own',
    onRename:
      "The old administrator can't sign in any more, and what it owned (its access keys) ends. The data and the application's user stay.",
    fallback: () => 'minio-admin',
    rule: rules.rootUserName,
    example: 'minio-admin',
    read: asText,
  }),
  rootPassword: question<string>({
    flag: 'root-password',
    group: 'Access',
    placeholder: 'HOW',
    about: 'prompt: Render asks for it at the first deploy; generate: Render makes one; never the password itself',
    fallback: () => 'prompt',
    redacted: true,
    rule: (text) =>
      rules.oneOf(['prompt', 'generate'])(text) &&
      'must be "prompt" or "generate": the password itself never goes into the repository',
    example: 'generate',
    read: asText,
  }),
  corsOrigins: question<string[]>({
    flag: 'cors-origins',
    group: 'Access',
    placeholder: 'ORIGINS',
    about: 'browser origins whose scripts may use signed URLs, separated by commas',
    fallback: () => [],
    fallbackText: 'none, which is any origin',
    optional: true,
    rule: rules.origins,
    example: 'https://www.example.com,https://admin.example.com',
    read: (text) => (text === '' ? [] : text.split(',')),
  }),
  serverDomain: question<string | undefined>({
    flag: 'server-domain',
    group: 'Access',
    placeholder: 'DOMAIN',
    about: "the API's own domain",
    fallback: () => undefined,
    fallbackText: 'none, only the onrender.com name',
    optional: true,
    rule: rules.customDomain,
    example: 'files.example.com',
    read: (text) => text || undefined,
  }),
  consoleDomain: question<string | undefined>({
    flag: 'console-domain',
    group: 'Access',
    placeholder: 'DOMAIN',
    about: "the console's own domain",
    fallback: () => undefined,
    fallbackText: 'none, only the onrender.com name',
    optional: true,
    rule: rules.customDomain,
    example: 'console.example.com',
    read: (text) => text || undefined,
  }),
  serverImage: question<string>({
    flag: 'server-image',
    group: 'Images',
    placeholder: 'IMAGE',
    about: 'a MinIO-compatible server image, with a tag or a digest',
    fallback: () => serverImage,
    fallbackText: 'the pinned Silo release',
    rule: rules.imageReference,
    example: 'docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z',
    read: asText,
  }),
  consoleImage: question<string>({
    flag: 'console-image',
    group: 'Images',
    placeholder: 'IMAGE',
    about: 'an nginx image with the official entrypoint, with a tag or a digest',
    fallback: () => consoleImage,
    fallbackText: 'the pinned nginx release',
    rule: rules.imageReference,
    example: 'docker.io/library/nginx:1.30.5-alpine-slim',
    read: asText,
  }),
  dependabot: question<boolean>({
    flag: 'dependabot',
    group: 'Repository',
    about: 'write .github/dependabot.yml: weekly pull requests for newer images',
    fallback: () => true,
    rule: (text) => (text === 'true' || text === 'false' ? undefined : 'must be true or false'),
    example: 'true',
    read: (text) => text === 'true',
  }),
  updateWorkflow: question<boolean>({
    flag: 'update-workflow',
    group: 'Repository',
    about: 'write .github/workflows/minio-stack.yml: a weekly pull request with what this generator renders then',
    fallback: () => false,
    rule: (text) => (text === 'true' || text === 'false' ? undefined : 'must be true or false'),
    example: 'true',
    read: (text) => text === 'true',
  }),
};

type Questions = typeof questions;
export type AnswerName = keyof Questions;
/** Every answer, valid. */
export type Answers = { [Name in AnswerName]: ReturnType<Questions[Name]['read']> };

export const answerNames = Object.keys(questions) as AnswerName[];

/** The access key that the application signs with. A literal, because clients need it and `=` or `,` would break it. */
export const appUser = 'minio-app';

/** Rules between answers. Each names the answers that it looks at and says what is broken, if anything. */
export const rulesAcross: { between: AnswerName[]; broken(answers: Answers): string | undefined }[] = [
  {
    between: ['serverName', 'consoleName'],
    broken: ({ serverName, consoleName }) =>
      serverName === consoleName
        ? `--server-name and --console-name must differ, both are "${serverName}": Render would apply the file twice to one service`
        : undefined,
  },
  {
    between: ['serverDomain', 'consoleDomain'],
    broken: ({ serverDomain, consoleDomain }) =>
      serverDomain && serverDomain === consoleDomain
        ? `--server-domain and --console-domain must differ, both are "${serverDomain}": a domain belongs to one service`
        : undefined,
  },
  {
    between: ['rootUser'],
    broken: ({ rootUser }) =>
      rootUser === appUser ? `--root-user must not be "${appUser}": that is the application's user` : undefined,
  },
];

/** The folder's name as a bucket name: what S3 doesn't allow becomes a hyphen; a name that can't be saved becomes `media`. */
function bucketNameFor(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/[.-]*\.[.-]*/g, '.')
    .slice(0, 63)
    .replaceAll(/^[.-]+|[.-]+$/g, '');
  return rules.bucketName(name) ? 'media' : name;
}
