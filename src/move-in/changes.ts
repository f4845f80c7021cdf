import { type Choice, type Concern, linesOf, type Wanted } from './choice.ts';
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
 * Compares a service with what a plan makes of it, and finds what Render refuses or what loses data.
 * @param after undefined where the plan has no such service
 * @param wanted what the flags say: a size that the person gave is no invention
 */
export function forbiddenChanges(
  before: FoundService,
  after: FoundService | undefined,
  wanted: Wanted = {},
): Concern[] {
  if (!after) return [disappears('service', before)];
  const changes = [
    change('name', before.name, after.name?.value),
    change('type', before.type, after.type?.value),
    change('runtime', before.runtime, after.runtime?.value),
    change('region', before.region, after.region?.value),
  ].flat();
  const [disk, newDisk] = [before.disk, after.disk];
  if (disk.kind === 'none') return changes;
  if (newDisk.kind === 'none') return [...changes, disappears('disk', before)];
  if (disk.kind !== 'disk' || newDisk.kind !== 'disk') return changes;
  const { sizeGB } = newDisk;
  const isInvented = !disk.sizeGB && sizeGB && sizeGB.value !== wanted.sizeGB;
  return [
    ...changes,
    ...change('mount path', disk.mountPath, newDisk.mountPath?.value),
    ...(disk.sizeGB && sizeGB && sizeGB.value < disk.sizeGB.value ? [smallerDisk(disk.sizeGB, sizeGB.value)] : []),
    ...(isInvented ? [unknownSize(disk.at, sizeGB.value)] : []),
  ];
}

const disappears = (what: 'service' | 'disk', { name, at }: FoundService): Concern => ({
  code: `${what}-disappears`,
  what: `${what === 'disk' ? 'The disk of ' : ''}${name?.value ?? 'a service'} would disappear from the Blueprint.`,
  where: linesOf([at]),
  todo: 'Nothing was written. Please report this with the Blueprint.',
});

const unknownSize = (at: Place, to: number): Concern => ({
  code: 'unknown-disk-size',
  what: `The disk would get ${to} GB. The Blueprint has no size, and the disk may be larger: Render's disks only grow.`,
  where: linesOf([at]),
  todo: 'Leave the size out.',
});
