import { describe, expect, it } from 'vitest';
import { answerNames, questions } from '../src/answers/questions.ts';
import { answersToStore, missingAnswers, resolveAnswers, type Sources } from '../src/answers/resolve-answers.ts';
import { rulesBetween } from '../src/answers/rules-between-answers.ts';
import { accepted } from './support/browser-origins.ts';

const nothing: Sources = { prompted: {}, flags: {}, edited: {}, stored: {}, folder: '/srv/my-media' };

describe('the last value that is legal, and the first that is not', () => {
  const host = (length: number) => `${'a'.repeat(length - 4)}/b:1`;
  it.each([
    ['disk-size', 'diskSize', '1', '0'],
    ['disk-size', 'diskSize', '16384', '16385'],
    ['console-port', 'consolePort', '1024', '1023'],
    ['console-port', 'consolePort', '65535', '65536'],
    ['cors-origins', 'corsOrigins', 'https://example.com:65535', 'https://example.com:65536'],
    ['cors-origins', 'corsOrigins', 'http://192.168.0.255', 'http://192.168.0.256'],
    ['server-image', 'serverImage', host(257), host(258)],
  ])('--%s', (_, name, legal, illegal) => {
    const given = (value: string) => () => resolveAnswers({ ...nothing, flags: { [name]: value } });
    expect(given(legal)).not.toThrow();
    expect(given(illegal)).toThrow(/must/);
  });
});

describe('where an answer comes from', () => {
  it('the default, when nothing else is given', () => {
    expect(resolveAnswers(nothing)).toMatchObject({
      bucket: 'my-media',
      serverName: 'minio-server',
      diskSize: 10,
      corsOrigins: [],
    });
  });

  it('the stored value before the default, the flag before it, the prompt before all', () => {
    const stored = { ...nothing, stored: { diskSize: 20, region: 'ohio', bucket: 'stored' } };
    const flags = { ...stored, flags: { diskSize: '30', bucket: 'flagged' } };
    const prompted = { ...flags, prompted: { diskSize: '40' } };
    expect(resolveAnswers(stored)).toMatchObject({ diskSize: 20, region: 'ohio', bucket: 'stored' });
    expect(resolveAnswers(flags)).toMatchObject({ diskSize: 30, region: 'ohio', bucket: 'flagged' });
    expect(resolveAnswers(prompted)).toMatchObject({ diskSize: 40, region: 'ohio', bucket: 'flagged' });
  });

  it('a flag mends a stored value that breaks a rule', () => {
    expect(resolveAnswers({ ...nothing, stored: { diskSize: 'big' }, flags: { diskSize: '5' } }).diskSize).toBe(5);
  });

  it.each(accepted)('the browser origin %s', (value) => {
    expect(resolveAnswers({ ...nothing, flags: { corsOrigins: value } }).corsOrigins).toEqual([value]);
    expect(resolveAnswers({ ...nothing, stored: { corsOrigins: [value] } }).corsOrigins).toEqual([value]);
  });

  it('a list has neither the blanks around its commas nor a comma at its end', () => {
    const flags = { corsOrigins: ' https://a.com , capacitor://localhost,\thttp://localhost:5173, ' };
    const corsOrigins = ['https://a.com', 'capacitor://localhost', 'http://localhost:5173'];
    expect(resolveAnswers({ ...nothing, flags }).corsOrigins).toEqual(corsOrigins);
  });

  it('an empty value clears what is optional', () => {
    const stored = { corsOrigins: ['https://a.com'], serverDomain: 'a.com' };
    const answers = resolveAnswers({ ...nothing, stored, flags: { corsOrigins: '', serverDomain: '' } });
    expect(answers).toMatchObject({ corsOrigins: [], serverDomain: undefined });
  });
});

describe('the default bucket is the folder made valid', () => {
  it.each([
    ['/srv/My Media', 'my-media'],
    ['/srv/nudgytai_storage', 'nudgytai-storage'],
    ['/srv/a..b.-c', 'a.b.c'],
    ['/srv/.hidden-', 'hidden'],
    ['/srv/日本', 'media'],
    ['/srv/minio', 'media'],
    ['/srv/10.0.0.1', 'media'],
    ['/', 'media'],
    [`/srv/${'x'.repeat(70)}`, 'x'.repeat(63)],
    [`/srv/${'x'.repeat(62)}-y`, 'x'.repeat(62)],
  ])('%s → %s', (folder, bucket) => {
    expect(questions.bucket.fallback(folder)).toBe(bucket);
  });
});

describe('what is stored', () => {
  const always = ['bucket', 'serverName', 'consoleName', 'diskSize', 'region', 'rootUser'];

  it('identity and the disk even when it is the default, of the rest only what was chosen', () => {
    expect(Object.keys(answersToStore(resolveAnswers(nothing), '/srv/my-media'))).toEqual(always);
    const chosen = resolveAnswers({
      ...nothing,
      flags: { diskSize: '20', corsOrigins: 'https://a.com', updates: 'none' },
    });
    expect(answersToStore(chosen, '/srv/my-media')).toMatchObject({
      diskSize: 20,
      corsOrigins: ['https://a.com'],
      updates: 'none',
    });
  });

  it('a default that is given by name follows a default that changes', () => {
    const answers = resolveAnswers({ ...nothing, flags: { consolePort: '9090' } });
    expect(answersToStore(answers, '/srv/my-media')).not.toHaveProperty('consolePort');
  });

  it('gives the same answers when it is read again', () => {
    const flags = {
      diskSize: '20',
      consoleDomain: 'c.example.com',
      corsOrigins: 'https://a.com,https://b.com',
      serverPlan: 'pro plus',
    };
    const answers = resolveAnswers({ ...nothing, flags });
    const stored = JSON.parse(JSON.stringify(answersToStore(answers, '/srv/my-media')));
    expect(resolveAnswers({ ...nothing, stored, folder: '/elsewhere' })).toEqual(answers);
  });
});

describe('what is asked', () => {
  const asked = ['bucket', 'serverName', 'consoleName', 'diskSize', 'region', 'consolePort'];

  it('the six questions, the console port last, but not what a flag gives', () => {
    expect(missingAnswers(nothing, false, false)).toEqual(asked);
    expect(missingAnswers({ ...nothing, flags: { bucket: 'x' } }, false, false)).toEqual(asked.slice(1));
  });

  it('nothing in a repository that was generated before, unless --ask-answered is given', () => {
    expect(missingAnswers({ ...nothing, stored: { bucket: 'x' } }, true, false)).toEqual([]);
    expect(missingAnswers(nothing, true, true)).toEqual(asked);
  });
});

it('every rule between answers names answers that exist', () => {
  for (const { between } of rulesBetween) expect(answerNames).toEqual(expect.arrayContaining(between));
});
