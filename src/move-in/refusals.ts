import { wantedChanges } from './changes.ts';
import { type Choice, type Concern, chosenBucket, chosenDataFolder, isWithin, linesOf, nameOf } from './choice.ts';
import type { Fact, Found, FoundServer, FoundService, Place } from './found.ts';

/** Reasons to write nothing, before a server is chosen: a Blueprint that nobody can read, no server, or several. */
export function refusalsOfBlueprints({ blueprints, servers }: Found): Concern[] {
  const isRead = servers.some(({ service }) => service.kind === 'blueprint');
  if (isRead) return [];
  return blueprints.flatMap((blueprint): Concern[] => {
    if (blueprint.kind === 'not-a-blueprint')
      return [
        {
          code: 'not-a-blueprint',
          what: `${blueprint.file} is no Blueprint: it holds no map of services.`,
          where: [{ file: blueprint.file, line: 1 }],
          todo: 'Correct the file, or name another Blueprint with --blueprint.',
        },
      ];
    if (blueprint.kind !== 'broken') return [];
    const lines = blueprint.problems.map((problem) => Number(/^line (\d+)/.exec(problem)?.[1] ?? 1));
    return [
      {
        code: 'broken-yaml',
        what: `${blueprint.file} is no valid YAML.`,
        where: [...new Set(lines)].map((line) => ({ file: blueprint.file, line })),
        todo: 'Correct the file: Render can not read it either.',
      },
    ];
  });
}

export function refusalsOfChoice({ servers }: Found, { service }: Choice): Concern[] {
  const names = servers.map((server) => nameOf(server) ?? 'a service of the Dashboard');
  const where = linesOf(servers.map(placeOf));
  if (service !== undefined)
    return [
      {
        code: 'unknown-service',
        what: `No service that runs MinIO is called ${service}.`,
        where,
        todo: `Give one of these names to --service: ${names.join(', ')}.`,
      },
    ];
  return [
    {
      code: 'several-servers',
      what: `Several services run MinIO: ${names.join(', ')}.`,
      where,
      todo: 'Say which one is moved in: --service NAME.',
    },
  ];
}

const placeOf = ({ service, reasons }: FoundServer): Place | undefined =>
  service.kind === 'blueprint' ? service.at : reasons[0]?.at;

/** Reasons to write nothing for a server. What the person could still say is asked for only where that would help. */
export function refusalsOfServer(server: FoundServer, choice: Choice): Concern[] {
  const { service } = server;
  const isStack = choice.intent === 'stack';
  const blueprint = service.kind === 'blueprint' ? service : undefined;
  const refusals = [
    ...aistor(server),
    ...(blueprint && isStack ? unchangeable(blueprint) : []),
    ...(blueprint ? [...wantedChanges(blueprint, choice), ...withoutData(server, blueprint, choice)] : []),
  ];
  return isStack && refusals.length === 0 ? missing(server, choice) : refusals;
}

function aistor({ images }: FoundServer): Concern[] {
  const image = images.find(({ vendor, role }) => vendor === 'aistor' && role === 'server');
  if (!image) return [];
  return [
    {
      code: 'aistor',
      what: 'The server is AIStor. No other server is known to read its disk.',
      where: linesOf([image.at]),
      todo: 'While it runs, make a new stack in another folder and copy the data with mcli mirror -a. Do not deploy or restart it before.',
    },
  ];
}

/** Render can't change a service's type and runtime. */
function unchangeable({ name, type, runtime, at }: FoundService): Concern[] {
  const todo =
    'Use --move-in repair. Or make a new stack in another folder, and copy the data with mcli mirror -a while this one runs.';
  const is = (what: string, found: Fact | undefined, needed: string): Concern[] =>
    found?.value === needed
      ? []
      : [
          {
            code: what,
            what: `${name?.value ?? 'The service'} has ${found ? `${what} ${found.value}` : `no ${what} in the Blueprint`}. The stack needs ${what} ${needed}, and Render can't change it.`,
            where: linesOf([found?.at ?? at]),
            todo,
          },
        ];
  return [...is('type', type, 'web'), ...is('runtime', runtime, 'docker')];
}

