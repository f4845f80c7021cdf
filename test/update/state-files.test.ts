import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../support/generate.ts';
import { create } from './create.ts';
import { current, edit, generated, run } from './support.ts';

const folder = await generated(current);
const whole = readTree(folder).files;

const conflicting = (text: string) => `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> update-2\n`;
/** Everything that may befall a file: what becomes of its text, and what the message says of it. */
const damages: [string, (text: string) => string | Uint8Array, string | RegExp][] = [
  ['emptied', () => '', 'it is empty'],
  ['blank', () => ' \n', 'it is empty'],
  ['a list', () => '[]\n', 'it must hold an object'],
  ['null', () => 'null\n', 'it must hold an object'],
  ['a text', () => '"x"\n', 'it must hold an object'],
  ['with a comment', (text) => `// Ours.\n${text}`, 'JSON has no comments'],
  ['with a trailing comma', (text) => text.replace(/\n\}\n$/, ',\n}\n'), 'no comma after the last entry'],
  ['cut off', (text) => text.slice(0, -4), 'JSON'],
  ['not UTF-8', () => Buffer.from([0xff, 0xfe, 0x7b, 0x00]), 'it is not UTF-8 text'],
  ['with conflict markers of git', conflicting, "has git's conflict markers"],
  [
    'with conflict markers and CRLF',
    (text) => conflicting(text).replaceAll('\n', '\r\n'),
    "has git's conflict markers",
  ],
];
/** What a person does then. */
const ways: Record<string, RegExp> = {
  '.yo-rc.json': /Repair it, or remove it|git checkout --theirs/,
  '.minio-stack/rendering.json': /Restore it, or remove \.minio-stack|git checkout --theirs/,
};
const commands = [
  {},
  { check: true },
  { 'dry-run': true },
  { json: true },
  { check: true, json: true },
  { force: true },
];

describe.each(Object.entries(ways))('%s', (path, way) => {
  it.each(damages)(
    '%s: says what is wrong and what to do, in every command, and writes nothing',
    async (_, damage, says) => {
      writeFileSync(join(folder, path), damage(whole[path] ?? ''));
      const before = readTree(folder);
      for (const options of commands) {
        const error = await run(current, folder, { options }).catch((error) => error);
        expect(error, JSON.stringify(options)).toMatchObject({ name: 'StackError', code: 1 });
        expect(error.message).toMatch(says);
        expect(error.message).toMatch(way);
        expect(error.message.startsWith(`${path} `)).toBe(true);
      }
      expect(readTree(folder)).toEqual(before);
      writeFileSync(join(folder, path), whole[path] ?? '');
    },
  );

  it('is named on standard error without a stack, and nothing is on standard output', () => {
    writeFileSync(join(folder, path), '');
    for (const flags of [[], ['--check', '--json']]) {
      const { status, stdout, stderr } = create(folder, ...flags);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(new RegExp(`^create-minio-stack: ${path} can't be read: it is empty\\. .*\\n$`));
    }
    writeFileSync(join(folder, path), whole[path] ?? '');
  });
});

describe('a base that something else has changed', () => {
  const copy = '.minio-stack/base/README.md';

  it.each([
    ['has conflict markers', conflicting],
    ['is emptied', () => ''],
    ['is not UTF-8', () => Buffer.from([0xff])],
  ])('%s: the run says so, goes on, and writes it anew', (_, damage) => {
    writeFileSync(join(folder, copy), damage(whole[copy] ?? ''));
    for (const flags of [['--check'], ['--dry-run'], ['--json'], ['--yes']]) {
      writeFileSync(join(folder, copy), damage(whole[copy] ?? ''));
      const { status, stderr } = create(folder, ...flags);
      expect({ status, stderr }).toMatchObject({
        status: 0,
        stderr: expect.stringContaining(
          "Something else changed these copies in .minio-stack/base, so they can't be used for merging: README.md\n",
        ),
      });
    }
    expect(readTree(folder).files).toEqual(whole);
  });

  it('with an edit in the file and an update for it: a conflict over the whole file', async () => {
    const edited = await generated(current);
    edit(edited, { 'compose.yaml': (text) => `# Ours.\n${text}`, '.minio-stack/base/compose.yaml': conflicting });
    expect(create(edited, '--yes', '--console-port', '9191')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(
        'Each of these files that differs from the new one is a question about the whole file.',
      ),
    });
  });
});
