import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Fact,
  Form,
  Found,
  FoundDockerfile,
  FoundServer,
  FoundService,
  ImageMention,
  Place,
  RepositoryFiles,
} from '../../src/move-in/found.ts';

/** A folder of test/data/move-in as a repository. */
export function fixture(name: string): RepositoryFiles {
  const folder = join(import.meta.dirname, '../data/move-in', name);
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .toSorted();
  return repository(Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')])));
}

export const repository = (texts: Record<string, string>): RepositoryFiles => ({
  paths: Object.keys(texts),
  read: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined),
});

/** Everything that was found, one fact a line, with the file and the line where it stands. */
export const facts = (found: Found): string[] => [
  ...found.blueprints.map((blueprint) =>
    blueprint.kind === 'valid'
      ? `blueprint ${blueprint.file}: ${blueprint.names.map((name) => `${name.of} ${name.value}`).join(', ')}`
      : `blueprint ${blueprint.file} is ${blueprint.kind}`,
  ),
  ...found.servers.flatMap((server) => serverFacts(server)),
  ...found.consoles.flatMap(({ service, kind, server, dockerfile, images, at }) => [
    `console ${service.name?.value} ${kind} of ${server} ${spot(at)}`,
    ...dockerfileFact(dockerfile),
    ...images.map(imageFact),
  ]),
  ...found.images.map((image) => `names ${imageFact(image)}`),
];

const spot = ({ file, line }: Place) => `${file}:${line}`;
const fact = (name: string, found: Fact<string | number> | undefined) =>
  found ? [`${name} ${found.value} ${spot(found.at)}`] : [];
const imageFact = ({ reference, role, vendor, tag, in: where, at }: ImageMention) =>
  `${role} image ${reference} (${vendor}, ${tag ?? 'no tag'}, ${where}) ${spot(at)}`;

function serverFacts(server: FoundServer): string[] {
  const { service } = server;
  return [
    ...(service.kind === 'blueprint' ? serviceFacts(service) : ['server made in the Dashboard']),
    `because of ${server.reasons.map(({ value, at }) => `${value} ${spot(at)}`).join(', ')}`,
    ...dockerfileFact(server.dockerfile),
    ...server.scripts.map((script) => `script ${script}`),
    ...server.images.map(imageFact),
    ...server.commands.map(
      ({ in: where, program, at }) => `command in ${where}, program ${program?.value ?? 'none'} ${spot(at)}`,
    ),
    ...server.dataFolders.flatMap((each) => fact('data', each)),
    ...server.ports.server.flatMap((each) => fact('port', each)),
    ...server.ports.console.flatMap((each) => fact('console port', each)),
    ...server.rootUser.map(
      ({ variable, form, in: where, at }) => `user ${variable} ${formFact(form)} in ${where} ${spot(at)}`,
    ),
    ...server.rootPassword.map(
      ({ variable, form, in: where, at }) => `password ${variable} ${formFact(form)} in ${where} ${spot(at)}`,
    ),
    ...server.buckets.map(({ value, from, variable, at }) => `bucket ${value} by ${variable ?? from} ${spot(at)}`),
    ...server.opened.map(({ bucket, access, at }) => `opened ${bucket ?? '?'} ${access} ${spot(at)}`),
    ...server.signInAsRoot.map(
      ({ service, variable, by, at }) => `root is used by ${service} ${variable} (${by}) ${spot(at)}`,
    ),
    ...server.secrets.map(
      ({ name, in: where, inForce, at }) => `secret ${name} in ${where}${inForce ? ', in force' : ''} ${spot(at)}`,
    ),
    ...server.breaksConsole.flatMap((each) => fact('breaks the console:', each)),
    ...server.obstacles.flatMap((each) => fact('obstacle', each)),
    ...server.unclear.flatMap((each) => fact('unclear', each)),
  ];
}

function serviceFacts(service: FoundService): string[] {
  const { disk } = service;
  return [
    `server ${service.name?.value} (${service.within}) ${spot(service.at)}`,
    ...fact('type', service.type),
    ...(service.runtime ? fact(`runtime by ${service.runtime.from}`, service.runtime) : []),
    ...fact('region', service.region),
    ...fact('plan', service.plan),
    ...(service.autoDeploy ? fact(service.autoDeploy.from, service.autoDeploy) : []),
    ...fact('branch', service.branch),
    ...fact('repo', service.repo),
    ...service.domains.flatMap((each) => fact('domain', each)),
    ...(disk.kind === 'disk'
      ? [...fact('disk', disk.name), ...fact('mount', disk.mountPath), ...fact('GB', disk.sizeGB)]
      : [`disk: ${disk.kind}`]),
    ...service.impossible.flatMap((each) => fact('impossible:', each)),
  ];
}

const formFact = (form: Form) =>
  form.kind === 'from-service' ? `from ${form.service}.${form.variable ?? '(property)'}` : form.kind;

const dockerfileFact = (found: FoundDockerfile): string[] => {
  if (found.kind === 'found') return [`Dockerfile ${found.file}`];
  if (found.kind === 'unclear') return [`Dockerfile unclear: ${found.files.join(' or ')}`];
  if (found.kind === 'missing') return [`Dockerfile ${found.path} is missing`];
  return found.kind === 'elsewhere' ? [`Dockerfile in ${found.repo.value}`] : [];
};
