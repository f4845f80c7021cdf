import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { replaced } from '../update/support.ts';
import { blueprint as base, type Change, consoleService, head, inProject, newer, services } from './blueprints.ts';
import { mergeTexts, settled } from './merge-texts.ts';

const merge = (mine: string, theirs: string) => mergeTexts('render.yaml', { base, mine, theirs });
const read = (text: string) => parse(text, { merge: true });
const serverPlan: Change = replaced(
  'minio-server\n    runtime: docker\n    plan: starter',
  'minio-server\n    runtime: docker\n    plan: pro',
);
const consolePlan: Change = replaced(
  'minio-console\n    runtime: docker\n    plan: starter',
  'minio-console\n    runtime: docker\n    plan: pro',
);

/** A user's worker that shares something with our server. */
const worker = (line: string) => `  - type: worker\n    name: mailer\n    ${line}\n`;

describe('a value of ours that the user has moved into an anchor', () => {
  const anchored =
    `${head}x-common: &common\n  plan: starter\n  runtime: docker\nservices:\n${services.both}`.replaceAll(
      '    runtime: docker\n    plan: starter\n',
      '    <<: *common\n',
    );

  it('is written as a key of its own when the template changes the value: the anchor is shared', () => {
    const merged = merge(anchored, serverPlan(base));
    expect(merged.conflicts).toBe(0);
    expect(merged.text).toBe(anchored.replace('<<: *common\n', '<<: *common\n    plan: pro\n'));
    expect(read(merged.text).services[0]).toMatchObject({ plan: 'pro', runtime: 'docker' });
  });

  it('stays in the anchor while the template does not change the value', () => {
    expect(merge(anchored, newer(base))).toEqual(settled(newer(anchored)));
  });

  it('and changed there: a conflict with the new value of the template', () => {
    const mine = anchored.replace('plan: starter', 'plan: standard');
    const merged = merge(mine, serverPlan(base));
    expect(merged.conflicts).toBe(1);
    expect(merged.mine).toBe(mine);
    expect(read(merged.theirs).services[0].plan).toBe('pro');
  });

  it('goes when the template drops the key, and the other keys stay', () => {
    const theirs = replaced(
      'minio-server\n    runtime: docker\n    plan: starter',
      'minio-server\n    runtime: docker',
    )(base);
    const merged = merge(anchored, theirs);
    expect(merged.conflicts).toBe(0);
    expect(read(merged.text).services).toEqual(read(theirs).services);
  });

  it('by an alias: the alias is replaced', () => {
    const mine = consolePlan(base).replace('plan: starter', 'plan: &plan starter').replace('plan: pro', 'plan: *plan');
    const merged = merge(mine, consolePlan(base));
    expect(merged).toEqual(settled(mine.replace('*plan', 'pro')));
  });

  it('as a whole list: what is new comes in, and what the user added stays', () => {
    const variables = /envVars:\n( {6}.*\n)+/.exec(services.server)?.[0] ?? '';
    const mine = `${head}services:\n${worker(variables.trimEnd().replace('envVars:', 'envVars: &env'))}      - key: OWN\n        value: "1"\n${services.both.replace(variables, 'envVars: *env\n')}`;
    const merged = merge(mine, newer(base));
    expect(merged.conflicts).toBe(0);
    const [mailer, server] = read(merged.text).services;
    expect(mailer).toEqual(read(mine).services[0]);
    expect(server.envVars).toEqual([
      ...read(newer(base)).services[0].envVars.slice(0, 2),
      { key: 'OWN', value: '1' },
      read(newer(base)).services[0].envVars[2],
    ]);
  });
});

