import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, readTree } from '../support/generate.ts';
import { edit, generated, laterVersion, own, run, settled, stored } from './support.ts';

/** What somebody makes from the brief, without a generator. */
const byHand: Record<string, string> = {
  'render.yaml': `services:
  - type: web
    name: minio-server
    runtime: docker
    dockerfilePath: ./minio/Dockerfile
    dockerContext: ./minio
    plan: standard
    healthCheckPath: /minio/health/live
    disk: { name: data, mountPath: /data, sizeGB: 20 }
    envVars:
      - { key: MINIO_ROOT_USER, value: admin1 }
      - { key: MINIO_ROOT_PASSWORD, sync: false }
      - { key: MINIO_BUCKET, value: nudgytai }
  - type: web
    name: minio-console
    runtime: docker
    dockerfilePath: ./console/Dockerfile
    dockerContext: ./console
    plan: starter
`,
  'minio/Dockerfile':
    'FROM quay.io/minio/minio:latest\nCOPY minio-entrypoint.sh /\nENTRYPOINT ["/minio-entrypoint.sh"]\n',
  'minio/minio-entrypoint.sh': '#!/bin/sh\nminio server /data &\nmc mb local/nudgytai\nwait\n',
  'console/Dockerfile':
    'FROM nginx:alpine\nCOPY minio-console.conf.template /etc/nginx/templates/default.conf.template\n',
  'console/minio-console.conf.template':
    'server { listen $PORT; location / { proxy_pass http://minio-server:9090; } }\n',
  'README.md': '# MinIO Stack\n',
};

describe('a repository that was made by hand', () => {
  const handMade = () => {
    const folder = emptyFolder();
    for (const [path, contents] of Object.entries(byHand)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), contents);
    }
    return folder;
  };

  it('is repaired without a decision: the image and the command, and nothing is remembered', async () => {
    const folder = handMade();
    await run(settled, folder);
    const changed = Object.entries(readTree(folder).files).filter(([path, text]) => text !== byHand[path]);
    expect(changed.map(([path]) => path)).toEqual(['minio/Dockerfile', 'minio/minio-entrypoint.sh']);
  });

  it('gets the stack inside its services, which keep what they are, and the next run has nothing to ask', async () => {
    const folder = handMade();
    await run(settled, folder, { options: { 'move-in': 'stack' } });
    const blueprint = own(folder)['render.yaml'] ?? '';
    for (const line of byHand['render.yaml']?.split('\n') ?? []) expect(blueprint.split('\n')).toContain(line);
    expect(stored(folder)).toMatchObject({
      bucket: 'nudgytai',
      diskSize: 20,
      rootUser: 'admin1',
      serverPlan: 'standard',
    });
    expect(stored(folder)).not.toHaveProperty('region');
    expect(own(folder)).toMatchObject({
      'README.md': byHand['README.md'],
      'minio/README.md': expect.stringContaining('nudgytai'),
    });
    const before = readTree(folder);
    await run(settled, folder);
    expect(readTree(folder)).toEqual(before);
    await run(
      laterVersion({
        'render.yaml': (text) => text.replace('Seconds: 60', 'Seconds: 61'),
        'README.md': (text) => `${text}New.\n`,
      }),
      folder,
    );
    expect(own(folder)['minio/README.md']).toMatch(/\nNew\.\n$/);
    expect(own(folder)['README.md']).toBe(byHand['README.md']);
  });

  it('gets no second stack of the same names beside its own', async () => {
    const folder = handMade();
    const error = await run(settled, folder, { options: { 'move-in': 'off' } }).catch((error) => error);
    expect(error.code).toBe(1);
    expect(error.message).toContain('--server-name "minio-server" is taken: render.yaml:3 has a service of that name');
  });
});

describe('a repository that was generated before there was a memory', () => {
  const forgetful = async () => {
    const folder = await generated(settled);
    rmSync(join(folder, '.minio-stack'), { recursive: true });
    return folder;
  };

  it('is taken over as it is when nothing is newer', async () => {
    const folder = await forgetful();
    await run(settled, folder);
    expect(readTree(folder)).toEqual(readTree(await generated(settled)));
  });

  it('is asked about each place that differs, because nothing says whose change a difference is', async () => {
    const folder = await forgetful();
    edit(folder, { 'README.md': (text) => `${text}Ours.\n` });
    const later = laterVersion({
      'compose.yaml': (text) => text.replace('PORT: "9000"', 'PORT: "9001"'),
    });
    const error = await run(later, folder).catch((error) => error);
    expect(error.message.match(/^ {2}\S+/gm)).toEqual(['  README.md:', '  compose.yaml:']);
    await run(later, folder, { options: { force: true } });
    expect(own(folder)).toEqual(own(await generated(later)));
  });
});
