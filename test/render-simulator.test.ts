import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { applyBlueprint } from './render-simulator/apply-blueprint.ts';
import { readServices, type ServiceSpec } from './render-simulator/blueprint.ts';
import { Environment } from './render-simulator/environment.ts';

/** What Render's documentation says of a sync, as shared/facts/render.md and shared/facts/moving-in.md quote it. */
describe('the simulator of Render, which applies a Blueprint over services that exist,', () => {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-sync-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const web = (service: object) => ({ type: 'web', name: 'files', runtime: 'docker', ...service });
  const apply = (existing: ServiceSpec[], ...services: object[]) => {
    writeFileSync(join(folder, 'render.yaml'), stringify({ services }, { version: '1.1' }));
    return applyBlueprint(existing, readServices(folder));
  };
  /** A service that was made by one Blueprint, after another one was applied over it. */
  const synced = (before: object, change: object) => {
    const [service] = apply(apply([], web(before)), web(change));
    return service as ServiceSpec;
  };
  const disk = { name: 'disk', mountPath: '/data', sizeGB: 25 };

  it('gives a new service the defaults of what its file omits', () => {
    expect(apply([], web({ disk: { name: 'disk', mountPath: '/data' } }))).toEqual([
      web({
        ...{ plan: 'starter', region: 'oregon', dockerfilePath: './Dockerfile', dockerContext: '.', envVars: [] },
        disk: { ...disk, sizeGB: 10 },
      }),
    ]);
  });

  describe('keeps what the file omits:', () => {
    it.each([
      ['the plan', { plan: 'pro' }],
      ['the region', { region: 'frankfurt' }],
      ['the disk', { disk }],
      ['whether a push deploys', { autoDeployTrigger: 'off' }],
      ['the domains', { domains: ['files.example.com'] }],
    ])('%s', (_, setting) => {
      expect(synced(setting, {})).toMatchObject(setting);
    });

    it("the disk's size", () => {
      expect(synced({ disk }, { disk: { name: 'disk', mountPath: '/data' } }).disk).toEqual(disk);
    });

    it('a variable that left it', () => {
      const variable = { key: 'LEFT', value: 'here' };
      const current = { key: 'NEW', value: 'new' };
      expect(synced({ envVars: [variable] }, { envVars: [current] }).envVars).toEqual([variable, current]);
    });

    it('a service that left it, so that another name is another service, with an empty disk of its own', () => {
      const services = apply(apply([], web({ disk })), web({ name: 'renamed', disk }));
      expect(services.map(({ name }) => name)).toEqual(['files', 'renamed']);
    });
  });

  it('lets go of how a service was started, where the file leaves that to the image', () => {
    expect(synced({ dockerCommand: 'server /data', rootDir: 'old', branch: 'old' }, {})).toEqual(synced({}, {}));
  });

  describe('refuses', () => {
    it.each([
      ['another type', { type: 'pserv' }, "files is of type web, which can't become pserv"],
      ['another runtime', { runtime: 'image' }, "files is of runtime docker, which can't become image"],
      ['another region', { region: 'ohio' }, "files is of region frankfurt, which can't become ohio"],
      ['a smaller disk', { disk: { ...disk, sizeGB: 10 } }, "the disk of files has 25 GB, and can't shrink to 10"],
    ])('%s', (_, change, message) => {
      const refused = () => synced({ region: 'frankfurt', disk }, change);
      expect(refused).toThrow(`Render would refuse render.yaml:\n${message}`);
    });

    it('everything at once, before anything is applied', () => {
      expect(() => synced({ disk }, { type: 'pserv', disk: { ...disk, sizeGB: 1 } })).toThrow(/type web.*\n.*25 GB/);
    });
  });

  it('takes the old spelling of the runtime for the same', () => {
    const [service] = apply([], { type: 'web', name: 'files', env: 'docker' });
    expect(apply([service as ServiceSpec], web({ plan: 'pro' }))[0]).toMatchObject({ runtime: 'docker', plan: 'pro' });
  });

  it('shows the same disk under another name, at another path, and grown', () => {
    const changed = { name: 'renamed', mountPath: '/mnt/data', sizeGB: 50 };
    expect(synced({ disk }, { disk: changed }).disk).toEqual(changed);
  });

  describe('has the value of a variable', () => {
    /** The values before and after, of a service whose variable is given in two ways. */
    const values = (before: object | undefined, change: object) => {
      const variables = (form: object | undefined) => (form ? [{ key: 'SECRET', ...form }] : []);
      const environment = new Environment();
      let services: ServiceSpec[] = [];
      return [before, change].map((form) => {
        services = apply(services, web({ envVars: variables(form) }));
        environment.apply(services);
        return environment.of(services[0] as ServiceSpec).SECRET;
      });
    };
    const generated = { generateValue: true };
    const asked = { sync: false };
    const literal = { value: 'hunter22' };

    it.each([
      ['that Render made', generated, generated],
      ['that somebody typed', asked, asked],
      ['that stood in the file, and is asked for now: nobody is asked', literal, asked],
      ['that stood in the file, and would be made now', literal, generated],
      ['that Render made, and is asked for now', generated, asked],
    ])('%s as it was', (_, before, change) => {
      const [first, second] = values(before, change);
      expect(first).toBeTruthy();
      expect(second).toBe(first);
    });

    it('from the file, whatever it was', () => {
      expect(values(generated, literal)[1]).toBe('hunter22');
    });

    it('made for a service that had none', () => {
      expect(values(undefined, generated)).toEqual([undefined, expect.stringMatching(/^.{44}$/)]);
    });

    it('never asked for on a service that had none: it is not set', () => {
      expect(values(undefined, asked)).toEqual([undefined, undefined]);
    });
  });
});
