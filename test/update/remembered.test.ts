import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { questions } from '../../src/answers/questions.ts';
import { readTree } from '../support/generate.ts';
import {
  current,
  type Edits,
  edit,
  frozen,
  generated,
  laterVersion,
  own,
  replaced,
  run,
  settled,
  stored,
  versionFolder,
} from './support.ts';

const ourSection = (text: string) => `${text}\n## Who to call\n\nJo, extension 12.\n`;
const longerTimeout = replaced('proxy_read_timeout 3600s', 'proxy_read_timeout 7200s');
const conf = 'console/minio-console.conf.template';

/** Changes what is remembered of the answers, as a person or another version would. */
const remember = (folder: string, change: (answers: Record<string, unknown>) => void) =>
  edit(folder, {
    '.yo-rc.json': (text) => {
      const state = JSON.parse(text);
      change(state['generator-minio-stack']);
      return JSON.stringify(state);
    },
  });

/** Expects a run to be refused with a message, and to leave every byte as it is. */
async function refused(folder: string, message: string | RegExp, options: Record<string, unknown> = {}) {
  const before = readTree(folder);
  await expect(run(settled, folder, { options })).rejects.toThrow(message);
  expect(readTree(folder)).toEqual(before);
}

afterEach(() => vi.restoreAllMocks());

