import { describe, expect, it } from 'vitest';
import { serverImage } from '../../src/answers/images.ts';
import type { Choice } from '../../src/move-in/choice.ts';
import { look } from '../../src/move-in/look.ts';
import { repair } from '../../src/move-in/repair.ts';
import { fixture, repository } from './facts.ts';

const choice: Choice = { intent: 'repair' };
const repaired = (texts: Record<string, string>) => {
  const files = repository(texts);
  return repair(look(files), files, choice);
};

/** Every file after the repair, with a short name for the pinned image. */
function textsAfter(texts: Record<string, string>): Record<string, string> {
  const result = repaired(texts);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.refusals));
  const after = Object.fromEntries(
    result.files.map(({ path, text }) => [path, text.replaceAll(serverImage, 'PINNED')]),
  );
  return { ...texts, ...after };
}
const refusalCodes = (texts: Record<string, string>) => {
  const result = repaired(texts);
  return result.kind === 'refused' ? result.refusals.map(({ code }) => code) : [];
};

const blueprint = (lines: string, rest = '') => `services:
  - type: web
    name: store
    plan: starter
    disk: {name: data, mountPath: /data, sizeGB: 10}
${lines}
    envVars:
      - {key: MINIO_ROOT_USER, value: admin}
      - {key: MINIO_ROOT_PASSWORD, sync: false}
${rest}`;
const docker = blueprint('    runtime: docker');

/** A Blueprint in a form that people write, and the same text repaired. */
const forms: [what: string, before: string, after: string][] = [
  [
    'flow maps, in quotes of both kinds',
    `services: [{type: web, name: s, runtime: image, image: {url: 'minio/minio'}, dockerCommand: "minio server /data", disk: {name: d, mountPath: /data}}]`,
    `services: [{type: web, name: s, runtime: image, image: {url: 'PINNED'}, dockerCommand: "silo server /data", disk: {name: d, mountPath: /data}}]`,
  ],
  [
    'CRLF, a BOM and no line end at the end',
    '\uFEFFservices:\r\n  - type: web\r\n    name: s\r\n    image:\r\n      url: minio/minio\r\n    disk: {name: d, mountPath: /data}\r\n    dockerCommand: minio server /data',
    '\uFEFFservices:\r\n  - type: web\r\n    name: s\r\n    image:\r\n      url: PINNED\r\n    disk: {name: d, mountPath: /data}\r\n    dockerCommand: silo server /data',
  ],
  [
    'four spaces, tabs in and before comments, and an anchor with an alias',
    'services:\n    -   type: web\t# the\tstore\n        name: s\n        image:\n            url: &image minio/minio:latest\t# newest\n        dockerCommand: &start minio server /data\n        disk: {name: d, mountPath: /data}\n    -   {type: worker, name: w, runtime: python, startCommand: *start}\n',
    'services:\n    -   type: web\t# the\tstore\n        name: s\n        image:\n            url: &image PINNED\t# newest\n        dockerCommand: &start silo server /data\n        disk: {name: d, mountPath: /data}\n    -   {type: worker, name: w, runtime: python, startCommand: *start}\n',
  ],
  [
    'projects, and a merge key that brings the image',
    'x: &base\n  image: {url: minio/minio}\nprojects:\n- name: p\n  environments:\n  - name: e\n    services:\n    - <<: *base\n      type: web\n      name: s\n      disk: {name: d, mountPath: /data}\n      dockerCommand: minio server /data\n',
    'x: &base\n  image: {url: PINNED}\nprojects:\n- name: p\n  environments:\n  - name: e\n    services:\n    - <<: *base\n      type: web\n      name: s\n      disk: {name: d, mountPath: /data}\n      dockerCommand: silo server /data\n',
  ],
  [
    'a folded command, and a shell within it',
    blueprint(
      '    image: {url: minio/minio}\n    dockerCommand: >-\n      sh -c "mkdir -p /data/minio &&\n      exec /usr/bin/minio server /data/minio\n      --address :$PORT"',
    ),
    blueprint(
      '    image: {url: PINNED}\n    dockerCommand: >-\n      sh -c "mkdir -p /data/minio &&\n      exec silo server /data/minio\n      --address :$PORT"',
    ),
  ],
  [
    'a shell that starts one server or the other',
    blueprint('    image: {url: minio/minio}\n    dockerCommand: sh -c "minio server /data || minio server /data"'),
    blueprint('    image: {url: PINNED}\n    dockerCommand: sh -c "silo server /data || silo server /data"'),
  ],
  [
    'a command without a program, which the image completed',
    blueprint('    image: {url: minio/minio}\n    dockerCommand: server /data/minio'),
    blueprint('    image: {url: minio/minio}\n    dockerCommand: server /data/minio')
      .replace('minio/minio}', 'PINNED}')
      .replace('dockerCommand: server', 'dockerCommand: silo server'),
  ],
  [
    'a command with the entrypoint, which translates',
    blueprint('    image: {url: minio/minio}\n    dockerCommand: docker-entrypoint.sh minio server /data'),
    blueprint('    image: {url: PINNED}\n    dockerCommand: docker-entrypoint.sh minio server /data'),
  ],
  [
    "Bitnami's image, which needs a command: it has the indent and the line ends of the file, and keeps its ports",
    'services:\r\n- name: s\r\n  type: pserv\r\n  image: # theirs\r\n    url: bitnami/minio:2025 # by hand\r\n  # where the files are\r\n  disk: {name: d, mountPath: /bitnami/minio}\r\n  envVars:\r\n  - {key: MINIO_API_PORT_NUMBER, value: 9100}\r\n  - {key: MINIO_ROOT_PASSWORD, sync: false}\r\n',
    'services:\r\n- name: s\r\n  type: pserv\r\n  image: # theirs\r\n    url: PINNED # by hand\r\n  dockerCommand: silo server /bitnami/minio/data --address :$MINIO_API_PORT_NUMBER --console-address :9001\r\n  # where the files are\r\n  disk: {name: d, mountPath: /bitnami/minio}\r\n  envVars:\r\n  - {key: MINIO_API_PORT_NUMBER, value: 9100}\r\n  - {key: MINIO_ROOT_PASSWORD, sync: false}\r\n',
  ],
  [
    "Bitnami's image in a flow map",
    'services: [{type: web, name: s, image: {url: bitnamilegacy/minio}, disk: {name: d, mountPath: /bitnami/minio/data}}]\n',
    'services: [{type: web, name: s, image: {url: PINNED}, dockerCommand: silo server /bitnami/minio/data --console-address :9001, disk: {name: d, mountPath: /bitnami/minio/data}}]\n',
  ],
  [
    "Render's example, with CRLF and its own paths",
    'services:\r\n- repo: https://github.com/render-examples/minio # theirs\r\n  branch: master # theirs\r\n  type: web\r\n  name: s\r\n  runtime: docker\r\n  dockerfilePath: ./Dockerfile\r\n  dockerContext: .\r\n  disk: {name: d, mountPath: /data}\r\n',
    'services:\r\n- dockerfilePath: ./minio/Dockerfile\r\n  dockerContext: ./minio # theirs\r\n  type: web\r\n  name: s\r\n  runtime: docker\r\n  disk: {name: d, mountPath: /data}\r\n',
  ],
];

