import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveAnswers } from '../../src/answers/resolve-answers.ts';
import { generateFiles } from '../../src/templates/generate-files.ts';
import { commitUpdate, planUpdate, readRepository } from '../../src/update/update.ts';
import { readTree } from '../support/generate.ts';
import { templatesIn } from '../support/templates.ts';
import {
  current,
  type Edits,
  edit,
  generated,
  labels,
  laterVersion,
  own,
  replaced,
  run,
  settled,
  texts,
  version,
  versionFolder,
} from './support.ts';

const conf = 'console/minio-console.conf.template';
const script = 'minio/minio-entrypoint.sh';

const ourTitle = (text: string) => text.replace(/^# .*/, '# Our storage');
const otherTitle = (text: string) => text.replace(/^# .*/m, '# MinIO, privately');
const ourSection = (text: string) => `${text}\n## Who to call\n\nJo, extension 12.\n`;
const longerTimeout = replaced('proxy_read_timeout 3600s', 'proxy_read_timeout 7200s');
const ourHeader = replaced(
  'add_header X-Frame-Options DENY always;',
  'add_header X-Frame-Options SAMEORIGIN always;\n    add_header X-Robots-Tag noindex always;',
);
const secondRun = replaced('ENTRYPOINT', 'RUN update-ca-certificates\nRUN id\n\nENTRYPOINT');
const healthLonger = replaced('HEALTH_SECONDS=120', 'HEALTH_SECONDS=300');
const attemptsMore = replaced('ATTEMPTS=3', 'ATTEMPTS=5');
const added = (line: string) => (text: string) => `${text}${line}\n`;

/** A repository with edits, and a later version of the generator. */
async function repository(mine: Edits, theirs: Edits): Promise<{ folder: string; later: string }> {
  const folder = await generated(settled);
  edit(folder, mine);
  return { folder, later: laterVersion(theirs) };
}

describe('an update', () => {
  // What the user edited, what is new in the templates, and what of it is to be seen in a new repository.
  it.each<[string, Edits, Edits, Edits?]>([
    ['takes what is new where nothing was edited', {}, { 'README.md': otherTitle, [conf]: longerTimeout }, {}],
    ['keeps an edit where nothing is new', { 'README.md': ourSection }, {}],
    ['merges edits that are apart', { [conf]: ourHeader, 'minio/Dockerfile': secondRun }, { [conf]: longerTimeout }],
    [
      'keeps every edit of a script',
      { [script]: healthLonger },
      { [script]: (text) => text.replace('ATTEMPTS=3', 'ATTEMPTS=5') },
    ],
    ['is silent where both made the same edit', { [script]: attemptsMore }, { [script]: attemptsMore }, {}],
    [
      'leaves a deleted file deleted, though it has changed',
      { 'compose.yaml': undefined },
      { 'compose.yaml': added('# new') },
    ],
    ['leaves a deleted folder deleted', { console: undefined }, { [conf]: longerTimeout }],
    ['brings a new file', {}, { 'docs/backup.md': 'How to.\n' }, {}],
    [
      'takes over a new file that the user has already',
      { 'docs/backup.md': 'How to.\n' },
      { 'docs/backup.md': 'How to.\n' },
    ],
    ['drops a file, with its folder', {}, { '.github': undefined }, {}],
    ['drops a file, but not what else is in its folder', { '.github/CODEOWNERS': '* @jo\n' }, { '.github': undefined }],
    [
      'keeps a dropped file that was edited',
      { '.env.example': added('OURS=1') },
      { '.env.example': undefined },
      { '.env.example': `${texts('0.0.3')['.env.example']}OURS=1\n` },
    ],
    ['drops a file that the user has deleted', { '.env.example': undefined }, { '.env.example': undefined }, {}],
    [
      'drops a file that the user made anew with other words',
      { '.env.example': 'OURS=1\n' },
      { '.env.example': undefined },
    ],
    [
      'brings a file in place of another',
      {},
      { 'compose.yaml': undefined, 'docker-compose.yaml': 'services: {}\n' },
      {},
    ],
    ['keeps umlauts and emoji', { 'README.md': added('Größe: 日本 🎉') }, { 'README.md': otherTitle }],
    [
      'leaves files alone that it does not know',
      { 'backup/run.sh': '#!/bin/sh\n', Makefile: 'all:\n' },
      { 'README.md': otherTitle },
    ],
    ['keeps an emptied file', { '.gitattributes': '' }, {}],
    ['keeps an emptied .gitignore, apart from the secrets', { '.gitignore': '' }, {}, { '.gitignore': '.env\n' }],
  ])('%s', async (_, mine, theirs, expected = mine) => {
    const { folder, later } = await repository(mine, theirs);
    await run(later, folder);
    const fresh = await generated(later);
    edit(fresh, expected);
    expect(own(folder)).toEqual(own(fresh));
  });

  it('leaves an edited file when the templates have another one instead', async () => {
    const text = 'one\ntwo\nthree\n';
    const older = laterVersion({ 'docs/a.md': text });
    const folder = await generated(older);
    edit(folder, { 'docs/a.md': added('ours') });
    await run(laterVersion({ 'docs/b.md': text }, '0.0.5'), folder);
    expect(own(folder)).toMatchObject({ 'docs/a.md': `${text}ours\n`, 'docs/b.md': text });
  });

  it('changes nothing the second time', async () => {
    const { folder, later } = await repository(
      { [conf]: ourHeader, 'README.md': ourSection },
      { [conf]: longerTimeout },
    );
    await run(later, folder);
    const before = readTree(folder);
    await run(later, folder);
    expect(readTree(folder)).toEqual(before);
  });

  it('goes from version to version with the edits that were made on the way', async () => {
    const folder = await generated(settled);
    edit(folder, { 'README.md': ourSection });
    await run(laterVersion({ 'README.md': otherTitle }), folder);
    edit(folder, { [conf]: ourHeader });
    const last = laterVersion(
      { 'README.md': (text) => otherTitle(text).replace('privately', 'at rest'), [conf]: longerTimeout },
      '0.0.5',
    );
    await run(last, folder);
    const fresh = await generated(last);
    edit(fresh, { 'README.md': ourSection, [conf]: ourHeader });
    expect(own(folder)).toEqual(own(fresh));
  });
});

describe('both changed the same line', () => {
  const mine: Edits = { 'README.md': ourTitle, [conf]: ourHeader };
  const theirs: Edits = { 'README.md': otherTitle, [conf]: longerTimeout };

  it('writes nothing at all without a decision: not the other files either', async () => {
    const { folder, later } = await repository(mine, theirs);
    const before = readTree(folder);
    await expect(run(later, folder)).rejects.toMatchObject({
      code: 3,
      message: expect.stringContaining('README.md: both changed the same place'),
    });
    expect(readTree(folder)).toEqual(before);
  });

  it.each(['mine', 'theirs'] as const)(
    'takes %s when told so, and everything else; the next run asks nothing',
    async (policy) => {
      const { folder, later } = await repository(mine, theirs);
      await run(later, folder, { options: { 'on-conflict': policy } });
      const fresh = await generated(later);
      edit(fresh, { [conf]: ourHeader, ...(policy === 'mine' && { 'README.md': own(folder)['README.md'] }) });
      expect(own(folder)).toEqual(own(fresh));
      expect(own(folder)['README.md']?.includes('# Our storage')).toBe(policy === 'mine');
      await run(later, folder);
    },
  );

  it('shows both between markers when told so: exit code 3 until they are edited', async () => {
    const { folder, later } = await repository(mine, theirs);
    await expect(run(later, folder, { options: { 'on-conflict': 'markers' } })).rejects.toMatchObject({ code: 3 });
    expect(own(folder)['README.md']).toContain(
      `<<<<<<< ${labels.mine}\n# Our storage\n=======\n# MinIO, privately\n>>>>>>> ${labels.theirs}\n`,
    );
    expect(own(folder)[conf]).toContain('7200s');
    const marked = readTree(folder);
    for (const options of [{}, { 'on-conflict': 'mine' }, { 'on-conflict': 'markers' }]) {
      await expect(run(later, folder, { options })).rejects.toMatchObject({ code: 3 });
      expect(readTree(folder)).toEqual(marked);
    }
    edit(folder, { 'README.md': (text) => text.replace(/^<{7} .*^>{7} .*?\n/ms, '# Settled\n') });
    await run(later, folder);
    expect(own(folder)['README.md']).toMatch(/^# Settled\n/);
  });

  it('a new file of the template where the user has another one', async () => {
    const { folder, later } = await repository({ 'docs/backup.md': 'Ours.\n' }, { 'docs/backup.md': 'How to.\n' });
    await expect(run(later, folder)).rejects.toMatchObject({ code: 3 });
    expect(own(folder)['docs/backup.md']).toBe('Ours.\n');
  });

  it('a file that is no text any more, and has a newer version', async () => {
    const { folder, later } = await repository({}, { 'README.md': otherTitle });
    const bytes = Buffer.from([0x4d, 0xfc, 0x0a, 0x00]);
    writeFileSync(join(folder, 'README.md'), bytes);
    await expect(run(later, folder)).rejects.toMatchObject({ code: 3 });
    await run(later, folder, { options: { 'on-conflict': 'mine' } });
    expect(readFileSync(join(folder, 'README.md'))).toEqual(bytes);
    await run(later, folder);
    expect(readFileSync(join(folder, 'README.md'))).toEqual(bytes);
  });
});

it('whose answers another run has changed since they were read writes nothing', async () => {
  const folder = await generated(versionFolder('0.0.1'));
  edit(folder, { 'render.yaml': replaced('sizeGB: 10', 'sizeGB: 50') });
  const repository = await readRepository(folder, version);
  await run(current, folder);
  const after = readTree(folder);
  const answers = resolveAnswers({ prompted: {}, flags: {}, edited: {}, stored: repository.state.answers, folder });
  const files = generateFiles(answers, templatesIn(join(current, 'templates')), repository.prefix);
  const update = await planUpdate(repository, answers, files);
  await expect(commitUpdate(update)).rejects.toThrow(/Nothing was written: .*\.yo-rc\.json.* changed while this ran/);
  expect(readTree(folder)).toEqual(after);
});
