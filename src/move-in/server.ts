import type { ServiceEntry } from './blueprint-services.ts';
import { isSecret, refersTo, rootCredentials, rootSignIns, secretsInGit, withoutValue } from './credentials.ts';
import type { BucketMention, Fact, FoundServer, Obstacle, OpenedBucket, Place, ServerReason } from './found.ts';
import { imagesOf, serverImagesIn } from './images.ts';
import { imageVariables, isRenderExample, type Materials, serviceVariables } from './materials.ts';
import {
  clientStepsOf,
  commandsIn,
  type LocatedStart,
  serverStarts,
  shellTexts,
  startsInForce,
} from './server-commands.ts';
import { filledIn, type Lookup, withAssignments } from './shell-variables.ts';
import { programName, type Word } from './shell-words.ts';

/** Why a service is a server, by what it runs. Empty: it runs something else, or nothing tells. */
export function reasonsByProgram(materials: Materials): Fact<ServerReason>[] {
  const { entry, dockerfiles } = materials;
  const images = [...imagesOf({ ...materials, dockerfiles: [] }), ...dockerfiles.flatMap(serverImagesIn)];
  const repo = entry?.service.repo;
  return [
    ...images.filter(({ role }) => role === 'server').map(({ at }) => reason('image', at)),
    ...serverStarts(materials)
      .filter(({ program }) => program)
      .map(({ command }) => reason('command', command.at)),
    ...packages(materials),
    ...(repo && isRenderExample(repo.value) ? [reason('repo', repo.at)] : []),
  ];
}

const reason = (value: ServerReason, at: Place): Fact<ServerReason> => ({ value, at });