function withoutData(server: FoundServer, service: FoundService, choice: Choice): Concern[] {
  const { disk, impossible, name } = service;
  const free = impossible.find(({ value }) => value === 'free plan with a disk');
  if ((disk.kind === 'disks' || free) && choice.service === undefined)
    return [
      {
        code: 'impossible-disk',
        what: `${name?.value ?? 'The service'} has ${free ? 'the free plan and a disk' : 'its disk under "disks"'}: Render can't have made it from this Blueprint.`,
        where: linesOf([free?.at ?? (disk.kind === 'disks' ? disk.at : service.at)]),
        todo: `Compare the file with the Dashboard and correct it. Or go on with --service ${name?.value ?? 'NAME'} and the Dashboard's values.`,
      },
    ];
  if (disk.kind === 'none') return [noDisk(service)];
  const mount = disk.kind === 'disk' ? disk.mountPath : undefined;
  const folders = choice.dataPath === undefined ? server.dataFolders : [];
  const outside = folders.filter(({ value }) => value.startsWith('/') && mount && !isWithin(value, mount.value));
  const given = choice.dataPath;
  if (given !== undefined && mount && !isWithin(given, mount.value)) return [outsideMount(given, mount, [])];
  const [first] = outside;
  return mount && first && outside.length === folders.length
    ? [
        outsideMount(
          first.value,
          mount,
          outside.map(({ at }) => at),
        ),
      ]
    : [];
}

const noDisk = ({ name, plan, at }: FoundService): Concern => ({
  code: 'no-disk',
  what: `${name?.value ?? 'The service'} has no disk: each deploy and restart empties it. There is no data to move.`,
  where: linesOf([plan?.value === 'free' ? plan.at : at]),
  todo: 'Make a new stack in an empty folder. If it still runs, copy what is in it now, before a deploy: mcli mirror -a.',
});

const outsideMount = (folder: string, mount: Fact, places: Place[]): Concern => ({
  code: 'data-outside-disk',
  what: `The data is in ${folder}, but the disk is at ${mount.value}: each deploy empties that folder. There is no data to move.`,
  where: linesOf([...places, mount.at]),
  todo: 'If it still runs, copy what is in it now, before a deploy: mcli mirror -a. If the data is elsewhere, say where: --data-path PATH.',
});

/** What the stack needs to know, and nothing says. */
function missing(server: FoundServer, choice: Choice): Concern[] {
  const { service, buckets, dataFolders, unclear } = server;
  const concerns: Concern[] = [];
  if (service.kind === 'dashboard' && choice.service === undefined)
    concerns.push({
      code: 'name-missing',
      what: 'No Blueprint has the service: its name is only in the Dashboard.',
      where: linesOf([server.reasons[0]?.at]),
      todo: 'Give its name, to the letter: --service NAME. Another name is another service, with an empty disk.',
    });
  const folder = chosenDataFolder(server, choice);
  if (folder === undefined || !folder.startsWith('/') || /[{}]/.test(folder))
    concerns.push({
      code: 'data-folder',
      what:
        dataFolders.length > 0
          ? `The server has its data in ${dataFolders.map(({ value }) => value).join(', ')}. The stack needs one absolute path.`
          : 'Nothing tells where the server has its data.',
      where: linesOf([...dataFolders, ...unclear.filter(({ value }) => value === 'data folder')].map(({ at }) => at)),
      todo: 'Look at the path behind "server" in the command, and give it: --data-path PATH.',
    });
  if (chosenBucket(server, choice) === undefined)
    concerns.push({
      code: 'bucket',
      what:
        buckets.length > 0
          ? `Several buckets were found: ${buckets.map(({ value }) => value).join(', ')}.`
          : 'No bucket was found.',
      where: linesOf([...buckets, ...unclear.filter(({ value }) => value === 'bucket')].map(({ at }) => at)),
      todo: `Say which one is the application's: --bucket ${buckets.length > 0 ? 'NAME' : 'NAME, as it is called on the disk'}.`,
    });
  return concerns;
}
