import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, findEngine } from '../render-simulator/engine.ts';
import { openBlueprint, type Render } from '../render-simulator/render.ts';
import type { Service } from '../render-simulator/service.ts';
import { http } from './clients/http.ts';
import { outcome, s3 } from './clients/s3.ts';
import { replacements } from './images/images.ts';
import { describeStack } from './layer.ts';
import { Bucket, contentsOf, identities } from './old-disks/contents.ts';
import { type OldDiskName, oldContents, oldDisks, unpackDisk } from './old-disks/disks.ts';
import { movedIn, writeRepository } from './old-disks/moved-in.ts';
import { alone, image } from './old-disks/repositories.ts';
import { copyToDisk, loaded } from './stack.ts';

/** Disks, the repositories whose servers wrote them, and how the lines begin that change, by file. Our entrypoint is in none. */
const repairs: [OldDiskName, Record<string, string>, Record<string, string[]>][] = [
  ['xl-2023', image, { 'render.yaml': ['url', 'dockerCommand'] }],
  ['xl-2025', alone, { 'minio/Dockerfile': ['FROM'] }],
];

describe.each(repairs)('the disk %s', (disk, files, changes) => {
  describeStack(`of ${oldDisks[disk].release}, after the image of its service was repaired,`, () => {
    const { root } = oldDisks[disk];
    let render: Render;
    let server: Service;
    const used: string[] = [];
    beforeAll(async () => {
      const [before, after, from] = [writeRepository(files), await movedIn(files, 'repair'), await unpackDisk(disk)];
      used.push(dirname(before), dirname(after), from);
      const engine = (await findEngine()) as Engine;
      render = await openBlueprint(engine, before, {
        kept: {
          'minio-server.MINIO_ROOT_USER': root.accessKey,
          'minio-server.MINIO_ROOT_PASSWORD': root.secretKey,
        },
        replacements: await replacements(engine),
      });
      await render.sync(after);
      server = render.services.find(({ spec }) => spec.disk) as Service;
      await server.build();
      await copyToDisk({ server, engine }, { from, to: '/data', owner: 0 });
      await server.deploy();
      await loaded(server);
    }, 180_000);
    afterAll(async () => {
      await render?.stop();
      for (const path of used) rmSync(path, { recursive: true, force: true });
    }, 60_000);

    test('differs in these lines alone', () => {
      const [, after = ''] = used;
      const changed = Object.entries(files).flatMap(([path, text]) => {
        const now = readFileSync(join(after, 'my-storage', path), 'utf8').split('\n');
        const then = text.split('\n');
        expect(now).toHaveLength(then.length);
        const lines = then.filter((line, index) => line !== now[index]).map((line) => /\w+/.exec(line)?.[0]);
        return lines.length > 0 ? [[path, lines]] : [];
      });
      expect(Object.fromEntries(changed)).toEqual(changes);
      expect(readdirSync(join(after, 'my-storage')).toSorted()).toEqual(
        [...new Set(Object.keys(files).map((path) => path.split('/')[0]))].toSorted(),
      );
    });

    test('has everything as the old server told it, every identity, and the same buckets open', async () => {
      const stack = { server, certificate: render.certificate };
      const admin = await s3(stack, root);
      expect(await contentsOf(admin)).toEqual(oldContents(disk));
      admin.close();
      const outcomes = [];
      for (const credentials of Object.values(identities)) {
        const client = await s3(stack, credentials);
        outcomes.push(await outcome(client, 'list_buckets'));
        client.close();
      }
      expect(outcomes).toEqual(['allowed', 'allowed', 'allowed']);
      expect((await http(stack, `${server.url}/${Bucket}/photo.png`)).status).toBe(200);
    });
  });
});