function packages(materials: Materials): Fact<ServerReason>[] {
  return commandsIn(materials).flatMap(({ command, source }) => {
    const [first] = command;
    const texts = command.map(({ text }) => text);
    const at = () => source.place(first?.start ?? 0, command.at(-1)?.end ?? 0);
    const installs = programName(texts[0] ?? '') === 'apk' && texts.includes('add');
    if (installs && texts.some((text) => /^minio(?:[=~@<>].*)?$/.test(text))) return [reason('package', at())];
    return texts.some((text) => /\bdl\.min\.io\/(?:server|aistor)\//.test(text)) ? [reason('download', at())] : [];
  });
}

/** Why a service that nobody can look into may be a server: it sets root's password. */
export function reasonsByVariables({ entry, dockerfiles }: Materials): Fact<ServerReason>[] {
  const isUnknown = dockerfiles.length === 0 && entry?.image === undefined;
  const runtime = entry?.service.runtime?.value ?? 'docker';
  if (!entry || !isUnknown || !['docker', 'image'].includes(runtime)) return [];
  const hasDisk = entry.service.disk.kind !== 'none';
  return entry.variables
    .filter(({ key, form }) =>
      key === 'MINIO_ROOT_PASSWORD' ? form.kind !== 'from-service' : key === 'MINIO_SECRET_KEY' && hasDisk,
    )
    .map(({ at }) => reason('variable', at));
}

/** @param others the other services of the same Blueprint */
export function foundServer(materials: Materials, reasons: Fact<ServerReason>[], others: ServiceEntry[]): FoundServer {
  const { entry, found, scripts } = materials;
  const starts = serverStarts(materials);
  const name = entry?.service.name?.value;
  const applications = name === undefined ? [] : others.filter((other) => refersTo(other, name));
  const settings = settingsOf(materials, startsInForce(starts), applications);
  const root = rootCredentials(materials);
  return {
    service: entry ? { kind: 'blueprint', ...entry.service } : { kind: 'dashboard' },
    reasons,
    dockerfile: found,
    scripts: scripts.map(({ file }) => file),
    images: imagesOf(materials),
    commands: starts.map(({ command }) => command),
    ...settings,
    rootUser: root.user.map(withoutValue),
    rootPassword: root.password.map(withoutValue),
    signInAsRoot: rootSignIns(materials, others),
    secrets: secretsInGit(materials, applications),
    breaksConsole: breaksConsole(materials),
    obstacles: obstacles(materials),
  };
}

/** A word that says something, and where. */
interface Said {
  text: string;
  at: Place;
}

type Settings = Pick<FoundServer, 'dataFolders' | 'ports' | 'buckets' | 'opened' | 'unclear'>;

function settingsOf(materials: Materials, starts: LocatedStart[], applications: ServiceEntry[]): Settings {
  const unclear: FoundServer['unclear'] = [];
  const lookup = lookupOf(materials);
  /** Every value that the texts can have. A text that can't be read is noted. */
  const read = (what: FoundServer['unclear'][number]['value'], said: Said[]): Fact[] =>
    said.flatMap(({ text, at }) => {
      // A quote too few makes one word of several commands, with all that stands in them.
      const values = filledIn(text, lookup).filter((value) => !/\s/.test(value.trim()) || what === 'bucket');
      if (values.length === 0) unclear.push({ value: what, at });
      return values.map((value) => ({ value, at }));
    });
  const words = (pick: (start: LocatedStart) => (Word | undefined)[]): Said[] =>
    starts.flatMap((start) =>
      pick(start).flatMap((word) => (word ? [{ text: word.text, at: start.place(word) }] : [])),
    );
  const variable = (...keys: string[]) => said(materials, keys);
  const paths = words((start) => start.paths);
  const folders = paths.length > 0 ? paths : variable('MINIO_VOLUMES', 'MINIO_DATA_DIR');
  const serverPorts = [...words(({ address }) => [address]), ...variable('MINIO_ADDRESS', 'PORT')];
  const consolePorts = [
    ...words(({ consoleAddress }) => [consoleAddress]),
    ...variable('MINIO_CONSOLE_ADDRESS', 'MINIO_CONSOLE_PORT', 'CONSOLE_PORT'),
  ];
  return {
    dataFolders: distinct([...read('data folder', folders), ...(folders.length === 0 ? bitnamiFolder(materials) : [])]),
    ports: {
      server: distinct(read('server port', serverPorts).flatMap(portOf)),
      console: distinct(read('console port', consolePorts).flatMap(portOf)),
    },
    buckets: bucketsOf(materials, applications, (text, at) => read('bucket', [{ text, at }])),
    opened: openedBuckets(materials, lookup),
    unclear: unclear.filter(
      ({ value, at }, index) =>
        index === unclear.findIndex((other) => other.value === value && isSameSpot(other.at, at)),
    ),
  };
}

const isSameSpot = (a: Place, b: Place) => a.file === b.file && a.range[0] === b.range[0];

/** A service's variables win over the image's; a script's own assignments come on top. */
function lookupOf(materials: Materials): Lookup {
  const known = new Map<string, string[]>();
  for (const { key, literal } of [...serviceVariables(materials), ...imageVariables(materials)])
    if (!known.has(key)) known.set(key, literal === undefined ? [] : [literal]);
  const texts = [...shellTexts(materials), ...materials.scriptsBeside].map(({ text }) => text);
  // No path, port or bucket has a password in it. Where one seems to, a quote is missing: it must not be shown.
  return withAssignments((name) => known.get(name), texts, isSecret);
}

/** What variables with these names say: of the service, else of the image. */
const said = (materials: Materials, keys: string[]): Said[] =>
  keys.flatMap((key) => {
    const all = [...serviceVariables(materials), ...imageVariables(materials)];
    const found = all.find((variable) => variable.key === key);
    return found?.literal === undefined ? [] : [{ text: found.literal, at: found.at }];
  });

/** Two facts with the same value are one: the first place is named. */
function distinct<Value>(facts: Fact<Value>[]): Fact<Value>[] {
  return facts.filter(({ value }, index) => facts.findIndex((other) => other.value === value) === index);
}

/** `:9000`, `0.0.0.0:9000`, `9000`. */
function portOf({ value, at }: Fact): Fact<number>[] {
  const [, port] = /(?:^|:)(\d{1,5})$/.exec(value.trim()) ?? [];
  return port === undefined ? [] : [{ value: Number(port), at }];
}

/** Bitnami's image has its data there, unless something says otherwise. */
function bitnamiFolder(materials: Materials): Fact[] {
  const image = imagesOf(materials).find(({ role, vendor }) => role === 'server' && vendor === 'bitnami');
  return image ? [{ value: '/bitnami/minio/data', at: image.at }] : [];
}

type ReadBucket = (text: string, at: Place) => Fact[];

function bucketsOf(materials: Materials, applications: ServiceEntry[], read: ReadBucket): BucketMention[] {
  const variable = (key: 'MINIO_BUCKET' | 'MINIO_DEFAULT_BUCKETS') =>
    said(materials, [key])
      .flatMap(({ text, at }) => read(text, at))
      .flatMap(({ value, at }) =>
        value.split(/[\s,]+/).map((item) => ({ value: item.split(':')[0] ?? '', at, from: key })),
      );
  const made = clientStepsOf(materials).flatMap(({ step, at }) =>
    step.kind === 'make-bucket' ? read(step.bucket.text, at).map((fact) => ({ ...fact, from: 'mc mb' as const })) : [],
  );
  const ofServices = [...serviceVariables(materials), ...applications.flatMap(({ variables }) => variables)]
    .filter(({ key, literal }) => isBucketVariable(key) && literal !== undefined)
    .map(({ key, literal = '', at }) => ({ value: literal, at, from: 'variable' as const, variable: key }));
  const all: BucketMention[] = [
    ...variable('MINIO_BUCKET'),
    ...variable('MINIO_DEFAULT_BUCKETS'),
    ...made,
    ...ofServices,
  ];
  return distinct(all.filter(({ value }) => isBucketName(value))) as BucketMention[];
}

const isBucketVariable = (key: string) =>
  /BUCKET/i.test(key) && !/SECRET|ACCESS|TOKEN|PASSWORD|URL|REGION|^MINIO_(?:DEFAULT_)?BUCKETS?$/i.test(key);
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const isBucketName = (text: string) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text);

