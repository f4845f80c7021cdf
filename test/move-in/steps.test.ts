import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serverImage } from '../../src/answers/images.ts';
import type { Choice } from '../../src/move-in/choice.ts';
import { concerns } from '../../src/move-in/concerns.ts';
import { look } from '../../src/move-in/look.ts';
import { repair } from '../../src/move-in/repair.ts';
import { type Outcome, type Steps, steps } from '../../src/move-in/steps.ts';
import { stepsText } from '../../src/move-in/steps-text.ts';
import { fixture } from './facts.ts';
import { stackOutcome } from './report.ts';

const folders = readdirSync(join(import.meta.dirname, '../data/move-in'));
const bucket = 'media';

/** The steps of every fixture: after a repair that could be made, after a stack, and without data to move. */
const told: [name: string, steps: Steps, choice: Choice][] = folders.flatMap((folder) => {
  const files = fixture(folder);
  const found = look(files);
  const repaired = repair(found, files, { intent: 'repair' });
  const outcomes: Outcome[] = [stackOutcome(true), { intent: 'nothing-to-move' }];
  if (repaired.kind === 'edits') outcomes.push({ intent: 'repair', repair: repaired });
  return outcomes.flatMap((outcome): [string, Steps, Choice][] => {
    const choice: Choice = { intent: outcome.intent === 'repair' ? 'repair' : 'stack', bucket };
    const all = steps(found, choice, outcome);
    return all ? [[`${folder} ${outcome.intent}`, all, choice]] : [];
  });
});
const of = (name: string) => told.find(([each]) => each === name)?.[1] as Steps;
const codes = ({ before, after }: Steps) => [before, after].map((all) => all.map(({ code }) => code));

describe('for every repository that runs MinIO', () => {
  it.each(told)('%s: what can be lost comes first, and commands can be pasted', (_, all) => {
    const order = all.before.map(({ code }) => code).filter((code) => code === 'copy-first' || code === 'snapshot');
    expect(order[0]).toBe('copy-first');
    const commands = [...all.before, ...all.after].flatMap((step) => step.commands);
    for (const command of commands) expect(command).toMatch(/^(?:docker|mcli|npm) [^#\n]*$/);
    const lines = stepsText(all);
    for (const command of commands) expect(lines).toContain(`      ${command}`);
    const prose = lines.filter((line) => !commands.some((command) => line === `      ${command}`));
    expect(prose.filter((line) => line.length > 100 && !line.includes(serverImage))).toEqual([]);
  });

  it.each(told.filter(([, { push }]) => push))(
    '%s: each warning is a step, or is said to be kept',
    (name, all, choice) => {
      const folder = name.split(' ')[0] ?? '';
      const warnings = concerns(look(fixture(folder)), choice).warnings.filter(({ code }) => code !== 'omitted');
      const texts = [...all.before, ...all.after].map(({ text, todo = '' }) => `${text} ${todo}`);
      for (const { what, todo } of warnings) expect(texts.filter((text) => text === `${what} ${todo}`)).toHaveLength(1);
    },
  );
});

describe('the steps', () => {
  it('of a repair of a service that Render can not turn into a stack', () => {
    expect(codes(of('01-image-backed repair'))).toEqual([
      ['copy-first', 'snapshot'],
      ['manual-deploy', 'look-at-files', 'bucket-as-it-was', 'stack-elsewhere'],
    ]);
  });

  it('of a repair that can become a stack name the command, with what it would ask for', () => {
    expect(of('03-env-docker repair').after.at(-1)?.commands).toEqual([
      'npm init minio-stack@latest -- --move-in stack --bucket media',
    ]);
  });

  it('of a stack whose password was only in the image: set it before the push', () => {
    expect(codes(of('08-password-in-image stack'))).toEqual([
      ['copy-first', 'snapshot', 'root-password-in-image', 'dashboard-service'],
      ['new-blueprint', 'look-at-files', 'root-password-in-git', 'links-without-signature', 'unused-files'],
    ]);
  });

  it('of a stack whose Blueprint is new, or had no such service: Render must not make another one', () => {
    const found = look(fixture('04-both-services'));
    const outcome = stackOutcome(false) as Extract<Outcome, { intent: 'stack' }>;
    const codesWith = (changed: Partial<typeof outcome>) =>
      codes(steps(found, { intent: 'stack' }, { ...outcome, ...changed }) as Steps).flat();
    expect(codesWith({})).not.toContain('new-blueprint');
    for (const changed of [{ fromDashboard: true }, { created: ['render.yaml'] }])
      expect(codesWith(changed)).toEqual(expect.arrayContaining(['new-blueprint', 'dashboard-service']));
  });

  it('name the branch that Render deploys, but not the branch of another repository', () => {
    expect(of('old-release repair').push).toBe('Push to production.');
    expect(of('L09-other-repository stack').push).toBe('Push.');
  });

  it('copy every bucket that was found, from the domain that the service has', () => {
    const [step] = of('old-release repair').before;
    expect(step?.commands.slice(1)).toEqual([
      'mcli alias set old https://files.example.org',
      'mcli ls old',
      'mcli mirror -a --overwrite old/files ./files',
    ]);
    expect(of('17-several-buckets stack').before[0]?.commands).toHaveLength(3 + 4);
  });

  it('are none where no server was found', () => {
    expect(told.some(([name]) => name.startsWith('18-without-minio'))).toBe(false);
  });
});