describe('a repair of a Blueprint changes the image and the command, and no other byte', () => {
  it.each(forms)('%s', (_, before, after) => {
    expect(textsAfter({ 'render.yaml': before })['render.yaml']).toBe(after);
  });

  it('of what two services share by an anchor, only once', () => {
    const shared = blueprint('    image: {url: &image minio/minio}\n    dockerCommand: minio server /data');
    const text = `${shared}  - {type: web, name: other, image: {url: *image}, disk: {name: d, mountPath: /data}, dockerCommand: server /data}\n`;
    const files = repository({ 'render.yaml': text });
    const result = repair(look(files), files, { ...choice, service: 'store' });
    expect(result).toMatchObject({ kind: 'edits', edits: [{ to: serverImage }, { to: 'silo' }] });
  });
});

/** A Dockerfile and its scripts, before and after. */
const dockerfiles: [what: string, before: Record<string, string>, after: Record<string, string>][] = [
  [
    'CMD as a list is translated by the image',
    { Dockerfile: 'FROM minio/minio\nCMD ["minio", "server", "/data"]\n' },
    { Dockerfile: 'FROM PINNED\nCMD ["minio", "server", "/data"]\n' },
  ],
  [
    'CMD with a shell is not; a CMD that another one replaces stays',
    {
      Dockerfile:
        'FROM minio/minio AS a\nCMD ["/opt/bin/minio", "server", "/data"]\nFROM a\nCMD ["sh", "-c", "exec minio server /data"]\n',
    },
    {
      Dockerfile:
        'FROM PINNED AS a\nCMD ["/opt/bin/minio", "server", "/data"]\nFROM a\nCMD ["sh", "-c", "exec silo server /data"]\n',
    },
  ],
  [
    'CMD as a path of the program',
    { Dockerfile: 'FROM minio/minio\nCMD ["/usr/bin/minio", "server", "/data"]\n' },
    { Dockerfile: 'FROM PINNED\nCMD ["silo", "server", "/data"]\n' },
  ],
  [
    "CMD behind the image's own entrypoint",
    {
      Dockerfile: 'FROM minio/minio\nENTRYPOINT ["/usr/bin/docker-entrypoint.sh"]\nCMD ["minio", "server", "/data"]\n',
    },
    { Dockerfile: 'FROM PINNED\nENTRYPOINT ["/usr/bin/docker-entrypoint.sh"]\nCMD ["minio", "server", "/data"]\n' },
  ],
  [
    'CMD behind an entrypoint of its own is not',
    { Dockerfile: 'FROM minio/minio\nENTRYPOINT ["/usr/bin/env", "--"]\nCMD ["minio", "server", "/data"]\n' },
    { Dockerfile: 'FROM PINNED\nENTRYPOINT ["/usr/bin/env", "--"]\nCMD ["silo", "server", "/data"]\n' },
  ],
  [
    'CMD as a shell command',
    { Dockerfile: 'FROM minio/minio\nCMD exec minio server /data/minio # minio server\n' },
    { Dockerfile: 'FROM PINNED\nCMD exec silo server /data/minio # minio server\n' },
  ],
  [
    'an entrypoint over several lines, CRLF, and a comment between',
    {
      Dockerfile:
        'FROM minio/minio\r\n# minio server\r\nENTRYPOINT ["/opt/bin/minio", \\\r\n  # the data\r\n  "server", "/data"]\r\n',
    },
    {
      Dockerfile: 'FROM PINNED\r\n# minio server\r\nENTRYPOINT ["silo", \\\r\n  # the data\r\n  "server", "/data"]\r\n',
    },
  ],
  [
    'a shell in a list',
    { Dockerfile: 'FROM minio/minio\nENTRYPOINT ["sh", "-c", "minio server /data --address :$PORT"]\n' },
    { Dockerfile: 'FROM PINNED\nENTRYPOINT ["sh", "-c", "silo server /data --address :$PORT"]\n' },
  ],
  [
    'a script in a heredoc',
    {
      Dockerfile:
        'FROM minio/minio\nCOPY --chmod=755 <<EOF /start.sh\n#!/bin/sh\nexec minio server /data\nEOF\nENTRYPOINT ["/start.sh"]\n',
    },
    {
      Dockerfile:
        'FROM PINNED\nCOPY --chmod=755 <<EOF /start.sh\n#!/bin/sh\nexec silo server /data\nEOF\nENTRYPOINT ["/start.sh"]\n',
    },
  ],
  [
    'a script whose words only look like the program',
    {
      Dockerfile: 'FROM minio/minio\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n',
      'start.sh':
        '#!/bin/sh\necho minio server\nmkdir -p /data/minio\ncase $1 in\n  a | minio) ;;\nesac\nmc alias set minio http://localhost\n"minio" server /data/minio\n',
    },
    {
      Dockerfile: 'FROM PINNED\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n',
      'start.sh':
        '#!/bin/sh\necho minio server\nmkdir -p /data/minio\ncase $1 in\n  a | minio) ;;\nesac\nmc alias set minio http://localhost\n"silo" server /data/minio\n',
    },
  ],
  [
    'an image that arguments name, for one platform, with a name for the stage',
    {
      Dockerfile:
        'ARG IMAGE=minio/minio\nARG TAG=latest\nFROM --platform=$TARGETPLATFORM $IMAGE:$TAG AS s\nCMD ["server", "/data"]\n',
    },
    {
      Dockerfile:
        'ARG IMAGE=minio/minio\nARG TAG=latest\nFROM --platform=$TARGETPLATFORM PINNED AS s\nCMD ["server", "/data"]\n',
    },
  ],
  [
    'the client from its image, and from a stage',
    {
      Dockerfile:
        'FROM quay.io/minio/mc AS mc\nFROM minio/minio\nCOPY --from=minio/mc:latest /usr/bin/mc /bin/\nCOPY --from=mc /usr/bin/mc /x/mc\nCMD ["server", "/data"]\n',
    },
    {
      Dockerfile:
        'FROM PINNED AS mc\nFROM PINNED\nCOPY --from=PINNED /usr/bin/mc /bin/\nCOPY --from=mc /usr/bin/mc /x/mc\nCMD ["server", "/data"]\n',
    },
  ],
  [
    'the server copied into another image keeps its name there',
    {
      Dockerfile:
        'FROM alpine:3.20\nCOPY --from=minio/minio /opt/bin/minio /usr/bin/minio\nCMD ["minio", "server", "/data"]\n',
    },
    {
      Dockerfile:
        'FROM alpine:3.20\nCOPY --from=PINNED /usr/bin/silo /usr/bin/minio\nCMD ["minio", "server", "/data"]\n',
    },
  ],
];

