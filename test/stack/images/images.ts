import { consoleImage, serverImage } from '../../../src/answers/images.ts';
import type { Engine } from '../../render-simulator/engine.ts';
import { debianRoot } from './debian.ts';
import { goProgram } from './programs.ts';
import { buildStandIn, removeOldStandIns, type StandInName, standInImage, standIns } from './stand-ins.ts';

/** Which stand-in takes a pinned image's place where that cannot be pulled. */
const standsFor = new Map<string, StandInName>([
  [serverImage, 'silo'],
  [consoleImage, 'nginx'],
]);

/** Server images beside the pinned one. */
const variants: StandInName[] = ['minio-debian', 'minio-busybox'];

/** Pulls the pinned images where a registry can be reached, and builds stand-ins for what is missing. */
export async function prepareImages(engine: Engine, log: (text: string) => void): Promise<void> {
  const needed = new Set(Object.keys(standIns) as StandInName[]);
  for (const [image, standIn] of standsFor) {
    if (await isThere(engine, image)) needed.delete(standIn);
    else if ((await isReachable(image)) && (await engine.try(['pull', '--quiet', image])).status === 0) {
      log(`pulled ${image}`);
      needed.delete(standIn);
    } else log(`${standInImage(standIn)} stands for ${image}, which cannot be pulled`);
  }
  // Both compilations and the installation of Debian take minutes: all at once.
  await Promise.all([debianRoot(log), goProgram('minio', log).then(() => goProgram('mc', log))]);
  for (const standIn of needed) await buildStandIn(engine, standIn, log);
  await removeOldStandIns(engine);
}

/**
 * What a generated Dockerfile's `FROM` has to be replaced with, as image by image: nothing for an image that was pulled.
 * @param server a stand-in for the server image, whatever is there
 */
export async function replacements(engine: Engine, server?: StandInName): Promise<Map<string, string>> {
  const replaced = new Map<string, string>();
  for (const [image, standIn] of standsFor) {
    const chosen = standIn === 'silo' ? server : undefined;
    if (chosen || !(await isThere(engine, image))) replaced.set(image, standInImage(chosen ?? standIn));
  }
  return replaced;
}

/** The stand-ins that are needed and that the engine doesn't have. */
export async function missingImages(engine: Engine): Promise<string[]> {
  const wanted = [...(await replacements(engine)).values(), ...variants.map(standInImage)];
  const there = await Promise.all(wanted.map((image) => isThere(engine, image)));
  return wanted.filter((_, index) => !there[index]);
}

const isThere = async (engine: Engine, image: string) => (await engine.try(['image', 'inspect', image])).status === 0;

/** Whether the image's registry answers at all; the engines themselves would retry for minutes. */
async function isReachable(image: string): Promise<boolean> {
  const host = image.split('/', 1)[0] === 'docker.io' ? 'registry-1.docker.io' : image.split('/', 1)[0];
  return fetch(`https://${host}/v2/`, { signal: AbortSignal.timeout(5000) }).then(
    ({ status }) => status < 500,
    () => false,
  );
}
