import { serverImage } from '../answers/images.ts';
import { type Choice, calledIn, linesOf } from './choice.ts';
import type { FoundServer, FoundService } from './found.ts';
import { isGone } from './minio-images.ts';
import { releaseOf } from './releases.ts';
import type { Step } from './steps.ts';

/** As long as the old server runs, its data can be copied: this comes first. */
export function firstCopy(server: FoundServer, choice: Choice): Step {
  const { service, images } = server;
  const blueprint = service.kind === 'blueprint' ? service : undefined;
  const gone = images.some((image) => image.role === 'server' && isGone(image));
  const text = `If ${calledIn(server, choice)} still runs: do not deploy or restart it.${gone ? ' Its image is gone, and it would not come back.' : ''}`;
  const step = { code: 'copy-first', text, where: [] };
  if (blueprint?.type?.value === 'pserv')
    return {
      ...step,
      todo: 'Only services beside it reach it: copy its files from one of them to a place outside, or rely on a snapshot.',
      commands: [],
    };
  return {
    ...step,
    todo: "Copy the data first. The first command brings mcli, the second asks for root's name and password, the third must list your buckets:",
    commands: copyCommands(server, choice, blueprint),
  };
}

function copyCommands({ buckets }: FoundServer, { bucket }: Choice, service: FoundService | undefined): string[] {
  const found = [...new Set(buckets.map(({ value }) => value))];
  const all = found.length > 0 ? found : [bucket ?? 'BUCKET'];
  const host = service?.domains.find(({ value }) => /^[\w.-]+$/.test(value))?.value ?? 'OLD-HOST';
  return [
    `docker run --rm -it -v "$PWD:/copy" -w /copy --entrypoint sh ${serverImage}`,
    `mcli alias set old https://${host}`,
    'mcli ls old',
    ...all.map((each) => `mcli mirror -a --overwrite old/${each} ./${each}`),
  ];
}

/** The first release that reads what the new server writes. */
const firstReader = '2025-01-18';

/** From the first start of the new server on, only a snapshot is sure to be a way back. */
export function snapshot(server: FoundServer, choice: Choice): Step {
  const { service, images } = server;
  const disk = service.kind === 'blueprint' ? service.disk : undefined;
  const release = releaseOf(images.find(({ role, in: where }) => role === 'server' && where !== 'stage')?.tag);
  const closed = (old: string) =>
    `After the first start of the new server, ${old} can not read the disk any more: "Rollback" will not work then, a snapshot will.`;
  return {
    code: 'snapshot',
    text: `Dashboard > ${calledIn(server, choice)} > Disks: see that a snapshot of today is there.`,
    where: linesOf([disk && disk.kind !== 'none' ? disk.at : undefined]),
    todo:
      release === undefined
        ? closed(`MinIO from before ${firstReader}`)
        : release < firstReader
          ? closed('the old one')
          : 'It is the sure way back.',
    commands: [],
  };
}

/** A Blueprint with a service that is there already must not make another one. */
export const newBlueprint = (server: FoundServer, choice: Choice): Step => ({
  code: 'new-blueprint',
  text: `Dashboard > New > Blueprint: choose this repository. Apply it only if Render says that it updates ${calledIn(server, choice)}: another one would be new, with an empty disk.`,
  where: [],
  commands: [],
});

/** Where a push starts no deploy, a person must. */
export function startDeploy(server: FoundServer, choice: Choice): Step[] {
  const { service } = server;
  const autoDeploy = service.kind === 'blueprint' ? service.autoDeploy : undefined;
  if (!autoDeploy || !/^(?:false|no|off)$/i.test(autoDeploy.value)) return [];
  const name = calledIn(server, choice);
  return [
    {
      code: 'manual-deploy',
      text: `A push alone may not deploy ${name}: ${autoDeploy.from} is ${autoDeploy.value}.`,
      where: linesOf([autoDeploy.at]),
      todo: `If no deploy starts: Dashboard > ${name} > Manual Deploy > Deploy latest commit.`,
      commands: [],
    },
  ];
}
