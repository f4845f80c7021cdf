import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOf } from './images/docker-registry.ts';
import { type Outcome, run } from './packed/program.ts';
import { cachedInstall, versions } from './packed/tools.ts';

const { renovate } = versions;
const program = async (path: string): Promise<string> =>
  join(await cachedInstall({ renovate }), 'node_modules/renovate/dist', path);

/** Renovate's engine for regular expressions is built by a script of its package, and scripts do not run here. */
const withoutRe2 = { RENOVATE_X_IGNORE_RE2: 'true' };

/** What Renovate's own validator says of a configuration. */
export async function validate(folder: string): Promise<Outcome> {
  const args = [await program('config-validator.js'), '--strict', '--no-global', 'renovate.json'];
  return run(process.execPath, args, { cwd: folder, env: { HOME: tmpdir(), ...withoutRe2 } });
}

/** An image that Renovate found in a file, and what it makes of it. */
export interface Dependency {
  packageFile: string;
  currentValue?: string;
  currentDigest?: string;
  skipReason?: string;
  updates: Update[];
}

interface Update {
  updateType: string;
  newValue: string;
  newDigest?: string;
  /** It waits, for example until the release is old enough. */
  pendingChecks?: boolean;
}

/**
 * Runs Renovate on a folder: it reads renovate.json, finds the images and looks them up in their registries.
 * @param env the way to the registries
 * @returns the images, and what Renovate warns of
 */
export async function lookUp(
  folder: string,
  env: Record<string, string>,
): Promise<{ dependencies: Dependency[]; problems: string[] }> {
  const home = mkdtempSync(join(tmpdir(), 'minio-stack-renovate-'));
  const report = join(home, 'report.json');
  const args = [await program('renovate.js'), '--platform=local', '--report-type=file', `--report-path=${report}`];
  const { code, stdout } = await run(process.execPath, args, {
    cwd: folder,
    env: { HOME: home, RENOVATE_BASE_DIR: home, ...withoutRe2, ...env },
  });
  if (code !== 0) throw new Error(`renovate ended with ${code}:\n${stdout}`);
  const { problems, repositories } = JSON.parse(readFileSync(report, 'utf8'));
  const { problems: ownProblems, packageFiles } = repositories.local;
  return {
    problems: [...problems, ...ownProblems].map(({ msg }) => msg),
    dependencies: packageFiles.dockerfile.flatMap(
      ({ packageFile, deps }: { packageFile: string; deps: Omit<Dependency, 'packageFile'>[] }) =>
        deps.map((dependency) => ({ packageFile, ...dependency })),
    ),
  };
}

/** A pull request that Renovate would open. */
export interface Proposal {
  prTitle: string;
  newValue: string;
  newDigest?: string;
  updateType: string;
  /** Somebody has to ask for it on the Dependency Dashboard. */
  dependencyDashboardApproval: boolean;
  /** It waits, for example until the release is old enough. */
  pendingChecks?: boolean;
  schedule: string[];
}

/** A tag in a registry, and when it was pushed, where the registry tells. */
export interface Release {
  version: string;
  releaseTimestamp?: string;
}

/** The digest that a tag has for `Renovate`. */
export const digestFor = (tag: string): string => digestOf(tag);

/** Renovate's parts in this process, for which a registry is only a list of releases: a lookup takes no time. */
export class Renovate {
  readonly #modules: Modules;
  readonly #config: object;

  private constructor(modules: Modules, config: object) {
    this.#modules = modules;
    this.#config = config;
  }

  /** @param config the text of renovate.json */
  static async load(config: string): Promise<Renovate> {
    Object.assign(process.env, withoutRe2, { LOG_LEVEL: 'fatal' });
    const load = async (path: string) => import(pathToFileURL(await program(path)).href);
    await (await load('logger/index.js')).init();
    const paths = [
      'config/defaults.js',
      'config/utils.js',
      'config/presets/index.js',
      'modules/datasource/index.js',
      'modules/manager/dockerfile/extract.js',
      'modules/versioning/index.js',
      'workers/repository/process/fetch.js',
      'workers/repository/updates/branchify.js',
      'workers/repository/update/branch/schedule.js',
    ];
    const modules: Modules = Object.assign({}, ...(await Promise.all(paths.map(load))));
    const { config: resolved } = await modules.resolveConfigPresets(JSON.parse(config));
    const repository = { repository: 'local', branchPrefix: 'renovate/', errors: [], warnings: [] };
    const defaults = { ...modules.getConfig(), ...repository, semanticCommits: 'disabled' };
    return new Renovate(modules, modules.mergeChildConfig(defaults, resolved));
  }

  /** The pull requests for an image in a Dockerfile. */
  async propose(packageFile: string, image: string, releases: Release[]): Promise<Proposal[]> {
    const { extractPackageFile, getDatasources, fetchUpdates, branchifyUpgrades } = this.#modules;
    const docker = getDatasources().get('docker') ?? {};
    docker.getReleases = async () => ({ releases });
    docker.getDigest = async (_, tag) => digestFor(tag);
    const found = extractPackageFile(`FROM ${image}\n`, packageFile, {});
    const packageFiles = { dockerfile: [{ packageFile, ...found }] };
    await fetchUpdates(this.#config, packageFiles);
    const { branches } = await branchifyUpgrades(this.#config, packageFiles);
    return branches.map(({ upgrades: [upgrade], ...branch }) => ({ ...upgrade, ...branch }) as Proposal);
  }

  /** Renovate's way to compare tags. */
  versioning(name: string): Versioning {
    return this.#modules.get(name);
  }

  /** True if Renovate works on a pull request now. */
  isScheduledNow({ schedule }: Proposal): boolean {
    return this.#modules.isScheduledNow({ schedule });
  }
}

export interface Versioning {
  isVersion(tag: string): boolean;
  isStable(tag: string): boolean;
  isCompatible(tag: string, current: string): boolean;
  isGreaterThan(tag: string, other: string): boolean;
}

/** What is used of Renovate's modules. They have no types. */
interface Modules {
  getConfig(): object;
  mergeChildConfig(parent: object, child: object): object;
  resolveConfigPresets(config: object): Promise<{ config: object }>;
  getDatasources(): Map<string, Record<string, (_: unknown, tag: string) => Promise<unknown>>>;
  extractPackageFile(text: string, packageFile: string, config: object): object;
  get(versioning: string): Versioning;
  fetchUpdates(config: object, packageFiles: object): Promise<void>;
  branchifyUpgrades(config: object, packageFiles: object): Promise<{ branches: { upgrades: object[] }[] }>;
  isScheduledNow(config: { schedule: string[] }): boolean;
}