function openedBuckets(materials: Materials, lookup: Lookup): OpenedBucket[] {
  const byClient = clientStepsOf(materials).flatMap(({ step, at }): OpenedBucket[] => {
    if (step.kind !== 'open-bucket') return [];
    const buckets = filledIn(step.bucket.text, lookup).filter(isBucketName);
    const { access } = step;
    return buckets.length > 0 ? buckets.map((bucket) => ({ bucket, access, at })) : [{ access, at }];
  });
  const byVariable = said(materials, ['MINIO_DEFAULT_BUCKETS']).flatMap(({ text, at }) =>
    text.split(/[\s,]+/).flatMap((item): OpenedBucket[] => {
      const [bucket = '', access = 'none'] = item.split(':');
      return isBucketName(bucket) && access !== 'none' ? [{ bucket, access, at }] : [];
    }),
  );
  return [...byClient, ...byVariable];
}

/** `MINIO_BROWSER=off` closes the console's port; with `MINIO_SERVER_URL` its sign-in can answer 503. */
function breaksConsole(materials: Materials): FoundServer['breaksConsole'] {
  const url = said(materials, ['MINIO_SERVER_URL']).map(({ at }) => ({ value: 'MINIO_SERVER_URL' as const, at }));
  const browser = said(materials, ['MINIO_BROWSER'])
    .filter(({ text }) => /^(?:off|false|0|no)$/i.test(text))
    .map(({ at }) => ({ value: 'MINIO_BROWSER' as const, at }));
  return [...browser, ...url];
}

const packageManagers = new Set<string>(['apt-get', 'apk', 'microdnf', 'dnf', 'yum']);

/** The pinned image has no package manager, and dl.min.io is gone. */
function obstacles(materials: Materials): Fact<Obstacle>[] {
  return commandsIn(materials).flatMap(({ command, source }) =>
    command.flatMap(({ text, start, end }, index): Fact<Obstacle>[] => {
      const program = programName(text);
      if (index === 0 && packageManagers.has(program))
        return [{ value: program as Obstacle, at: source.place(start, end) }];
      return /\bdl\.min\.io\b/.test(text) ? [{ value: 'dl.min.io', at: source.place(start, end) }] : [];
    }),
  );
}
