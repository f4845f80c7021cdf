import { type Choice, type Concern, linesOf } from './choice.ts';
import type { Fact, FoundService, Place } from './found.ts';

/** Changes that the flags ask for, and that Render refuses, or that lose data. */
export function wantedChanges(service: FoundService, { wanted = {} }: Choice): Concern[] {
  const { name, type, runtime, region, disk } = service;
  const mountPath = disk.kind === 'disk' ? disk.mountPath : undefined;
  const changes = [
    change('name', name, wanted.name),
    change('type', type, wanted.type),
    change('runtime', runtime, wanted.runtime),
    change('region', region, wanted.region),
    change('mount path', mountPath, wanted.mountPath),
  ].flat();
  const size = disk.kind === 'disk' ? disk.sizeGB : undefined;
  return wanted.sizeGB !== undefined && size && wanted.sizeGB < size.value
    ? [...changes, smallerDisk(size, wanted.sizeGB)]
    : changes;
}

function change(what: string, from: Fact | undefined, to: string | undefined): Concern[] {
  if (to === undefined || from?.value === to || (from === undefined && what !== 'region')) return [];
  return [
    {
      code: `changes-${what.replace(' ', '-')}`,
      what: from
        ? `The ${what} would change from ${from.value} to ${to}. The data is in the service as it is.`
        : `The ${what} would become ${to}. The Blueprint has none, and Render can't change the one that the service has.`,
      where: linesOf([from?.at]),
      todo: from ? `Leave it at ${from.value}.` : 'Leave it out.',
    },
  ];
}

const smallerDisk = (from: Fact<number>, to: number): Concern => ({
  code: 'smaller-disk',
  what: `The disk would shrink from ${from.value} GB to ${to} GB. Render's disks only grow.`,
  where: linesOf([from.at]),
  todo: `Leave it at ${from.value} GB, or take more.`,
});

/**
 * Compares a service with what a plan makes of it, and finds what Render refuses or what loses data. `after` is undefined
 * where the plan has no such service.
 */
export function forbiddenChanges(before: FoundService, after: FoundService | undefined): Concern[] {
  if (!after)
    return [
      {
        code: 'service-disappears',
        what: `${before.name?.value ?? 'A service'} would disappear from the Blueprint.`,
        where: linesOf([before.at]),
        todo: 'Please report this: a move never takes a service away.',
      },
    ];
  const [disk, newDisk] = [before.disk, after.disk];
  const mountPath = disk.kind === 'disk' ? disk.mountPath : undefined;
  const size = disk.kind === 'disk' ? disk.sizeGB : undefined;
  const newSize = newDisk.kind === 'disk' ? newDisk.sizeGB?.value : undefined;
  return [
    ...change('name', before.name, after.name?.value),
    ...change('type', before.type, after.type?.value),
    ...change('runtime', before.runtime, after.runtime?.value),
    ...change('region', before.region, after.region?.value),
    ...change('mount path', mountPath, newDisk.kind === 'disk' ? newDisk.mountPath?.value : 'none'),
    ...(size && newSize !== undefined && newSize < size.value ? [smallerDisk(size, newSize)] : []),
    ...(disk.kind === 'disk' && !size && newSize !== undefined ? [unknownSize(disk.at, newSize)] : []),
  ];
}

const unknownSize = (at: Place, to: number): Concern => ({
  code: 'unknown-disk-size',
  what: `The disk would get ${to} GB. The Blueprint has no size, and the disk may be larger: Render's disks only grow.`,
  where: linesOf([at]),
  todo: 'Leave the size out.',
});
