import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type Engine, findEngine } from '../../render-simulator/engine.ts';
import { type Finished, run } from '../../render-simulator/run.ts';
import { emptyFolder, generate } from '../../support/generate.ts';
import { replacements } from '../images/images.ts';
import { python } from '../images/python.ts';

/** A generated repository on a developer's machine. */
export interface Compose {
  folder: string;
  engine: Engine;
  /** The services of compose.yaml, by name. */
  services: Record<string, { healthcheck?: { test: string[] } }>;
  /** Runs a command of Compose, whatever its status is. */
  try(...args: string[]): Promise<Finished>;
  /** Runs a command of Compose that has to succeed. */
  do(...args: string[]): Promise<string>;
  /** Stops everything, and deletes it with the data. */
  remove(): Promise<void>;
}

/** Renders a repository, to be run under a name that nobody else uses. */
export async function composeProject(answers: Record<string, unknown> = {}): Promise<Compose> {
  const engine = await findEngine();
  if (!engine) throw new Error('no container engine answers');
  const folder = emptyFolder();
  await generate(folder, { options: { yes: true, ...answers } });
  const services = servicesOf(folder);
  const contexts = [...(await replacements(engine))].map(([image, by]) => [image, engine.asContext(by)] as const);
  const standIns = standInsFile(folder, new Map(contexts));
  const name = `minio-stack-compose-${randomBytes(4).toString('hex')}`;
  const files = ['--file', 'compose.yaml', '--file', standIns];
  const [program = '', ...first] =
    engine.name === 'podman' ? [await python('podman-compose'), '-m', 'podman_compose'] : ['docker', 'compose'];
  const attempt = (...args: string[]) =>
    run(program, [...first, '--project-name', name, ...files, ...args], {
      cwd: folder,
      env: { ...withoutSecrets(), ...engine.environment },
    });
  const project: Compose = {
    folder,
    engine,
    services,
    try: attempt,
    do: async (...args) => {
      const { status, stdout, stderr } = await attempt(...args);
      if (status !== 0) throw new Error(`compose ${args.join(' ')} ended with ${status}:\n${stderr}${stdout}`);
      return stdout;
    },
    remove: async () => {
      await attempt('down', '--volumes', '--timeout', '5');
      for (const service of Object.keys(services)) {
        for (const separator of ['_', '-']) await engine.try(['rmi', '--force', `${name}${separator}${service}`]);
      }
      rmSync(dirname(folder), { recursive: true, force: true });
    },
  };
  return project;
}

const servicesOf = (folder: string): Compose['services'] =>
  parse(readFileSync(join(folder, 'compose.yaml'), 'utf8')).services;

/**
 * A file for Compose beside the user's, with only what a missing registry makes necessary.
 * @param contexts what takes a pinned image's place, as a build context
 */
export function standInsFile(folder: string, contexts: Map<string, string>): string {
  // Podman looks for an image by the name in the Dockerfile, BuildKit by Docker's short one.
  const names = [...contexts].flatMap(([image, context]) =>
    [image, image.replace(/^docker\.io\/(library\/)?/, '')].map((name) => [name, context]),
  );
  const build = { additional_contexts: Object.fromEntries(names) };
  const services = Object.fromEntries(Object.keys(servicesOf(folder)).map((name) => [name, { build }]));
  const path = join(dirname(folder), 'stand-ins.json');
  writeFileSync(path, JSON.stringify({ services }));
  return path;
}

/** Makes .env of .env.example, with these values. */
export function fillInSecrets(folder: string, values: Record<string, string>): void {
  let text = readFileSync(join(folder, '.env.example'), 'utf8');
  for (const [name, value] of Object.entries(values)) text = text.replace(`\n${name}=\n`, `\n${name}=${value}\n`);
  writeFileSync(join(folder, '.env'), text);
}

/** A developer's environment, where no secret is set yet. */
export function withoutSecrets(): NodeJS.ProcessEnv {
  const { MINIO_ROOT_PASSWORD: _, MINIO_APP_SECRET_KEY: __, ...rest } = process.env;
  return rest;
}