describe('a value of ours that has an anchor, and that other places share', () => {
  it.each<[string, string, Change]>([
    [
      'a scalar',
      worker('plan: *shared'),
      replaced(
        'minio-server\n    runtime: docker\n    plan: ',
        'minio-server\n    runtime: docker\n    plan: &shared ',
      ),
    ],
    ['a variable', worker('envVars:\n      - *shared'), replaced('- key: PORT', '- &shared\n        key: PORT')],
    ['a list', worker('envVars: *shared'), replaced('    envVars:\n      # The', '    envVars: &shared\n      # The')],
    [
      'a service',
      '  - <<: *shared\n    name: mailer\n    type: worker\n',
      replaced('  - type: web\n    name: minio-server', '  - &shared\n    type: web\n    name: minio-server'),
    ],
    [
      'a service in flow style',
      '  - {<<: *shared, name: mailer, type: worker}\n',
      replaced('  - type: web\n    name: minio-server', '  - &shared\n    type: web\n    name: minio-server'),
    ],
  ])('%s: ours is updated, and every other place keeps its value', (_, shared, change) => {
    const mine = change(base) + shared;
    const merged = merge(mine, serverPlan(newer(base)));
    expect(merged.conflicts).toBe(0);
    const [server, , mailer] = read(merged.text).services;
    expect(server).toEqual(read(serverPlan(newer(base))).services[0]);
    expect(mailer).toEqual(read(mine).services[2]);
  });

  it('in a project: ours is updated, and every other place keeps its value', () => {
    const anchored = services.both.replace('plan: starter', 'plan: &shared starter');
    const mine = head + inProject(anchored + worker('plan: *shared'));
    const merged = merge(mine, serverPlan(base));
    expect(merged.conflicts).toBe(0);
    const [server, , mailer] = read(merged.text).projects[0].environments[0].services;
    expect([server.plan, mailer.plan]).toEqual(['pro', 'starter']);
  });

  it('stays shared where the update does not concern the shared value', () => {
    const mine = replaced(
      '  - type: web\n    name: minio-server',
      '  - &server\n    type: web\n    name: minio-server',
    )(base).replace(
      consoleService,
      `${consoleService.replace('    plan: starter\n', '    <<: *server\n').replace('    envVars', '    plan: starter\n    envVars')}`,
    );
    const merged = merge(mine, serverPlan(base));
    expect(merged).toEqual(settled(serverPlan(mine)));
    expect(merged.text).toContain('<<: *server');
  });
});

describe('a variable of ours that the user has moved into a group', () => {
  const group = 'envVarGroups:\n  - name: shared\n    envVars:\n      - key: PORT\n        value: "9000"\n';
  const mine =
    base.replace(
      '      # The public port.\n      - key: PORT\n        value: "9000" # the API\n',
      '      - fromGroup: shared\n',
    ) + group;

  it('is set in the service when the template changes the value', () => {
    const merged = merge(mine, newer(base));
    expect(merged.conflicts).toBe(0);
    expect(read(merged.text).services[0].envVars).toContainEqual({ key: 'PORT', value: '9001' });
    expect(read(merged.text).envVarGroups).toEqual(read(mine).envVarGroups);
  });

  it('stays in the group while the template does not change the value', () => {
    expect(merge(mine, serverPlan(base))).toEqual(settled(serverPlan(mine)));
  });
});

describe('compose.yaml', () => {
  const compose = `services:
  minio-server:
    build: ./minio
    environment:
      PORT: "9000"
      MODE: "x"
    restart: always
  minio-console:
    build: ./console
    restart: always
`;
  const theirs = compose.replace('"9000"', '"9001"').replace('MODE: "x"\n', 'MODE: "x"\n      NEW: "1"\n');

  it.each<[string, string]>([
    [
      'all of an environment from a merge key',
      compose
        .replace('services:', 'x-env: &env\n  PORT: "9000"\n  MODE: "x"\nservices:')
        .replace('PORT: "9000"\n      MODE: "x"\n    restart', '<<: *env\n    restart'),
    ],
    [
      'an environment behind an alias',
      compose
        .replace('services:', 'x-env: &env\n  PORT: "9000"\n  MODE: "x"\nservices:')
        .replace('environment:\n      PORT: "9000"\n      MODE: "x"\n    restart', 'environment: *env\n    restart'),
    ],
    [
      'two merge keys in a list',
      compose
        .replace('services:', 'x-env: &env\n  PORT: "9000"\nx-mode: &mode\n  MODE: "x"\nservices:')
        .replace('PORT: "9000"\n      MODE: "x"\n    restart', '<<: [*env, *mode]\n    restart'),
    ],
    [
      'a service that shares keys with another one',
      compose
        .replaceAll('    restart: always\n', '')
        .replace('services:', 'x-common: &common\n  restart: always\nservices:')
        .replaceAll(/^ {4}build/gm, '    <<: *common\n    build'),
    ],
  ])('%s: the values are those of the newer template', (_, mine) => {
    const merged = mergeTexts('compose.yaml', { base: compose, mine, theirs });
    expect(merged.conflicts).toBe(0);
    expect(read(merged.text).services).toEqual(read(theirs).services);
    expect(merged.text.slice(0, merged.text.indexOf('services:'))).toBe(mine.slice(0, mine.indexOf('services:')));
  });
});
