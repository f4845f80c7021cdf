import { describe, expect, it } from 'vitest';
import { readBlueprint } from '../support/blueprint.ts';
import { merge, replaced, texts } from '../update/support.ts';

type Change = (text: string) => string;
const all =
  (...changes: Change[]): Change =>
  (text) =>
    changes.reduce((changed, change) => change(changed), text);
const insertedBehind = (place: string, text: string) => replaced(place, place + text);
const removed = (text: string) => replaced(text, '');

const flags = { serverDomain: 'files.example.com', corsOrigins: 'https://www.example.com' };
const files = texts('0.0.3', flags);

// What users do to render.yaml.
const planRaised = replaced(
  'name: "minio-server"\n    runtime: docker\n    region: "oregon"\n    plan: "starter"',
  'name: "minio-server"\n    runtime: docker\n    region: "oregon"\n    plan: "standard"',
);
const secondDomain = insertedBehind('      - "files.example.com"\n', '      - cdn.example.com\n');
const anotherVariable = insertedBehind(
  '        value: "my-storage"\n',
  '      - key: MINIO_REGION\n        value: "eu-1"\n',
);
const variableRemoved = removed(
  '      # The only pages whose scripts may use signed URLs.\n      - key: MINIO_API_CORS_ALLOW_ORIGIN\n        value: "https://www.example.com"\n',
);
const commentAdded = replaced(
  '      - key: MINIO_BUCKET\n',
  '      # Shared with the intranet.\n      - key: MINIO_BUCKET\n',
);
const commentBehind = replaced('        value: "my-storage"\n', '        value: "my-storage" # ours\n');
const cronCommented = (text: string) =>
  `${text}\n  # - type: cron\n  #   name: backup\n  #   schedule: "0 3 * * *"\n  #   startCommand: mc mirror\n`;
const thirdService = (text: string) =>
  `${text}\n  # Mirrors the bucket every night.\n  - type: cron\n    name: backup\n    runtime: docker\n    region: "oregon"\n    plan: starter\n    schedule: "0 3 * * *"\n    dockerfilePath: ./backup/Dockerfile\n    envVars:\n      - key: MINIO_HOST\n        fromService:\n          type: web\n          name: "minio-server"\n          property: host\n`;
const anotherPath = insertedBehind('        - minio/**\n', '        - shared/**\n');
const quotesChanged = (text: string) =>
  text.replaceAll('"starter"', 'starter').replace('value: "9000"', "value: '9000'");
const diskGrown = replaced('sizeGB: 10', 'sizeGB: 50 # grown in May');
const plainKeys = all(
  replaced('healthCheckPath: /healthz\n', 'healthCheckPath: /healthz\n    previews:\n      generation: "off"\n'),
);
const blockScalar = insertedBehind(
  '        value: "my-storage"\n',
  '      - key: MOTD\n        value: |\n          Hello,\n            # no comment\n\n          world.\n',
);
const anchors: Change = (text) =>
  text.replace('region: "oregon"', 'region: &region "oregon"').replace('    region: "oregon"', '    region: *region');
const reordered = all(
  removed('      - key: MINIO_BUCKET\n        value: "my-storage"\n'),
  replaced(
    '    envVars:\n      # Two ports',
    '    envVars:\n      - key: MINIO_BUCKET\n        value: "my-storage"\n      # Two ports',
  ),
);
const projectLevel: Change = (text) => `previews:\n  generation: "off"\n${text}`;

// What a newer template does to it.
const portChanged = replaced('value: "9090"', 'value: "9191"');
const pathChanged = replaced('healthCheckPath: /minio/health/live', 'healthCheckPath: /minio/health/cluster');
const drainLonger = replaced('maxShutdownDelaySeconds: 60', 'maxShutdownDelaySeconds: 90');
const variableCame = insertedBehind(
  '      - key: MINIO_APP_ACCESS_KEY\n        value: "minio-app"\n',
  '      # Compression is for text only.\n      - key: MINIO_COMPRESSION\n        value: "off"\n',
);
const variableWent = removed('      - key: MINIO_BROWSER_REDIRECT\n        value: "off"\n');
const keyCame = insertedBehind('    dockerContext: ./minio\n', '    numInstances: 1\n');
const commentReworded = replaced('# The disk grows online and never shrinks.', '# Grows online, never shrinks.');
const pathCame = replaced('        - minio/**\n', '        - render.yaml\n        - minio/**\n');

const mines: [string, Change][] = [
  ['raised the plan', planRaised],
  ['added a second domain', secondDomain],
  ['added a variable', anotherVariable],
  ['removed a variable', variableRemoved],
  ['wrote a comment above', commentAdded],
  ['wrote a comment behind', commentBehind],
  ['left a cron job commented out at the end', cronCommented],
  ['added a third service', thirdService],
  ['added a path to a list', anotherPath],
  ['changed quotes', quotesChanged],
  ['grew the disk', diskGrown],
  ['added keys to a service', plainKeys],
  ['added a block scalar', blockScalar],
  ['used an anchor and an alias', anchors],
  ['moved a variable to the top', reordered],
  ['added a key at the top', projectLevel],
  [
    'did all of it',
    all(
      planRaised,
      secondDomain,
      variableRemoved,
      commentAdded,
      thirdService,
      diskGrown,
      blockScalar,
      anchors,
      projectLevel,
    ),
  ],
];
const news: [string, Change][] = [
  ['changes a port', portChanged],
  ['changes the health check', pathChanged],
  ['changes a number', drainLonger],
  ['brings a variable', variableCame],
  ['drops a variable', variableWent],
  ['brings a key', keyCame],
  ['brings a path to a list', pathCame],
  ['rewords a comment', commentReworded],
  [
    'does all of it',
    all(portChanged, pathChanged, drainLonger, variableCame, variableWent, keyCame, pathCame, commentReworded),
  ],
];

describe.each(mines)('render.yaml of a user who %s', (_, mineChange) => {
  const base = files['render.yaml'] ?? '';

  it.each(news)('and a template that %s: both, to the byte', (_, theirsChange) => {
    const mine = mineChange(base);
    const theirs = theirsChange(base);
    const { text, conflicts } = merge('render.yaml', { base, mine, theirs });
    expect(text).toBe(mineChange(theirs));
    expect(conflicts).toBe(0);
    expect(readBlueprint(text).problems).toEqual([]);
  });
});
