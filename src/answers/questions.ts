import { browserOrigin } from './browser-origin.ts';
import { bucketFromFolder } from './bucket-from-folder.ts';
import { consoleImage, serverImage } from './images.ts';
import { choice, list, optionalText, type Question, text, wholeNumber } from './question-kinds.ts';
import { consolePlans, largestDisk, regions, serverPlans } from './render-platform.ts';
import * as rules from './rules.ts';

/** Every answer, in the order in which it is asked, listed and stored. */
export const questions = {
  bucket: text({
    flag: 'bucket',
    group: 'Storage',
    placeholder: 'NAME',
    about: 'the private bucket, which the first start creates',
    prompt: 'Bucket name',
    change: {
      kind: 'identity',
      consequence:
        "The objects stay in the old bucket, and the new bucket is empty. Copy the objects with `mc mirror`, then change the application's settings. Signed URLs of the old bucket stop working.",
    },
    fallback: bucketFromFolder,
    defaultText: "the folder's name made valid, else media",
    rule: rules.bucketName,
    example: 'my-media',
  }),
  serverName: text({
    flag: 'server-name',
    group: 'Services',
    placeholder: 'NAME',
    about: 'the Render service of the MinIO API; every signed URL has its name',
    prompt: 'Name of the server service',
    change: {
      kind: 'identity',
      consequence:
        "Render makes a second server with an empty disk; the old server keeps the data, and you pay for both. Deploy the new server, copy the objects with `mc mirror`, change the application's settings, then delete the old service in the Dashboard. Signed URLs of the old server stop working.",
    },
    fallback: () => 'minio-server',
    rule: rules.serviceName,
    example: 'media-server',
  }),
  consoleName: text({
    flag: 'console-name',
    group: 'Services',
    placeholder: 'NAME',
    about: 'the Render service of the MinIO console behind nginx',
    prompt: 'Name of the console service',
    change: {
      kind: 'identity',
      consequence:
        'Render makes a second console, and you pay for both until you delete the old service in the Dashboard. No data is in a console.',
    },
    fallback: () => 'minio-console',
    rule: rules.serviceName,
    example: 'media-console',
  }),
  diskSize: wholeNumber({
    flag: 'disk-size',
    group: 'Storage',
    placeholder: 'GB',
    about: 'the size of the disk in GB; it can grow, but never shrink',
    prompt: 'Disk size in GB (it can grow later, but never shrink)',
    change: { kind: 'kept' },
    fallback: () => 10,
    rule: rules.wholeNumber(1, largestDisk, 'GB'),
  }),
  region: choice({
    flag: 'region',
    group: 'Services',
    placeholder: 'REGION',
    about: 'the region of both services, which can never change later',
    prompt: 'Region of both services (it can never change later)',
    change: {
      kind: 'identity',
      consequence:
        "Render can't move a service or its disk: the deploy fails until both services have new names. Services with new names are new services with an empty disk. Copy the objects with `mc mirror`.",
    },
    choices: regions,
    fallback: () => 'oregon',
  }),
  consolePort: wholeNumber({
    flag: 'console-port',
    group: 'Services',
    placeholder: 'PORT',
    about: "the console's port on Render's private network",
    prompt: "Console port on Render's private network",
    fallback: () => 9090,
    rule: rules.freePort,
  }),
  serverPlan: choice({
    flag: 'server-plan',
    group: 'Services',
    placeholder: 'PLAN',
    about: "the server's Render plan: starter to try it out, standard (2 GB of memory) or more for real use",
    choices: serverPlans,
    note: 'a free service has neither a disk nor private traffic, so the server needs a paid plan',
    fallback: () => 'starter',
  }),
  consolePlan: choice({
    flag: 'console-plan',
    group: 'Services',
    placeholder: 'PLAN',
    about: "the console's Render plan",
    choices: consolePlans,
    fallback: () => 'starter',
  }),
  rootUser: text({
    flag: 'root-user',
    group: 'Access',
    placeholder: 'NAME',
    about: 'the administrator, who only signs in to the console; Django gets a user of its own',
    change: {
      kind: 'identity',
      consequence:
        "The old administrator can't sign in any more, and access keys of the old administrator stop working. The data and the application's user stay.",
    },
    fallback: () => 'minio-admin',
    rule: rules.rootUserName,
    example: 'minio-admin',
  }),
  rootPassword: choice({
    flag: 'root-password',
    group: 'Access',
    placeholder: 'HOW',
    about: 'where the root password comes from: Render prompts for it at the first deploy, or generates it',
    redacted: true,
    choices: ['prompt', 'generate'],
    note: 'the password itself never goes into the repository',
    fallback: () => 'prompt',
  }),
  corsOrigins: list({
    flag: 'cors-origins',
    group: 'Access',
    placeholder: 'ORIGINS',
    about:
      'browser origins whose scripts may use signed URLs, separated by commas; https://*.example.com allows every subdomain',
    defaultText: 'none, which allows any origin',
    rule: browserOrigin,
    example: 'https://www.example.com,http://localhost:5173',
  }),
  serverDomain: optionalText({
    flag: 'server-domain',
    group: 'Access',
    placeholder: 'DOMAIN',
    about: 'a domain of your own for the API',
    defaultText: 'none, only the onrender.com name',
    rule: rules.customDomain,
    example: 'files.example.com',
  }),
  consoleDomain: optionalText({
    flag: 'console-domain',
    group: 'Access',
    placeholder: 'DOMAIN',
    about: 'a domain of your own for the console',
    defaultText: 'none, only the onrender.com name',
    rule: rules.customDomain,
    example: 'console.example.com',
  }),
  dataPath: optionalText({
    flag: 'data-path',
    group: 'Storage',
    placeholder: 'PATH',
    about: "the server's data folder, where it is not the disk's mount path itself",
    change: {
      kind: 'identity',
      consequence:
        'The data stays in the old folder, and the server refuses to start, or starts with an empty store, in the new one.',
    },
    defaultText: "the disk's mount path",
    rule: rules.absoluteFolder,
    example: '/data/minio',
  }),
  serverImage: text({
    flag: 'server-image',
    group: 'Images',
    placeholder: 'IMAGE',
    about: 'a MinIO-compatible server image, with a tag or a digest',
    fallback: () => serverImage,
    defaultText: 'the pinned Silo release',
    rule: rules.imageReference,
    example: 'docker.io/pgsty/silo:RELEASE.2026-09-16T00-00-00Z',
  }),
  consoleImage: text({
    flag: 'console-image',
    group: 'Images',
    placeholder: 'IMAGE',
    about: 'an nginx image with the official entrypoint, with a tag or a digest',
    fallback: () => consoleImage,
    defaultText: 'the pinned nginx release',
    rule: rules.imageReference,
    example: 'docker.io/library/nginx:1.30.5-alpine-slim',
  }),
  updates: choice({
    flag: 'updates',
    group: 'Repository',
    placeholder: 'HOW',
    about:
      'what brings newer images as a pull request every week: a GitHub workflow, which updates the whole repository, or Renovate, which knows the images only',
    choices: ['workflow', 'renovate', 'none'],
    fallback: () => 'workflow',
  }),
} satisfies Record<string, Question>;

type Questions = typeof questions;
export type AnswerName = keyof Questions;
/** Every answer, valid. */
export type Answers = { [Name in AnswerName]: ReturnType<Questions[Name]['read']> };

export const answerNames = Object.keys(questions) as AnswerName[];

/** The answers that are images. */
export const imageNames = ['serverImage', 'consoleImage'] as const satisfies AnswerName[];
export type ImageName = (typeof imageNames)[number];