describe('answers over versions', () => {
  it('a question that is new takes its default, and asks nothing', async () => {
    const folder = await generated(settled);
    remember(folder, (answers) => delete answers.rootUser);
    const asked: string[] = [];
    await run(settled, folder, { answers: {}, onPrompt: (name) => asked.push(name) });
    expect(asked).toEqual([]);
    expect(stored(folder).rootUser).toBe('minio-admin');
  });

  it('an answer to a question that is gone is forgotten', async () => {
    const folder = await generated(settled);
    remember(folder, (answers) => {
      answers.oldAnswer = 'x';
    });
    await run(laterVersion({ [conf]: longerTimeout }), folder);
    expect(stored(folder)).not.toHaveProperty('oldAnswer');
  });

  it('an untouched answer follows a default that changes; a chosen one and identity stay', async () => {
    const untouched = await generated(settled);
    const chosen = await generated(settled, { 'console-port': '9191' });
    vi.spyOn(questions.consolePort, 'fallback').mockReturnValue(9292);
    vi.spyOn(questions.serverName, 'fallback').mockReturnValue('storage');
    vi.spyOn(questions.region, 'fallback').mockReturnValue('ohio');
    for (const folder of [untouched, chosen]) await run(settled, folder);
    expect(own(untouched)['render.yaml']).toContain('value: "9292"');
    expect(own(chosen)['render.yaml']).toContain('value: "9191"');
    for (const folder of [untouched, chosen]) {
      expect(own(folder)['render.yaml']).toMatch(/name: "minio-server"\n.*\n {4}region: "oregon"/);
    }
  });

  it('an untouched disk never shrinks with a smaller default', async () => {
    const folder = await generated(settled);
    vi.spyOn(questions.diskSize, 'fallback').mockReturnValue(5);
    await run(settled, folder);
    expect(own(folder)['render.yaml']).toContain('sizeGB: 10');
  });

  it('an answer that is changed by a flag changes every file, and keeps the edits in them', async () => {
    const edits: Edits = {
      'README.md': ourSection,
      'render.yaml': replaced('plan: "starter"\n    dockerfilePath: ./minio', 'plan: pro\n    dockerfilePath: ./minio'),
    };
    const folder = await generated(settled);
    edit(folder, edits);
    await run(settled, folder, { options: { 'console-port': '9191', 'cors-origins': 'https://a.com' } });
    const fresh = await generated(settled, { 'console-port': '9191', 'cors-origins': 'https://a.com' });
    edit(fresh, edits);
    expect(own(folder)).toEqual(own(fresh));
  });

  const workflow = '.github/workflows/minio-stack.yml';

  it('leaving a file out by a flag deletes it, unless it was edited', async () => {
    const version = laterVersion({ [workflow]: 'weekly\n' });
    const folder = await generated(version);
    const edited = await generated(version);
    edit(edited, { [workflow]: (text) => text.replace('weekly', 'daily') });
    for (const each of [folder, edited]) await run(version, each, { options: { updates: 'none' } });
    expect(own(folder)).not.toHaveProperty([workflow]);
    expect(own(edited)).toHaveProperty([workflow]);
  });

  describe('the answers of 0.1.0 about pull requests', () => {
    const dependabot = '.github/dependabot.yml';
    it.each([
      ['neither', {}, 'workflow'],
      ['no Dependabot', { dependabot: false }, 'none'],
      ['the workflow beside Dependabot', { updateWorkflow: true }, 'workflow'],
      ['the workflow alone', { dependabot: false, updateWorkflow: true }, 'workflow'],
      ['no Dependabot, and a newer answer', { dependabot: false, updates: 'renovate' }, 'renovate'],
    ])('%s: become --updates', async (_, answers, updates) => {
      const folder = await generated(settled);
      remember(folder, (all) => Object.assign(all, answers));
      await run(current, folder);
      expect(own(folder)[workflow] !== undefined).toBe(updates === 'workflow');
      expect(own(folder)['renovate.json'] !== undefined).toBe(updates === 'renovate');
      expect(stored(folder).updates).toBe(updates === 'workflow' ? undefined : updates);
      expect(Object.keys(stored(folder))).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/dependabot|Workflow/)]),
      );
      expect(own(folder)).not.toHaveProperty([dependabot]);
    });

    it.each(['.github/renovate.json5', '.renovaterc', 'renovate.jsonc'])(
      '--updates renovate never switches off a %s',
      async (file) => {
        const folder = await generated(settled);
        edit(folder, { [file]: '{}\n' });
        const before = own(folder);
        await expect(run(current, folder, { options: { updates: 'renovate' } })).rejects.toThrow(
          `a new renovate.json would switch off ${file}. Give --updates none`,
        );
        expect(own(folder)).toEqual(before);
      },
    );

    it('a dependabot.yml with edits stays', async () => {
      const folder = await generated(settled);
      edit(folder, { [dependabot]: (text) => text.replace('weekly', 'daily') });
      await run(current, folder);
      expect(own(folder)[dependabot]).toContain('daily');
    });
  });

  describe('--leave-workflow', () => {
    const older = laterVersion({ [workflow]: 'older\n', 'README.md': (text) => `Older.\n${text}` });
    const newer = laterVersion({ [workflow]: 'newer\n' }, '0.0.5');
    const leave = { options: { 'leave-workflow': true } };

    it('updates everything else, and what is remembered of the workflow stays: a run without the flag takes it', async () => {
      const folder = await generated(older);
      await run(newer, folder, leave);
      expect(own(folder)[workflow]).toBe('older\n');
      expect(own(folder)['README.md']).not.toMatch(/^Older/);
      await run(newer, folder);
      expect(own(folder)[workflow]).toBe('newer\n');
    });

    it('keeps the edits in it, which the next run merges', async () => {
      const folder = await generated(older);
      edit(folder, { [workflow]: 'older\n\nmine\n' });
      await run(newer, folder, leave);
      await run(newer, folder);
      expect(own(folder)[workflow]).toBe('newer\n\nmine\n');
    });

    it.each([
      [
        'that the answers have dropped',
        (folder: string) => remember(folder, (all) => Object.assign(all, { updates: 'none' })),
      ],
      ['whose memory is lost', (folder: string) => edit(folder, { [`.minio-stack/base/${workflow}`]: undefined })],
    ])('touches no workflow %s', async (_, change) => {
      const folder = await generated(older);
      change(folder);
      await run(newer, folder, leave);
      expect(own(folder)[workflow]).toBe('older\n');
    });
  });

  it('a run remembers its version, and forgets nothing of another generator', async () => {
    const folder = await generated(versionFolder(frozen[0]));
    expect(stored(folder).version).toBe('0.0.1');
    edit(folder, { '.yo-rc.json': (text) => JSON.stringify({ ...JSON.parse(text), 'generator-other': { kept: 1 } }) });
    await run(settled, folder);
    expect(stored(folder).version).toBe('0.0.3');
    expect(JSON.parse(readTree(folder).files['.yo-rc.json'] ?? '')['generator-other']).toEqual({ kept: 1 });
  });
});

