import type { AnswerName } from '../answers/questions.ts';
import { type Given, isLegal, pick } from '../answers/resolve-answers.ts';
import { readYaml } from '../merge/yaml.ts';
import { type Choice, chosenBucket, chosenDataFolder, nameOf } from './choice.ts';
import type { Credential, Fact, Found, FoundConsole, FoundServer, FoundService, RepositoryFiles } from './found.ts';

/** What a repository tells of our answers. */
export interface KnownAnswers {
  /** Answers as the repository has them; each keeps its rule. */
  answers: Given;
  /** Answers that the repository has in another form, or leaves to the Dashboard. Nobody makes one up. */
  unsaid: AnswerName[];
  /** The console that ours takes over; undefined: ours is new. */
  console: FoundConsole | undefined;
}

type InBlueprint = { kind: 'blueprint' } & FoundService;

/** Answers that only the repository can give, and that nothing may stand in for. */
const fromTheRepository = ['diskSize', 'region', 'serverPlan', 'rootUser'] as const satisfies AnswerName[];

/** Reads our answers from what was found of a server. A credential is read only where it is a user's name. */
export function knownAnswers(
  found: Found,
  server: FoundServer & { service: InBlueprint },
  choice: Choice,
  files: RepositoryFiles,
): KnownAnswers {
  const { service } = server;
  const console = takenConsole(found, server);
  const size = service.disk.kind === 'disk' ? service.disk.sizeGB?.value : undefined;
  const mount = service.disk.kind === 'disk' ? service.disk.mountPath?.value : undefined;
  const folder = chosenDataFolder(server, choice);
  const said: Given = {
    bucket: chosenBucket(server, choice),
    serverName: service.name?.value,
    consoleName: console?.service.name?.value ?? `${service.name?.value}-console`,
    diskSize: size,
    region: service.region?.value,
    serverPlan: service.plan?.value,
    consolePlan: console?.service.plan?.value,
    consolePort: first(server.ports.console),
    rootUser: userName(server.rootUser[0], files),
    rootPassword: server.rootPassword[0]?.form.kind === 'generated' ? 'generate' : 'prompt',
    serverDomain: service.domains[0]?.value,
    consoleDomain: console?.service.domains[0]?.value,
    dataPath: folder !== undefined && folder !== mount ? folder : undefined,
  };
  const answers = pick(said, (name, value) => value !== undefined && isLegal(name, value));
  return { answers, unsaid: fromTheRepository.filter((name) => !(name in answers)), console };
}

const first = (facts: Fact<number>[]) => facts[0]?.value;

/** nginx in front of this server's console. An image-backed console can't become ours: Render never changes the runtime. */
function takenConsole({ consoles }: Found, server: FoundServer): FoundConsole | undefined {
  return consoles.find(
    ({ kind, service, server: shown }) =>
      kind === 'nginx' &&
      (shown === undefined || shown === nameOf(server)) &&
      service.type?.value === 'web' &&
      (service.runtime?.value ?? 'docker') === 'docker' &&
      service.repo === undefined,
  );
}

/** The root user's name, where it stands in the repository as it is. */
function userName(user: Credential | undefined, files: RepositoryFiles): string | undefined {
  if (user?.form.kind !== 'literal') return undefined;
  const { file, range } = user.at;
  const text = files.read(file)?.slice(...range);
  // A word of a shell that is no YAML is no name that our rule allows either.
  const { value } = readYaml(text ?? '');
  return value === null || value === undefined ? undefined : String(value);
}
