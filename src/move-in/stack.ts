import { apiPort } from '../answers/render-platform.ts';
import { withParts, written } from '../merge/block-text.ts';
import { plain } from '../merge/text-style.ts';
import { type Block, readBlocks } from '../merge/yaml-blocks.ts';
import type { FoundServer, FoundService } from './found.ts';
import type { KnownAnswers } from './known-answers.ts';
import { madeUpBase, type OurServices } from './made-up-base.ts';

type Server = FoundServer & { service: { kind: 'blueprint' } & FoundService };

/** Where Render sends requests to a web service that says nothing about its port. */
const rendersPort = 10000;

/**
 * Three versions of a Blueprint, from which a merge makes our stack inside the service that is there.
 *
 * | a key of the service | base | so |
 * |---|---|---|
 * | how it is started: Dockerfile, command, image, folder | mine | ours wins, and what ours has not goes |
 * | anything else that both have, and every variable that both have | ours | mine stays |
 * | plan, region, deploy trigger, disk size that mine omits | ours | stays omitted |
 * | anything else that mine omits | – | ours is added |
 * | other services, databases, groups, comments | – | untouched |
 */
export interface BlueprintSides {
  base: string;
  mine: string;
  theirs: string;
}

/**
 * @param text the Blueprint as it is, to the byte
 * @param generated the Blueprint as we generate it with the known answers
 * @param given keys (`sizeGB`, `plan`, `region`) and variables of the server whose answers somebody gave with a flag
 */
export function blueprintSides(
  text: string,
  generated: string,
  server: Server,
  known: KnownAnswers & { names: OurServices },
  given: readonly string[],
): BlueprintSides {
  const theirs = adapted(generated, server, known, given);
  const mine = plain(withRuntime(text, [server.service, ...(known.console ? [known.console.service] : [])]));
  const inGit = [...server.rootUser.slice(0, 1), ...server.rootPassword.slice(0, 1)].filter(
    ({ form, in: place, variable }) =>
      form.kind === 'literal' && (place !== 'service' || /PASSWORD|SECRET/.test(variable)),
  );
  // A name that can't be ours, like minioadmin, is left to the Dashboard.
  const hasUser = known.answers.rootUser !== undefined;
  const oursToo = inGit
    .filter(({ variable }) => hasUser || /PASSWORD|SECRET/.test(variable))
    .map(({ variable }) => (/PASSWORD|SECRET/.test(variable) ? 'MINIO_ROOT_PASSWORD' : 'MINIO_ROOT_USER'));
  return { mine, theirs, base: madeUpBase(mine, theirs, known.names, { oursToo: [...oursToo, ...given], given }) };
}

/**
 * Our Blueprint with what no answer says: the port at which others dial the server, no name of root where only the Dashboard
 * knows it, no region where mine has none.
 */
function adapted(
  generated: string,
  server: Server,
  known: KnownAnswers & { names: OurServices },
  given: readonly string[],
): string {
  const file = readBlocks(generated);
  if (!file) return generated;
  const isSilent = server.service.region === undefined && !given.includes('region');
  const hasUser = server.rootUser.some(
    ({ variable, in: place }) => variable === 'MINIO_ROOT_USER' && (place === 'service' || place === 'group'),
  );
  const leavesUser = !hasUser && known.answers.rootUser === undefined && !given.includes('MINIO_ROOT_USER');
  const variables = (list: Block): Block => {
    const kept = list.parts.filter(({ key }) => !(leavesUser && key === 'MINIO_ROOT_USER'));
    return withParts(
      list,
      kept.map((variable) => withPort(variable, portOf(server))),
    );
  };
  const service = (block: Block): Block => {
    if (block.key === known.names.server)
      return withParts(
        block,
        block.parts.map((part) => (part.key === 'envVars' ? variables(part) : part)),
      );
    const isNew = block.key === known.names.console && !known.console;
    return withParts(
      block,
      block.parts.filter(({ key }) => !(key === 'region' && isSilent && isNew)),
    );
  };
  const blocks = file.blocks.map((block) =>
    block.key === 'services' ? withParts(block, block.parts.map(service)) : block,
  );
  return file.head + blocks.map(written).join('') + file.tail;
}

const withPort = (variable: Block, port: number): Block =>
  variable.key === 'PORT' && port !== apiPort
    ? { ...variable, text: variable.text.replace(`"${apiPort}"`, `"${port}"`), head: '', parts: [] }
    : variable;

/** The port that the server listened on. */
function portOf({ ports, unclear }: Server): number {
  const isRenders = ports.server.length === 0 && unclear.some(({ value }) => value === 'server port');
  return ports.server[0]?.value ?? (isRenders ? rendersPort : apiPort);
}

/** `env: docker` is the old spelling of `runtime: docker`; both at once are none. */
function withRuntime(text: string, services: FoundService[]): string {
  const starts = services.flatMap(({ runtime, at }) =>
    runtime?.from === 'env' && runtime.at.range[0] > at.range[0] && runtime.at.range[1] <= at.range[1]
      ? runtime.at.range[0]
      : [],
  );
  return starts
    .toSorted((a, b) => b - a)
    .reduce(
      (changed, start) =>
        changed.slice(0, start).replace(/(["']?)env\1(\s*:\s*)$/, '$1runtime$1$2') + changed.slice(start),
      text,
    );
}
