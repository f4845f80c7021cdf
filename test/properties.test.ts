import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, parseDocument } from 'yaml';
import { type AnswerName, type Answers, answerNames, questions } from '../src/answers/questions.ts';
import { consolePlans, largestDisk, regions, serverPlans } from '../src/answers/render-platform.ts';
import { type Given, resolveAnswers } from '../src/answers/resolve-answers.ts';
import { rulesBetween } from '../src/answers/rules-between-answers.ts';
import { type GeneratedFiles, generateFiles } from '../src/templates/generate-files.ts';
import { readBlueprint } from './support/blueprint.ts';
import { templates } from './support/templates.ts';

/** Text from the characters of a rule, as long as it keeps it: legal values of every shape, not only the likely ones. */
const text = (name: AnswerName, pattern: RegExp) =>
  fc.stringMatching(pattern).filter((value) => questions[name].rule(value) === undefined);
const label = '[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?';
const domain = (name: AnswerName) =>
  fc.option(text(name, new RegExp(`^(${label}\\.){1,3}[a-z]{2,10}$`)), { nil: '', freq: 2 });
const image = (name: AnswerName) =>
  text(
    name,
    /^([a-z0-9.-]{1,20}(:[0-9]{2,5})?\/)?[a-z0-9._-]{1,20}(\/[a-z0-9._-]{1,20}){0,2}(:[A-Za-z0-9_.-]{1,40})?(@sha256:[a-f0-9]{64})?$/,
  );

const given: { [Name in AnswerName]: fc.Arbitrary<unknown> } = {
  bucket: text('bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  serverName: text('serverName', /^[a-z][a-z0-9-]{0,56}[a-z0-9]$/),
  consoleName: text('consoleName', /^[a-z][a-z0-9-]{0,56}[a-z0-9]$/),
  diskSize: fc.integer({ min: 1, max: largestDisk }),
  consolePort: fc.integer({ min: 1024, max: 65535 }).filter((port) => !questions.consolePort.rule(String(port))),
  region: fc.constantFrom(...regions),
  serverPlan: fc.constantFrom(...serverPlans),
  consolePlan: fc.constantFrom(...consolePlans),
  rootUser: text('rootUser', /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}[A-Za-z0-9]$/),
  rootPassword: fc.constantFrom('prompt', 'generate'),
  corsOrigins: fc.uniqueArray(
    text(
      'corsOrigins',
      new RegExp(
        `^(https?|capacitor|[a-z][a-z0-9+.-]{0,5})://(\\*\\.)?((${label}\\.){1,2}[a-z]{2,6}|localhost)(:8[0-9]{3}|:\\*)?$`,
      ),
    ),
    {
      maxLength: 3,
    },
  ),
  serverDomain: domain('serverDomain'),
  dataPath: fc.option(text('dataPath', /^(\/[a-z0-9][A-Za-z0-9._-]{0,20}){1,3}\/?$/), { nil: '', freq: 2 }),
  consoleDomain: domain('consoleDomain'),
  serverImage: image('serverImage'),
  consoleImage: image('consoleImage'),
  updates: fc.constantFrom('workflow', 'renovate', 'none'),
};

const legalAnswers: fc.Arbitrary<Answers> = fc
  .record(given)
  .filter((values) => {
    const answers = Object.fromEntries(answerNames.map((name) => [name, values[name]])) as unknown as Answers;
    return rulesBetween.every(({ broken }) => broken(answers) === undefined);
  })
  .map((values) =>
    resolveAnswers({ prompted: {}, flags: values as Given, edited: {}, stored: {}, folder: '/srv/media' }),
  );

const generated = (answers: Answers): GeneratedFiles => generateFiles(answers, templates);
const file = (files: GeneratedFiles, path: string): string => {
  const found = files.get(path);
  if (!found) throw new Error(`${path} is not generated`);
  return found.contents;
};
const forAll = (check: (answers: Answers, files: GeneratedFiles) => void, numRuns = process.env.CI ? 100 : 50) =>
  fc.assert(
    fc.property(legalAnswers, (answers) => check(answers, generated(answers))),
    { numRuns },
  );

