import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { create } from '../update/create.ts';
import { edit } from '../update/support.ts';
import { lineDifference, moveIn } from './bundle.ts';

const matchesSchema = new Ajv.default().compile(
  JSON.parse(readFileSync(new URL('../../docs/plan.schema.json', import.meta.url), 'utf8')),
);

describe('without a terminal, the image and the command are replaced, and nothing else', () => {
  it.each<[fixture: string, lines: Record<string, number>]>([
    ['01-image-backed', { 'render.yaml': 2 }],
    ['02-browser-off', { 'render.yaml': 2 }],
    ['03-env-docker', { Dockerfile: 1 }],
    ['04-both-services', { 'minio/Dockerfile': 2, 'minio/entrypoint.sh': 1 }],
    ['09-monorepo', { 'deploy/minio/Dockerfile': 1 }],
    ['10-monorepo-image', { 'render.yaml': 2 }],
    ['11-bitnami', { 'render.yaml': 1 }],
    ['11-private-service', { 'render.yaml': 2 }],
    ['12-render-example', { 'render.yaml': 1 }],
    ['17-several-buckets', { 'infra/minio.Dockerfile': 1 }],
  ])('%s: %j lines', (fixture, lines) => {
    const { status, stderr, folder, before, after, changed, created } = moveIn(fixture);
    expect(status, stderr).toBe(0);
    const removed = changed.map((path) => [
      path,
      lineDifference(before[path], after[path]).filter((line) => line.startsWith('-')).length,
    ]);
    expect(Object.fromEntries(removed)).toEqual(lines);
    expect(created).toEqual(fixture === '12-render-example' ? ['minio/Dockerfile'] : []);
    expect(stderr).toMatch(/Found[\s\S]*Before you push[\s\S]*If .* still runs: do not deploy or restart it/);
    // Nothing is remembered, so a stack is still to be had, or never was.
    expect(create(folder, '--check')).toMatchObject({ status: 2, stderr: expect.stringContaining('whole stack') });
    expect(create(folder, '--yes').stderr).toContain('Nothing is left to repair');
  });

  it('and a stack can come afterwards', () => {
    const { folder } = moveIn('04-both-services');
    expect(create(folder, '--check').stderr).toContain('--move-in stack');
    expect(create(folder, '--yes', '--move-in', 'stack').status).toBe(0);
    expect(create(folder, '--check').status).toBe(0);
  });

  it.each([
    ['a dead image', '04-both-services', 2, 'The image of MinIO is gone'],
    ['no data', '13-no-disk', 3, 'There is no data to move'],
    ['an image from packages', '08-password-in-image', 3, 'Dockerfile:2'],
  ])('--check says so: %s', (_, fixture, status, message) => {
    const run = moveIn(fixture, '--check');
    expect({ status: run.status, after: run.after }).toEqual({ status, after: run.before });
    expect(run.stderr).toContain(message);
  });

  it('a dry run shows the difference and the steps, and writes nothing', () => {
    const { status, stderr, before, after } = moveIn('01-image-backed', '--dry-run');
    expect({ status, after }).toEqual({ status: 0, after: before });
    expect(stderr).toMatch(/-\s+url: docker\.io\/minio\/minio:latest[\s\S]*Before you push/);
  });
});

describe('a program gets the same as data', () => {
  it.each([
    ['01-image-backed', [], 'repair'],
    ['09-monorepo', ['--move-in', 'stack'], 'stack'],
    ['18-without-minio', [], 'add'],
  ])('%s %j', (fixture, flags, way) => {
    for (const mode of [['--check'], ['--dry-run'], []]) {
      const plan = JSON.parse(moveIn(fixture, ...flags, '--json', ...mode).stdout);
      expect(matchesSchema(plan), JSON.stringify(matchesSchema.errors)).toBe(true);
      expect(plan).toMatchObject({ outdated: true, written: mode.length === 0, moveIn: { way } });
      if (way === 'add') continue;
      expect(plan.moveIn.found[0]).toMatch(/ in render\.yaml:\d+/);
      expect(plan.moveIn.before[0].commands.join('\n')).toContain('mcli mirror -a --overwrite');
      expect(plan.moveIn.after.length).toBeGreaterThan(1);
    }
  });
});

describe('an image that is gone is never in sync', () => {
  it.each([
    [
      'minio/Dockerfile',
      (text: string) => text.replace(/^FROM .*$/m, 'FROM quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z'),
    ],
    ['minio/Dockerfile', (text: string) => `${text}COPY --from=docker.io/minio/mc /usr/bin/mc /usr/bin/mc\n`],
    [
      'render.yaml',
      (text: string) =>
        `${text}  - {type: pserv, name: other, runtime: image, image: {url: "docker.io/minio/minio:latest"}}\n`,
    ],
  ])('in %s of a generated repository', (path, change) => {
    const { folder } = moveIn({});
    expect(create(folder, '--check').status).toBe(0);
    edit(folder, { [path]: change });
    const { status, stderr } = create(folder, '--check');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/images are gone[\s\S]*minio\/m(?:inio|c)[\s\S]*:\d+\)/),
    });
    expect(JSON.parse(create(folder, '--check', '--json').stdout)).toMatchObject({ outdated: true });
  });
});
