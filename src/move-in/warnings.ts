import { type Choice, type Concern, calledIn, chosenBucket, linesOf, nameOf, servicesIn } from './choice.ts';
import type { Found, FoundServer, FoundService } from './found.ts';
import { releaseOf } from './releases.ts';
import { comparable } from './summary.ts';
import { warningsOfSecrets } from './warnings-of-secrets.ts';

/** What the person should know before the move. It is no reason to stop. */
export function warningsOfServer(found: Found, server: FoundServer, choice: Choice): Concern[] {
  const { service } = server;
  return [
    ...warningsOfSecrets(server, choice),
    ...rootSignIns(found, server, choice),
    ...publicBuckets(server, choice),
    ...otherBuckets(server, choice),
    ...brokenConsole(server, choice),
    ...consoleImages(found, server),
    ...fileSystemFormat(server, choice),
    ...(service.kind === 'blueprint' ? [...omitted(service), ...invalid(service)] : [dashboardService(server)]),
    ...unclearPorts(server),
  ];
}

/** A service that nobody can read about: whether there is data to move, only the person can see. */
export const dashboardService = ({ reasons, dataFolders }: FoundServer): Concern => ({
  code: 'dashboard-service',
  what: 'No Blueprint has the service: region, plan and disk are only in the Dashboard.',
  where: linesOf([reasons[0]?.at]),
  todo: `See in the Dashboard that a disk is mounted, and that ${dataFolders[0]?.value ?? 'the data folder'} lies in it. Without a disk there is no data to move.`,
});

function rootSignIns({ servers }: Found, server: FoundServer, choice: Choice): Concern[] {
  // Two servers may share a group, or an anchor.
  const signInAsRoot = server.signInAsRoot.filter(({ service }) => !servers.some((other) => nameOf(other) === service));
  const gives = signInAsRoot.filter(({ by }) => by === 'gives');
  const uses = signInAsRoot.filter(({ by }) => by !== 'gives');
  const concerns: Concern[] = [];
  if (uses.length > 0)
    concerns.push({
      code: 'signs-in-as-root',
      what: `These services sign in as root: ${servicesIn(uses)}.`,
      where: linesOf(uses.map(({ at }) => at)),
      todo: `They go on working while root keeps its name and password. ${
        choice.intent === 'stack'
          ? `When your files are there, let their variables take MINIO_APP_ACCESS_KEY and MINIO_APP_SECRET_KEY of ${calledIn(server, choice)}.`
          : 'Give them a user of their own later.'
      }`,
    });
  if (gives.length > 0)
    concerns.push({
      code: 'root-from-application',
      what: `The server takes root's credentials from ${servicesIn(gives)}.`,
      where: linesOf(gives.map(({ at }) => at)),
      todo: "Change them there only together with the server's next deploy.",
    });
  return concerns;
}

function publicBuckets(server: FoundServer, choice: Choice): Concern[] {
  const bucket = chosenBucket(server, choice);
  const isOpened = server.opened.some(({ bucket: name }) => name === undefined || name === bucket);
  const perhaps: Concern = {
    code: 'links-without-signature',
    what: `Nothing here tells whether ${bucket} was public. If it was, links without a signature end.`,
    where: [],
    todo: 'Let the application sign its links.',
  };
  const known = server.opened.map(({ bucket: name, access, at }) => {
    const closes = choice.intent === 'stack' && (name === undefined || name === bucket);
    return {
      code: 'public-bucket',
      what: `${name ? `The bucket ${name}` : 'A bucket'} is opened on purpose: ${access}.`,
      where: linesOf([at]),
      todo: closes
        ? 'The stack makes it private: links without a signature end. Let the application sign its links.'
        : choice.intent === 'stack'
          ? 'It stays public, as only one bucket is proved private. Close it in the console if it should not be.'
          : 'It stays as public as it is.',
    };
  });
  return choice.intent === 'stack' && bucket !== undefined && !isOpened ? [...known, perhaps] : known;
}