describe('for all legal answers', () => {
  it('render.yaml is a Blueprint that Render takes, with the answers in their places', () => {
    forAll((answers, files) => {
      const { problems, services } = readBlueprint(file(files, 'render.yaml'));
      expect(problems).toEqual([]);
      const [server, console] = services;
      const variable = (key: string) => server?.envVars.find((each) => each.key === key);
      expect(services.map(({ name, plan, region }) => [name, plan, region])).toEqual([
        [answers.serverName, answers.serverPlan, answers.region],
        [answers.consoleName, answers.consolePlan, answers.region],
      ]);
      expect(server?.disk).toEqual({ name: 'minio-data', mountPath: '/data', sizeGB: answers.diskSize });
      expect(server?.domains).toEqual(answers.serverDomain ? [answers.serverDomain] : undefined);
      expect(console?.domains).toEqual(answers.consoleDomain ? [answers.consoleDomain] : undefined);
      expect(variable('MINIO_BUCKET')?.value).toBe(answers.bucket);
      expect(variable('MINIO_ROOT_USER')?.value).toBe(answers.rootUser);
      expect(variable('MINIO_CONSOLE_PORT')?.value).toBe(String(answers.consolePort));
      expect(variable('MINIO_API_CORS_ALLOW_ORIGIN')?.value).toBe(answers.corsOrigins.join(',') || undefined);
      const secret = answers.rootPassword === 'generate' ? { generateValue: true } : { sync: false };
      expect(variable('MINIO_ROOT_PASSWORD')).toEqual({ key: 'MINIO_ROOT_PASSWORD', ...secret });
      expect(console?.envVars.filter(({ key }) => /PASSWORD|SECRET|KEY|USER/.test(key))).toEqual([]);
    });
  });

  it('every YAML file is valid, without a warning', () => {
    forAll((_, files) => {
      for (const [path, { contents }] of files) {
        if (!/\.ya?ml$/.test(path)) continue;
        for (const document of parseAllDocuments(contents, { version: '1.1', strict: true })) {
          expect('errors' in document && [...document.errors, ...document.warnings], path).toEqual([]);
        }
      }
    });
  });

  it('no file holds a leftover of its making', () => {
    forAll((_, files) => {
      for (const [path, { contents }] of files) {
        expect(contents, path).not.toMatch(/undefined|\[object |NaN|<%|%>|\r|[ \t]+$/m);
        expect(contents, path).toMatch(/[^\n]\n$/);
        expect(contents, path).not.toMatch(/\n\n\n/);
      }
    });
  });

  it('no answer reaches a script or nginx: they read the environment', () => {
    const [first] = fc.sample(legalAnswers, { numRuns: 1, seed: 1 }) as [Answers];
    const programs = [
      'minio/minio-check.sh',
      'minio/minio-entrypoint.sh',
      'minio/minio-init.sh',
      'console/minio-upstream.envsh',
      'console/minio-console.conf.template',
    ];
    const expected = programs.map((path) => file(generated(first), path));
    forAll((_, files) => {
      expect(programs.map((path) => file(files, path))).toEqual(expected);
    });
  });

  it('an image stays the only argument of its FROM', () => {
    forAll((answers, files) => {
      for (const [path, imageReference] of [
        ['minio/Dockerfile', answers.serverImage],
        ['console/Dockerfile', answers.consoleImage],
      ] as const) {
        const instructions = file(files, path)
          .split('\n')
          .filter((line) => /^[A-Z]+ /.test(line));
        expect(instructions.filter((line) => line.startsWith('FROM '))).toEqual([`FROM ${imageReference}`]);
        expect(instructions.map((line) => line.split(' ')[0])).toEqual(
          file(generated({ ...answers, serverImage: 'a:1', consoleImage: 'a:1' }), path)
            .split('\n')
            .filter((line) => /^[A-Z]+ /.test(line))
            .map((line) => line.split(' ')[0]),
        );
      }
    });
  });

  it('no answer changes the structure of README.md: headings, fences, tables', () => {
    const structure = (markdown: string) =>
      markdown.split('\n').flatMap((line) => {
        if (/^\s*```/.test(line)) return [line];
        if (/^#+ /.test(line)) return [line.replace(/[^# ].*/, '')];
        return line.startsWith('|') ? [line.replaceAll(/[^|]/g, '')] : [];
      });
    const plain = {
      bucket: 'media',
      serverName: 'a-server',
      consoleName: 'a-console',
      rootUser: 'root',
      region: 'ohio',
    } as const;
    forAll((answers, files) => {
      const other = { ...answers, ...plain, diskSize: 1, consolePort: 9090, serverImage: 'a:1', consoleImage: 'a:1' };
      expect(structure(file(files, 'README.md'))).toEqual(structure(file(generated(other), 'README.md')));
    });
  });

  it('the same answers give the same bytes', () => {
    forAll((answers, files) => {
      expect([...generated(answers)]).toEqual([...files]);
      expect([...files.keys()]).toEqual([...files.keys()].toSorted());
    }, 50);
  });
});

it('compose.yaml gives the containers what render.yaml gives the services', () => {
  forAll((answers, files) => {
    const compose = parseDocument(file(files, 'compose.yaml')).toJS() as {
      services: Record<string, { build: unknown; environment: Record<string, string> }>;
    };
    const environments = Object.values(compose.services).map(({ environment }) => environment);
    expect(environments[0]).toMatchObject({ MINIO_BUCKET: answers.bucket, MINIO_ROOT_USER: answers.rootUser });
  }, 50);
});
