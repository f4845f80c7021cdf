import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { type Finished, run } from '../render-simulator/run.ts';

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  shell?: string;
  env?: Record<string, string>;
}

export interface Job {
  steps?: Step[];
  uses?: string;
  permissions: Record<string, string>;
  needs?: string | string[];
  if?: string;
  env?: Record<string, string>;
}

export interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

/** A workflow, as it stands in its file. */
export const readWorkflow = (path: string): Workflow => parse(readFileSync(path, 'utf8'));

/**
 * The script of a step.
 * @throws when the job has no such step
 */
export function scriptOf(workflow: Workflow, job: string, name: string): string {
  const script = workflow.jobs[job]?.steps?.find((step) => step.name === name)?.run;
  if (script === undefined) throw new Error(`the job ${job} has no step "${name}" with a script`);
  return script;
}

/**
 * Runs a step's script as GitHub's runner does: `bash -e`, and with `pipefail` only where the step names bash as its shell.
 * @param env the step's own variables; `$GITHUB_OUTPUT` is a file in the folder
 * @param programs a folder that is searched for programs first
 */
export async function runStep(
  script: string,
  { cwd, env, programs, shell }: { cwd: string; env: Record<string, string>; programs: string; shell?: string },
): Promise<Finished & { outputs: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'minio-stack-step-'));
  const file = join(folder, 'step.sh');
  const output = join(folder, 'output');
  writeFileSync(file, script);
  writeFileSync(output, '');
  const path = [programs, process.env.PATH].join(delimiter);
  const home = { HOME: folder, GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'), GIT_CONFIG_SYSTEM: '/dev/null' };
  const options = shell === 'bash' ? ['-eo', 'pipefail'] : ['-e'];
  const finished = await run('bash', ['--noprofile', '--norc', ...options, file], {
    cwd,
    env: { ...home, ...env, PATH: path, GITHUB_OUTPUT: output },
  });
  return { ...finished, outputs: readFileSync(output, 'utf8') };
}

/** Puts a program of a few lines of shell into a folder; it writes each call to `calls` beside it. */
export function stub(folder: string, name: string, body: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>'${folder}/calls'\n${body}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** What stubs in this folder were called with, one call a line. */
export const callsOf = (folder: string): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