describe('a repair of a Dockerfile and its scripts', () => {
  it.each(dockerfiles)('%s', (_, before, after) => {
    expect(textsAfter({ 'render.yaml': docker, ...before })).toEqual({ 'render.yaml': docker, ...after });
  });
});

describe('a repair refuses', () => {
  const cases: [what: string, texts: Record<string, string>, codes: string[]][] = [
    ['a repository without MinIO', { Dockerfile: 'FROM alpine\n' }, ['no-server']],
    [
      'a Dockerfile that is not here',
      { 'render.yaml': blueprint('    runtime: docker\n    dockerfilePath: a/b') },
      ['dockerfile-missing'],
    ],
    [
      'a path that fits two Dockerfiles',
      {
        'render.yaml': blueprint('    runtime: docker\n    rootDir: a\n    dockerfilePath: ./Dockerfile'),
        Dockerfile: 'FROM minio/minio\nCMD ["server", "/data"]\n',
        'a/Dockerfile': 'FROM minio/minio\nCMD ["server", "/data"]\n',
      },
      ['dockerfile-unclear'],
    ],
    [
      "a service that runs a script of Bitnami's image",
      {
        'render.yaml': blueprint(
          '    image: {url: bitnami/minio}\n    dockerCommand: /opt/bitnami/scripts/minio/run.sh',
        ).replace('/data,', '/bitnami/minio/data,'),
      },
      ['bitnami-command'],
    ],
    [
      'a command that an escape hides',
      { 'render.yaml': blueprint('    image: {url: minio/minio}\n    dockerCommand: "\\u006dinio server /data"') },
      ['hidden'],
    ],
    [
      'an image that an escape hides',
      { 'render.yaml': blueprint('    image: {url: "min\\u0069o/minio"}\n    dockerCommand: minio server /data') },
      ['hidden'],
    ],
  ];
  it.each(cases)('%s', (_, texts, codes) => {
    expect(refusalCodes(texts)).toEqual(codes);
  });

  it('a build that loads something from dl.min.io, in any stage', () => {
    for (const line of [
      'ADD https://dl.min.io/client/mc /usr/bin/mc',
      'FROM alpine AS a\nRUN wget dl.min.io/x\nFROM minio/minio',
    ]) {
      const texts = { 'render.yaml': docker, Dockerfile: `FROM minio/minio\n${line}\nCMD ["server", "/data"]\n` };
      expect(refusalCodes(texts)).toEqual(['build-fails']);
    }
  });

  it('whatever the concerns refuse', () => {
    for (const folder of ['13-no-disk', 'aistor', 'broken-yaml', 'data-outside-disk']) {
      const files = fixture(folder);
      expect(repair(look(files), files, choice)).toMatchObject({ kind: 'refused' });
    }
  });
});

