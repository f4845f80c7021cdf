import { randomBytes, randomInt } from 'node:crypto';
import type { Engine } from './engine.ts';

const label = 'render-simulator';

/**
 * Names, addresses and volumes of one Blueprint in the engine: all with one label and one prefix, which says which process
 * they belong to, so that all can be found and removed.
 */
export class Place {
  readonly prefix = `render-simulator-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly network = this.prefix;
  readonly labels = [`${label}=1`];
  readonly #engine: Engine;
  readonly #images = new Set<string>();
  #subnet = '';
  #addresses = 9;
  #names = 0;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A network of its own; what processes left behind that are no more is removed first. */
  static async open(engine: Engine): Promise<Place> {
    await removeLeftovers(engine);
    const place = new Place(engine);
    for (let attempt = 1; ; attempt++) {
      place.#subnet = `10.${randomInt(64, 192)}.${randomInt(0, 256)}`;
      const subnet = ['--subnet', `${place.#subnet}.0/24`, '--gateway', `${place.#subnet}.1`];
      const { status, stderr } = await engine.try(['network', 'create', ...place.#label, ...subnet, place.network]);
      if (status === 0) return place;
      // Somebody else may have the subnet.
      if (attempt === 5) throw new Error(`no network for the services: ${stderr}`);
    }
  }

  /** An address that nothing in this network has had. */
  address(): string {
    this.#addresses += 1;
    return `${this.#subnet}.${this.#addresses}`;
  }

  /** A new container's name. */
  container(service: string): string {
    this.#names += 1;
    return `${this.prefix}-${service.slice(0, 20)}-${this.#names}`;
  }

  /** The tag of a service's image. */
  image(service: string): string {
    const tag = `localhost/${this.prefix}/${service}`;
    this.#images.add(tag);
    return tag;
  }

  /**
   * A new volume, owned by root. A small one is in memory, and a container of the given image, which has `sleep`, holds it
   * as long as the services run: without that it would be empty again after the last container.
   */
  async volume(small?: { megabytes: number; holder: string }): Promise<string> {
    const name = this.container('disk');
    // In pages of 4 KiB: Podman takes `size` for a quota of its own.
    const options = small ? ['type=tmpfs', 'device=tmpfs', `o=nr_blocks=${small.megabytes * 256}`] : [];
    await this.#engine.do(['volume', 'create', ...this.#label, ...options.flatMap((text) => ['--opt', text]), name]);
    if (small) {
      const command = ['--volume', `${name}:/data`, '--entrypoint', 'sleep', small.holder, 'infinity'];
      await this.#engine.do(['run', '--detach', ...this.#label, '--name', this.container('holder'), ...command]);
    }
    return name;
  }

  /** Removes everything. */
  async close(): Promise<void> {
    await removeWith(this.#engine, (name) => name.startsWith(this.prefix));
    for (const image of this.#images) await this.#engine.try(['rmi', image]);
  }

  get #label(): string[] {
    return this.labels.flatMap((text) => ['--label', text]);
  }
}

/** Removes what belongs to processes that are no more. */
async function removeLeftovers(engine: Engine): Promise<void> {
  const isLeft = (name: string) => {
    const [, pid] = /^(?:localhost\/)?render-simulator-(\d+)-/.exec(name) ?? [];
    return pid !== undefined && !isAlive(Number(pid));
  };
  await removeWith(engine, isLeft);
  // It fails when somebody removes an image meanwhile; what is left then is for the next.
  const { stdout } = await engine.try(['images', '--format', '{{.Repository}}']);
  for (const image of stdout.split('\n').filter(isLeft)) await engine.try(['rmi', image]);
}

async function removeWith(engine: Engine, chosen: (name: string) => boolean): Promise<void> {
  const filter = ['--filter', `label=${label}`];
  const named = async (args: string[]) => (await engine.do(args)).split('\n').filter((name) => name && chosen(name));
  const containers = await named(['ps', '--all', ...filter, '--format', '{{.Names}}']);
  const time = engine.name === 'podman' ? ['--time', '0'] : [];
  if (containers.length > 0) await engine.try(['rm', '--force', '--volumes', ...time, ...containers]);
  const volumes = await named(['volume', 'ls', ...filter, '--format', '{{.Name}}']);
  if (volumes.length > 0) await engine.try(['volume', 'rm', '--force', ...volumes]);
  const networks = await named(['network', 'ls', ...filter, '--format', '{{.Name}}']);
  if (networks.length > 0) await engine.try(['network', 'rm', ...networks]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
