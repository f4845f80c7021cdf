import { workflowFile } from '../templates/generate-files.ts';
import { moveInWays } from '../update/moving-in-ways.ts';
import { conflictPolicies } from '../update/settle-conflicts.ts';

export interface Described {
  /** The flag without its dashes. */
  flag: string;
  /** What the flag does, in one line for `--help` and the README. */
  about: string;
}

/** A flag that is given or not. */
export interface Switch extends Described {
  kind: 'switch';
  /** The one-letter spelling, without its dash. */
  short: string | undefined;
}

/** A flag whose value is one of a few words. */
interface Choice extends Described {
  kind: 'choice';
  /** What stands for the value in `--help`. */
  placeholder: string;
  choices: readonly string[];
}

/** A flag whose value is a whole number. */
export interface Count extends Described {
  kind: 'wholeNumber';
  placeholder: string;
  unit: string;
  most: number;
  fallback: number;
}

/** A flag whose value is a text. */
interface Text extends Described {
  kind: 'text';
  placeholder: string;
}

export type RunFlag = Switch | Choice | Count | Text;

export const onOff = (flag: string, about: string, short?: string): Switch => ({ kind: 'switch', flag, short, about });

/** The flags that are no answers: how a run behaves. In the order of `--help`. */
export const runFlags = {
  yes: onOff('yes', 'take the default or the stored value for everything that is not given', 'y'),
  askAnswered: onOff('ask-answered', 'ask again for what is stored'),
  dryRun: onOff('dry-run', 'show the plan and its differences, write nothing'),
  check: onOff('check', 'for CI, write nothing: exit with 0 in sync, 2 an update is available, 3 it would conflict'),
  json: onOff('json', 'print the plan as JSON on standard output, ask nothing'),
  onConflict: {
    kind: 'choice',
    flag: 'on-conflict',
    placeholder: 'HOW',
    choices: conflictPolicies,
    about: `what to do where both sides changed the same place: ${conflictPolicies.join(', ')} (default: ask, or fail without a terminal)`,
  },
  moveIn: {
    kind: 'choice',
    flag: 'move-in',
    placeholder: 'HOW',
    choices: moveInWays,
    about: `what to do in a repository that runs MinIO already: ${moveInWays.join(', ')} (default: ask, or repair without a terminal)`,
  },
  blueprint: {
    kind: 'text',
    flag: 'blueprint',
    placeholder: 'PATH',
    about: 'in a repository that was there before: the Blueprint that Render reads, where it is not render.yaml',
  },
  service: {
    kind: 'text',
    flag: 'service',
    placeholder: 'NAME',
    about:
      'in a repository that was there before: the service that runs MinIO, where there are several, or only the Dashboard has it',
  },
  newestImages: onOff(
    'newest-images',
    'look up the newest release of both images in their registry, and pin it by digest; no other run uses the network',
  ),
  cooldown: {
    kind: 'wholeNumber',
    flag: 'cooldown',
    placeholder: 'DAYS',
    unit: 'days',
    most: 365,
    fallback: 3,
    about: 'with --newest-images: hold back a release that is younger than this (default: 3)',
  },
  leaveWorkflow: onOff('leave-workflow', `leave ${workflowFile} as it is: GitHub lets no workflow change a workflow`),
  force: onOff('force', 'the same as --on-conflict theirs', 'f'),
  allowRename: onOff(
    'allow-rename',
    'let an answer change that decides where the data is: names, bucket, region, root user',
  ),
  debug: onOff('debug', 'print the stack of an unexpected error'),
  help: onOff('help', 'show this help', 'h'),
  version: onOff('version', 'show the version', 'v'),
} as const satisfies Record<string, RunFlag>;

export type RunFlagName = keyof typeof runFlags;
export const runFlagNames = Object.keys(runFlags) as RunFlagName[];

/** How a flag stands in `--help` and the README: the long spelling first. */
export function spellingsOf(flag: Switch | (Described & { kind: string; placeholder: string })): string[] {
  if ('placeholder' in flag) return [`--${flag.flag} ${flag.placeholder}`];
  return [`--${flag.flag}`, ...(flag.short ? [`-${flag.short}`] : [])];
}
