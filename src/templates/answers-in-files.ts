import type { AnswerName } from '../answers/questions.ts';
import type { Given } from '../answers/resolve-answers.ts';
import { servicesIn } from '../merge/blueprint.ts';
import { runningImage } from '../merge/image-pins.ts';

/** The files in which answers can be read back: in the other files an answer is only repeated. */
export type FileWithAnswers = 'render.yaml' | 'minio/Dockerfile' | 'console/Dockerfile';

type Found = Record<string, unknown>;

/** An answer's place in the Blueprint, for answers that stand in one. Undefined means: the file does not say. */
const places: Partial<Record<AnswerName, (server: Found, console: Found, last: Given) => unknown>> = {
  bucket: (server) => variable(server, 'MINIO_BUCKET').value,
  serverName: (server) => server.name,
  consoleName: (_, console) => console.name,
  diskSize: (server) => Object(server.disk).sizeGB,
  region: (server) => server.region,
  consolePort: (server) => variable(server, 'MINIO_CONSOLE_PORT').value,
  serverPlan: (server) => server.plan,
  consolePlan: (_, console) => console.plan,
  rootUser: (server) => variable(server, 'MINIO_ROOT_USER').value,
  rootPassword: (server) => passwordSource(variable(server, 'MINIO_ROOT_PASSWORD')),
  corsOrigins: (server) => variable(server, 'MINIO_API_CORS_ALLOW_ORIGIN').value ?? '',
  dataPath: (server) => variable(server, 'MINIO_DATA_DIR').value ?? '',
  serverDomain: (server, _, last) => domain(server, last.serverDomain),
  consoleDomain: (_, console, last) => domain(console, last.consoleDomain),
};

/**
 * Reads answers back from generated files that somebody may have edited since.
 * @param files texts by path
 * @param last the answers that the files were generated with: the names by which the services are found
 * @returns the answers that the files tell, as they stand there: no rule has judged them yet
 */
export function answersInFiles(files: ReadonlyMap<FileWithAnswers, string>, last: Given): Given {
  const blueprint = files.get('render.yaml');
  const services = blueprint === undefined ? [] : servicesIn(blueprint);
  const find = (folder: string, name: unknown) =>
    services.find(({ dockerfilePath }) => String(dockerfilePath).endsWith(`${folder}/Dockerfile`)) ??
    services.find((service) => service.name === name);
  const [server, console] = [find('minio', last.serverName), find('console', last.consoleName)];
  const fromBlueprint = Object.entries(places).map(([name, read]) => [name, read(server ?? {}, console ?? {}, last)]);
  return Object.fromEntries(
    [
      ...(server && console ? fromBlueprint : []),
      ['serverImage', runningImage(files.get('minio/Dockerfile') ?? '')],
      ['consoleImage', runningImage(files.get('console/Dockerfile') ?? '')],
    ].filter(([, value]) => value !== undefined),
  );
}

function variable(service: Found, key: string): Found {
  const all: unknown[] = Array.isArray(service.envVars) ? service.envVars : [];
  return Object(all.find((each) => Object(each).key === key));
}

function passwordSource({ generateValue, sync }: Found): string | undefined {
  if (generateValue === true) return 'generate';
  return sync === false ? 'prompt' : undefined;
}

/** A service may have further domains: the answer is the one that it was, as long as this domain is among them. */
function domain({ domains }: Found, last: unknown): unknown {
  if (!Array.isArray(domains)) return '';
  return domains.includes(last) ? last : (domains[0] ?? '');
}
