import type { Answers } from '../../answers/questions.ts';
import { StackError } from '../../errors.ts';
import { answersHere } from '../../verify/local.ts';
import type { VerifyLine } from './command-line.ts';

/** Where compose.yaml has both services. */
const compose = { api: 'http://localhost:9000', console: 'http://localhost:8080' };

/** What is verified. */
export interface Addresses {
  api: string;
  console: string | undefined;
}

/**
 * The addresses that were given; else the stored custom domains; else what Compose runs on this machine.
 * @param stored the answers of the repository in this folder
 * @param isThere whether anything answers at an address of this machine
 * @throws {StackError} when there is none, with where to find them
 */
export async function addressesOf(
  line: Pick<VerifyLine, 'api' | 'console'>,
  stored: Pick<Answers, 'serverDomain' | 'consoleDomain' | 'serverName' | 'consoleName'> | undefined,
  program: string,
  isThere = answersHere,
): Promise<Addresses> {
  const ofDomain = (domain: string | undefined) => (domain ? `https://${domain}` : undefined);
  const console = line.console ?? (line.api ? undefined : ofDomain(stored?.consoleDomain));
  const api = line.api ?? ofDomain(stored?.serverDomain);
  if (api) return { api, console };
  // Somebody who names a console has a deployment in mind, and not this machine.
  if (!line.console && !console && (await isThere(compose.api)))
    return { api: compose.api, console: (await isThere(compose.console)) ? compose.console : undefined };
  const [server, other] = [stored?.serverName ?? 'minio-server', stored?.consoleName ?? 'minio-console'];
  throw new StackError(
    `No address to verify. In Render's Dashboard, open the services ${server} and ${other}: below the name of each is its address. Then:\n${program} https://${server}-XXXX.onrender.com --console https://${other}-XXXX.onrender.com\nOr run docker compose up here, and this command without addresses.`,
  );
}