it('leaves another release of the pinned image alone, and starts it by its name', () => {
  const image = 'docker.io/pgsty/silo:RELEASE.2026-10-26T00-00-00Z';
  const before = blueprint(`    image: {url: ${image}}\n    dockerCommand: minio server /data`);
  expect(textsAfter({ 'render.yaml': before })['render.yaml']).toBe(before.replace(': minio server', ': silo server'));
});

it('has nothing to do after itself', () => {
  for (const before of [docker, blueprint('    image: {url: minio/minio}\n    dockerCommand: minio server /data')]) {
    const after = textsAfter({ 'render.yaml': before, Dockerfile: 'FROM minio/minio\nCMD ["server", "/data"]\n' });
    const texts = Object.entries(after).map(([path, text]) => [path, text.replaceAll('PINNED', serverImage)]);
    expect(repaired(Object.fromEntries(texts))).toEqual({ kind: 'edits', files: [], edits: [], warnings: [] });
  }
});

it('a token in the address of another repository is not named', () => {
  const text = blueprint('    runtime: docker\n    repo: https://x:ghp_token123@github.com/acme/minio');
  expect(JSON.stringify(repaired({ 'render.yaml': text }))).not.toContain('ghp_token123');
});

it('an image-backed service without a command gets a hint at the Dashboard', () => {
  const result = repaired({ 'render.yaml': blueprint('    image: {url: minio/minio}') });
  expect(result).toMatchObject({ kind: 'edits', warnings: [{ code: 'command-in-dashboard' }] });
});

it('an image with a credential of its registry gets a hint', () => {
  const image = '    image: {url: ghcr.io/acme/minio, creds: {fromRegistryCreds: {name: ghcr}}}';
  const result = repaired({ 'render.yaml': blueprint(`${image}\n    dockerCommand: minio server /data`) });
  expect(result).toMatchObject({ warnings: [{ code: 'registry-credential', where: [{ line: 6 }] }] });
});

it('a repair of the first case changes exactly two lines', () => {
  const files = fixture('01-image-backed');
  const before = (files.read('render.yaml') ?? '').split('\n');
  const result = repair(look(files), files, choice);
  const after = result.kind === 'edits' ? (result.files[0]?.text.split('\n') ?? []) : [];
  expect(after.filter((line, index) => line !== before[index])).toHaveLength(2);
  expect(after).toHaveLength(before.length);
});