function otherBuckets(server: FoundServer, choice: Choice): Concern[] {
  if (choice.intent !== 'stack') return [];
  const bucket = chosenBucket(server, choice);
  const others = server.buckets.filter(({ value }) => value !== bucket);
  if (bucket === undefined || others.length === 0) return [];
  const isKnown = others.length < server.buckets.length;
  return [
    {
      code: isKnown ? 'other-buckets' : 'unknown-bucket',
      what: isKnown
        ? `Other buckets were found: ${others.map(({ value }) => value).join(', ')}. Only ${bucket} is proved private.`
        : `Nothing here names the bucket ${bucket}. Found instead: ${others.map(({ value }) => value).join(', ')}.`,
      where: linesOf(others.map(({ at }) => at)),
      todo: isKnown
        ? 'The others stay as they are, public ones as well: look at them in the console.'
        : `See that ${bucket} is on the disk: otherwise it is made, empty, and the others stay as they are.`,
    },
  ];
}

function brokenConsole(server: FoundServer, choice: Choice): Concern[] {
  const name = calledIn(server, choice);
  return server.breaksConsole.map(({ value, at }) => ({
    code: 'breaks-console',
    what:
      value === 'MINIO_BROWSER'
        ? 'MINIO_BROWSER switches the console off.'
        : 'With MINIO_SERVER_URL, nobody can sign in to the console where the server does not reach that address.',
    where: linesOf([at]),
    todo: `Delete ${value} here and in the Dashboard under ${name} > Environment: Render keeps a variable that left the file.`,
  }));
}

function consoleImages({ consoles }: Found, server: FoundServer): Concern[] {
  const name = nameOf(server);
  return consoles
    .filter((console) => console.kind === 'image' && (console.server === undefined || console.server === name))
    .map(({ service, at }) => ({
      code: 'console-image',
      what: `The image of ${service.name?.value ?? 'the console'} is gone as well.`,
      where: linesOf([at]),
      todo: 'Take this service out, or replace it: the server has the console in it.',
    }));
}

/** Single-drive servers write today's format since RELEASE.2022-06-02; a disk from before keeps the old one. */
const newFormat = '2022-06-02';

function fileSystemFormat({ images }: FoundServer, { firstCommit }: Choice): Concern[] {
  const old = images.filter(({ role, tag }) => role === 'server' && (releaseOf(tag) ?? newFormat) < newFormat);
  const isOldRepository = firstCommit !== undefined && firstCommit < newFormat;
  if (old.length === 0 && !isOldRepository) return [];
  return [
    {
      code: 'file-system-format',
      what: `The disk may have the file-system format of MinIO before June 2022${old.length > 0 ? '' : ', as the repository is older'}. No server reads it any more; the server then says so, and changes nothing.`,
      where: linesOf(old.map(({ at }) => at)),
      todo: 'Look at .minio.sys/format.json on the disk: "format":"fs" is the old one. Then do not push before you have read "You have MinIO on Render already?" in the README of generator-minio-stack.',
    },
  ];
}

function omitted({ plan, disk, at, name }: FoundService): Concern[] {
  const hasNoSize = disk.kind === 'disk' && !disk.sizeGB;
  const keys = [...(plan ? [] : ['plan']), ...(hasNoSize ? ['sizeGB'] : [])];
  if (keys.length === 0) return [];
  return [
    {
      code: 'omitted',
      what: `The Blueprint has no ${keys.join(' and no ')} for ${name?.value ?? 'the service'}.`,
      where: linesOf([at, ...(hasNoSize ? [disk.at] : [])]),
      todo: 'Leave it so: Render keeps what the Dashboard says.',
    },
  ];
}

function invalid(service: FoundService): Concern[] {
  const { impossible } = service;
  if (impossible.length === 0) return [];
  const reasons = [...new Set(impossible.map(({ value }) => value))];
  return [
    {
      code: 'invalid-blueprint',
      what: `Render refuses this Blueprint (${reasons.join(', ')}): the service was made in the Dashboard, and the file may be wrong.`,
      where: linesOf(impossible.map(({ at }) => at)),
      todo: `The Dashboard's values count. Compare them with these, and correct the file: ${comparable(service)}, and the variables.`,
    },
  ];
}

function unclearPorts({ unclear }: FoundServer): Concern[] {
  const ports = unclear.filter(({ value }) => value === 'server port' || value === 'console port');
  if (ports.length === 0) return [];
  return [
    {
      code: 'unclear-port',
      what: 'A port can not be read here.',
      where: linesOf(ports.map(({ at }) => at)),
      todo: 'See that the server goes on listening where other services expect it.',
    },
  ];
}