describe('a state that is not as it was left', () => {
  it.each<[string, string, string | RegExp]>([
    ['damaged', '{"generator-minio-stack": {', /\.yo-rc\.json can't be read: .*Repair it, or remove it/],
    ['of another shape', '{"generator-minio-stack": []}', '"generator-minio-stack" must be an object'],
    [
      'of the future',
      '{"generator-minio-stack": {"version": "9.0.0"}}',
      /written by version 9\.0\.0, but this is 0\.0\.3.*@latest/,
    ],
    [
      'with values that break a rule',
      '{"generator-minio-stack": {"diskSize": -1, "region": "mars"}}',
      /"diskSize".*\n.*"region"/,
    ],
  ])('%s: says what to do, and writes nothing', async (_, contents, message) => {
    const folder = await generated(settled);
    edit(folder, { '.yo-rc.json': contents });
    await refused(folder, message, { force: true });
  });

  it.each([[undefined], ['x'], [7], [null]])('with the version %j: taken for an old one', async (version) => {
    const folder = await generated(settled);
    remember(folder, (answers) => {
      answers.version = version;
    });
    await run(settled, folder);
    expect(stored(folder).version).toBe('0.0.3');
  });

  it('without .yo-rc.json: the answers of the last run are known, and stored again', async () => {
    const folder = await generated(settled, { bucket: 'photos', 'server-name': 'files', region: 'ohio' });
    rmSync(join(folder, '.yo-rc.json'));
    const before = own(folder);
    await run(settled, folder);
    expect(own(folder)).toEqual(before);
    expect(stored(folder)).toMatchObject({ bucket: 'photos', serverName: 'files', region: 'ohio' });
  });

  it('with a name that was edited in .yo-rc.json: as if it were given by a flag', async () => {
    const folder = await generated(settled);
    remember(folder, (answers) => {
      answers.serverName = 'files';
    });
    await refused(folder, '--allow-rename');
  });

  it('with a port that was edited in .yo-rc.json: generated', async () => {
    const folder = await generated(settled);
    remember(folder, (answers) => {
      answers.consolePort = 9191;
    });
    await run(settled, folder);
    expect(own(folder)['render.yaml']).toContain('value: "9191"');
  });

  it('a damaged record of the last run: says what to do, and writes nothing', async () => {
    const folder = await generated(settled);
    edit(folder, { '.minio-stack/rendering.json': '{' });
    await refused(folder, /rendering\.json can't be read: .*Restore it, or remove \.minio-stack/);
  });

  it.each<[string, (folder: string) => void]>([
    [
      'the base searched and replaced with everything else',
      (folder) => {
        for (const path of Object.keys(readTree(folder).files)) {
          if (path !== '.yo-rc.json') edit(folder, { [path]: (text) => `${text.replaceAll('MinIO', 'Minio')}\n` });
        }
      },
    ],
    [
      'the base reformatted',
      (folder) => edit(folder, { '.minio-stack/base/README.md': (text) => `${text}\n`, 'README.md': ourSection }),
    ],
    [
      'the base gone',
      (folder) => {
        rmSync(join(folder, '.minio-stack'), { recursive: true });
        edit(folder, { 'README.md': ourSection });
      },
    ],
    [
      'one file of the base gone',
      (folder) => edit(folder, { '.minio-stack/base/README.md': undefined, 'README.md': ourSection }),
    ],
    [
      'the record gone',
      (folder) => edit(folder, { '.minio-stack/rendering.json': undefined, 'README.md': ourSection }),
    ],
  ])('%s: an edited file that has a newer version is a conflict, never overwritten', async (_, damage) => {
    const folder = await generated(settled);
    damage(folder);
    const before = readTree(folder);
    const later = laterVersion({ 'README.md': (text) => text.replace(/^# .*/m, '# MinIO, privately') });
    await expect(run(later, folder)).rejects.toMatchObject({ code: 3, message: expect.stringContaining('README.md') });
    expect(readTree(folder)).toEqual(before);
    await run(later, folder, { options: { 'on-conflict': 'mine' } });
    expect(own(folder)['README.md']).toBe(before.files['README.md']);
    await run(later, folder);
  });

  it('the memory gone, and nothing edited: taken over silently, and remembered again', async () => {
    const folder = await generated(settled);
    const before = readTree(folder);
    rmSync(join(folder, '.minio-stack'), { recursive: true });
    await run(settled, folder);
    expect(readTree(folder)).toEqual(before);
  });
});
