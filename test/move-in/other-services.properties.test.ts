import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveAnswers } from '../../src/answers/resolve-answers.ts';
import { readYaml } from '../../src/merge/yaml.ts';
import type { ExistingFiles } from '../../src/repository/existing-files.ts';
import { generateFiles } from '../../src/templates/generate-files.ts';
import { movingIn } from '../../src/update/moving-in.ts';
import { planMoveIn } from '../../src/update/plan-moving-in.ts';
import { templatesIn } from '../support/templates.ts';
import { current } from '../update/support.ts';

const templates = templatesIn(`${current}/templates`);
const word = fc.stringMatching(/^[a-z]{3,8}$/);
const comment = fc.constantFrom('', ' # why', '  # 10 % of it: "quoted"', '\t# with a tab');

/** A service of somebody else, as its lines; the name is told apart by its number. */
const service = fc
  .record({
    type: fc.constantFrom('web', 'worker', 'pserv', 'cron', 'keyvalue'),
    form: fc.constantFrom('block', 'flow', 'block scalar', 'no indent'),
    above: fc.constantFrom('', '\n', '# Above it\n', '\n  # Indented\n'),
    note: comment,
    value: word,
  })
  .map(({ type, form, above, note, value }) => (number: number) => {
    const name = `other-${number}-${value}`;
    if (form === 'flow')
      return `${above}  - {type: ${type}, name: ${name}, envVars: [{key: A, value: "${value}"}]}${note}\n`;
    if (form === 'block scalar')
      return `${above}  - type: ${type}${note}\n    name: ${name}\n    startCommand: |\n      run ${value}\n\n      # no comment\n`;
    const margin = form === 'no indent' ? '    ' : '      ';
    return `${above}  - name: '${name}'${note}\n    type:   ${type}\n    envVars:\n${margin}- key: A\n${margin}  value: ${value}${note}\n${margin}- {key: B, value: '1'}\n`;
  });

const minio = `  # Files
  - type: web
    name: files
    env: docker
    dockerfilePath: ./deploy/Dockerfile
    disk: {name: data, mountPath: /data} # 20 GB in the Dashboard
    envVars:
    - {key: MINIO_ROOT_USER, generateValue: true}
    - key: MINIO_ROOT_PASSWORD
      value: hunter22 # TODO
`;

/** A Blueprint of services, with MinIO among them or without. */
const blueprint = (withMinio: boolean) =>
  fc
    .record({
      services: fc.array(service, { minLength: withMinio ? 0 : 1, maxLength: 5 }),
      place: fc.nat(5),
      head: fc.constantFrom('', '# The shop\n', '---\n', 'x-env: &env {A: 1}\n'),
      tail: fc.constantFrom(
        '',
        '\ndatabases:\n  - name: db # main\n',
        '\n# The end\n',
        'envVarGroups: [{name: g, envVars: [{key: K, value: "v"}]}]\n',
      ),
      ends: fc.constantFrom('\n', '\r\n'),
      mixed: fc.boolean(),
      bom: fc.constantFrom('', '\uFEFF'),
      open: fc.boolean(),
      within: fc.constantFrom('root', 'environment'),
    })
    .map(({ services, place, head, tail, ends, mixed, bom, open, within }) => {
      const others = services.map((text, index) => text(index));
      const all = withMinio ? others.toSpliced(place % (others.length + 1), 0, minio) : others;
      const inProject = within === 'environment';
      const margin = (text: string) => (inProject ? text.replaceAll(/^(?=[^\n])/gm, '        ') : text);
      const list = margin(`services:\n${all.join('')}`);
      const project = inProject ? 'projects:\n  - name: p\n    environments:\n      - name: production\n' : '';
      const style = (text: string) => (mixed ? text.replace('\n', ends) : text.replaceAll('\n', ends));
      const text = style(head + project + list + tail);
      return {
        text: bom + (open ? text.replace(/\r?\n$/, '') : text),
        // Whole lines, whatever their ends are.
        others: others.map((each) => margin(each).replace(/^\n/, '').split('\n').slice(0, -1)),
      };
    })
    .filter(({ text }) => readYaml(text).problems.length === 0);

async function after(text: string, moveIn: 'stack' | undefined): Promise<string> {
  const texts: Record<string, string> = {
    'render.yaml': text,
    ...(moveIn ? { 'deploy/Dockerfile': 'FROM minio/minio\nCMD ["server", "/data"]\n' } : {}),
  };
  const files: ExistingFiles = { paths: Object.keys(texts), read: (path) => texts[path], isComplete: true };
  const wanted = {
    moveIn,
    blueprint: undefined,
    service: undefined,
    flags: { bucket: 'media' },
    firstCommit: undefined,
  };
  const moving = await movingIn(files, wanted, undefined);
  if (!moving || moving.kind === 'repair') throw new Error('neither a stack nor an addition');
  const stored = moving.kind === 'stack' ? moving.known.answers : {};
  const answers = resolveAnswers({ prompted: {}, flags: { bucket: 'media' }, edited: {}, stored, folder: '/srv/shop' });
  const { blueprint } = planMoveIn(moving, generateFiles(answers, templates), answers, { bucket: 'media' });
  if (blueprint.kind !== 'write' || typeof blueprint.contents !== 'string') throw new Error('no text');
  return blueprint.contents;
}

/** The lines of a text with their own ends, the last one with or without. */
const linesOf = (text: string) => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

describe.each<[string, 'stack' | undefined]>([
  ['whatever a Blueprint holds, a service that is not ours is the same to the byte when our two are added', undefined],
  ['and when the stack comes into the service of MinIO', 'stack'],
])('%s', (_, moveIn) => {
  it('everywhere', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(blueprint(moveIn === 'stack'), async ({ text, others }) => {
        const result = await after(text, moveIn);
        expect(readYaml(result).problems).toEqual([]);
        const [before, now] = [linesOf(text), linesOf(result)];
        let at = 0;
        for (const lines of others) {
          const start = before.findIndex((_, index) =>
            lines.every((line, next) => bare(before[index + next]) === line),
          );
          expect(start, lines.join('\n')).toBeGreaterThan(-1);
          const own = before.slice(start, start + lines.length);
          const found = now.findIndex(
            (_, index) => index >= at && own.every((line, next) => isSame(line, now[index + next])),
          );
          expect(found, own.join('')).toBeGreaterThan(-1);
          at = found + own.length;
        }
        expect(result.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
      }),
      { numRuns: process.env.CI ? 100 : 60 },
    );
  });
});

const bare = (line = '') => line.replace(/\r?\n$/, '');
/** The last line of a file may get an end when something comes behind. */
const isSame = (line: string, other = '') => line === other || (!line.endsWith('\n') && line === bare(other));
