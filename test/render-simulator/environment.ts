import { randomBytes } from 'node:crypto';
import type { ServiceSpec } from './blueprint.ts';

/** Values that somebody set in Render's Dashboard, by variable; undefined takes a variable away. */
export type DashboardValues = Record<string, string | undefined>;

/** One Blueprint's environment: what it generates and what the user typed stay the same from deploy to deploy. */
export class Environment {
  #services: ServiceSpec[] = [];
  readonly #kept: Map<string, string>;
  /** Every service is reachable in the private network as its name with this behind it. */
  readonly #suffix = randomBytes(2).toString('hex');

  /** @param kept what was made or typed earlier, by service and variable: `files.SECRET` */
  constructor(kept: Record<string, string> = {}) {
    this.#kept = new Map(Object.entries(kept));
  }

  /** From now on there are these services. */
  apply(services: ServiceSpec[]): void {
    this.#services = services;
  }

  /** The private host name of a service. */
  hostOf({ name }: ServiceSpec): string {
    return `${name}-${this.#suffix}`;
  }

  /** All variables of a service: Render's own, then render.yaml's, then the Dashboard's. */
  of(service: ServiceSpec, dashboard: DashboardValues = {}): Record<string, string> {
    const declared = service.envVars.map(({ key }): [string, string] => [key, this.#value(service, key)]);
    const all = Object.entries({ ...rendersOwn(service), ...Object.fromEntries(declared), ...dashboard });
    return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  /** The values of a service that nobody may see: what was generated, and what somebody typed. */
  secretsOf(service: ServiceSpec, dashboard: DashboardValues = {}): string[] {
    const values = this.of(service, dashboard);
    const secret = service.envVars.filter(({ generateValue, sync }) => generateValue || sync === false);
    return secret.map(({ key }) => values[key]).filter((value) => value !== undefined);
  }

  #value(service: ServiceSpec, key: string): string {
    const variable = service.envVars.find((envVar) => envVar.key === key);
    if (!variable) throw new Error(`${service.name} has no ${key}`);
    const { value, generateValue, fromService } = variable;
    if (value !== undefined) return String(value);
    if (!fromService) return this.#keep(`${service.name}.${key}`, generateValue ? generatedValue : typedValue);
    const target = this.#services.find(({ name }) => name === fromService.name);
    if (!target) throw new Error(`there is no service ${fromService.name}`);
    if (fromService.envVarKey) return this.#value(target, fromService.envVarKey);
    const port = target.envVars.some((envVar) => envVar.key === 'PORT') ? this.#value(target, 'PORT') : '10000';
    const properties: Record<string, string> = {
      host: this.hostOf(target),
      port,
      hostport: `${this.hostOf(target)}:${port}`,
    };
    return properties[fromService.property ?? ''] ?? '';
  }

  #keep(name: string, make: () => string): string {
    const value = this.#kept.get(name) ?? make();
    this.#kept.set(name, value);
    return value;
  }
}

/** What `generateValue` makes: 32 random bytes in base64, here always with each of the characters that break clients. */
function generatedValue(): string {
  for (;;) {
    const value = randomBytes(32).toString('base64');
    if (value.includes('+') && value.includes('/')) return value;
  }
}

/** What somebody could type where Render asks (`sync: false`), with everything that a script could stumble over. */
const typedValue = () => `p ass"w'ord $HOME %41:@ ${randomBytes(9).toString('hex')}`;

function rendersOwn({ name }: ServiceSpec): Record<string, string> {
  const hostname = `${name}.onrender.com`;
  const id = `srv-${randomBytes(10).toString('hex')}`;
  return {
    RENDER: 'true',
    RENDER_EXTERNAL_HOSTNAME: hostname,
    RENDER_EXTERNAL_URL: `https://${hostname}`,
    RENDER_GIT_BRANCH: 'main',
    RENDER_GIT_COMMIT: randomBytes(20).toString('hex'),
    RENDER_INSTANCE_ID: `${id}-${randomBytes(3).toString('hex')}`,
    RENDER_SERVICE_ID: id,
    RENDER_SERVICE_NAME: name,
    RENDER_SERVICE_TYPE: 'web',
    IS_PULL_REQUEST: 'false',
    PORT: '10000',
  };
}
