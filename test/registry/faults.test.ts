import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newestImage } from '../../src/registry/newest-image.ts';
import { makeCertificate } from '../render-simulator/certificate.ts';
import { DockerRegistry, dockerRegistry, freePort } from '../support/images/docker-registry.ts';
import { Front, type Rule, withToken } from '../support/images/front.ts';
import { needs, program } from '../support/needs.ts';

const tag = '1.30.5';
const newer = '1.30.6';
const limits = { timeout: 500, pauses: [1, 1], patience: 2 };
const lookUp = { cooldown: 0, limits };

describe('a registry', needs(dockerRegistry), () => {
  let registry: DockerRegistry;
  let digest: string;
  const fronts: Front[] = [];

  beforeAll(async () => {
    registry = await DockerRegistry.start();
    await registry.push('library/nginx', [tag]);
    digest = await registry.push('library/nginx', [newer], { content: 'new' });
  });
  afterEach(() => {
    for (const front of fronts.splice(0)) front.stop();
  });
  afterAll(() => registry?.stop());

  const front = async (rule: Rule, tls?: { key: string; cert: string }) => {
    const started = await Front.start(registry.host, rule, tls);
    fronts.push(started);
    return started;
  };
  const ask = (host: string, image = 'library/nginx') => newestImage(`${host}/${image}:${tag}`, lookUp);
  const asking = async (rule: Rule) => ask((await front(rule)).host);

  /** Answers each path that ends like this. */
  const answers = (ending: string, status: number, headers: Record<string, string> = {}, body = '{}'): Rule => ({
    before(_, response, url) {
      if (!url.pathname.endsWith(ending)) return false;
      response.writeHead(status, headers).end(body);
      return true;
    },
  });
  /** Answers only the first requests like this. */
  const first = (times: number, rule: Rule): Rule => {
    let count = 0;
    return {
      before(...request) {
        count += 1;
        return count <= times && (rule.before?.(...request) ?? false);
      },
    };
  };

  describe('that is in trouble for a moment is asked again:', () => {
    it.each<[string, number, Record<string, string>]>([
      ['500', 500, {}],
      ['503', 503, {}],
      ['429', 429, {}],
      ['429 with Retry-After', 429, { 'retry-after': '1' }],
      ['429 with Retry-After as a date', 429, { 'retry-after': new Date(0).toUTCString() }],
      ['429 with a Retry-After that says nothing', 429, { 'retry-after': 'soon' }],
    ])('%s', async (_, status, headers) => {
      const found = await asking(first(2, answers('', status, headers)));
      expect(found.newest).toMatch(new RegExp(`:${newer}@${digest}$`));
    });

    it('a connection that breaks', async () => {
      const broken: Rule = {
        before(request) {
          request.socket.destroy();
          return true;
        },
      };
      expect((await asking(first(2, broken))).newest).toContain(newer);
    });

    it('no answer in time', async () => {
      expect((await asking(first(1, { before: () => true }))).newest).toContain(newer);
    });
  });

  it('that says how long to wait is asked again after that time', async () => {
    let until = 0;
    const limited = answers('', 429, { 'retry-after': '1' });
    const found = await asking({
      before(...request) {
        until ||= Date.now() + 900;
        return Date.now() < until && (limited.before?.(...request) ?? false);
      },
    });
    expect(found.newest).toContain(newer);
  });

  describe('fails with one line:', () => {
    const slowBody: Rule = {
      before(_, response) {
        response.writeHead(200).write('{"tags":');
        return true;
      },
    };
    it.each<[string, Rule, string | RegExp]>([
      ['500 again and again', answers('', 500), /^127\S+ is in trouble \(HTTP 500\); try again later$/],
      [
        '429 again and again',
        answers('', 429),
        'has had too many requests from this address (HTTP 429); try again later',
      ],
      ['429 for an hour', answers('', 429, { 'retry-after': '3600' }), 'try again in 3600 s'],
      ['slow', { before: () => true }, 'has not answered within 0.5 s'],
      ['slow in the middle of an answer', slowBody, 'has not answered within 0.5 s'],
      ['no JSON', answers('/tags/list', 200, {}, '<html>Sign in to the network</html>'), 'is it a registry?'],
      ['JSON that is no object', answers('/tags/list', 200, {}, '["1.30.6"]'), 'is it a registry?'],
      ['no such image', answers('/tags/list', 404), 'has no image library/nginx'],
      ['403', answers('/tags/list', 403), 'asks for a login to read 127'],
      ['401 without a challenge', answers('', 401), 'only public images can be looked up'],
      ['a login by name and password', answers('', 401, { 'www-authenticate': 'Basic realm="x"' }), 'asks for a login'],
      [
        'a challenge without a place',
        answers('', 401, { 'www-authenticate': 'Bearer service="x"' }),
        'does not say where',
      ],
      ['an odd status', answers('/tags/list', 418), 'answers with HTTP 418 for image library/nginx'],
      [
        'a next page that is the same',
        answers('/tags/list', 200, { link: '</v2/library/nginx/tags/list?n=1000>; rel="next"' }),
        'no usable next page',
      ],
      [
        'a next page elsewhere',
        answers('/tags/list', 200, { link: '<http://192.0.2.1/v2/>; rel="next"' }),
        'no usable next page',
      ],
    ])('%s', async (_, rule, message) => {
      await expect(asking(rule)).rejects.toMatchObject({
        name: 'StackError',
        code: 1,
        message: message instanceof RegExp ? expect.stringMatching(message) : expect.stringContaining(message),
      });
    });

    it('nobody listens', async () => {
      const host = `127.0.0.1:${await freePort()}`;
      await expect(ask(host)).rejects.toThrow(`${host} can't be reached (ECONNREFUSED)`);
    });

    it('the host has no address', async () => {
      await expect(ask('registry.invalid')).rejects.toThrow(
        /^registry.invalid can't be reached \((ENOTFOUND|EAI_AGAIN)\)/,
      );
    });

    it('a token that is refused', async () => {
      const refusing = withToken('x');
      const rule: Rule = {
        before: (request, response, url) =>
          answers('/token', 403, {}, '<html>').before?.(request, response, url) ||
          (refusing.before?.(request, response, url) ?? false),
      };
      await expect(asking(rule)).rejects.toThrow('asks for a login');
    });

    it('a list without an end', async () => {
      let page = 0;
      const endless: Rule = {
        after({ headers }, url) {
          page += 1;
          if (url.pathname.endsWith('/tags/list')) headers.set('link', `<${url.pathname}?last=${page}>; rel="next"`);
        },
      };
      await expect(asking(endless)).rejects.toThrow('without an end');
    });

    it('an answer without an end', async () => {
      const megabyte = Buffer.alloc(1024 * 1024, ' ');
      const endless: Rule = {
        before(_, response) {
          const more = () => {
            while (!response.destroyed && response.write(megabyte));
          };
          response.on('drain', more);
          more();
          return true;
        },
      };
      const started = await front(endless);
      const patient = { cooldown: 0, limits: { ...limits, timeout: 30_000 } };
      await expect(newestImage(`${started.host}/library/nginx:${tag}`, patient)).rejects.toThrow('more than 16 MB');
    });
  });

  describe('is never believed:', () => {
    it('a manifest that is not what its digest says', async () => {
      await expect(asking({ after: manifestTo('{"manifests":[]}') })).rejects.toThrow(
        /^127\S+ serves something else as library\/nginx@sha256:\w+: its digest is sha256:\w+$/,
      );
    });

    it('a digest in the header under which nothing is served', async () => {
      const wrong = `sha256:${'0'.repeat(64)}`;
      const rule: Rule = {
        after({ headers }, url) {
          if (url.pathname.endsWith(newer)) headers.set('docker-content-digest', wrong);
        },
      };
      await expect(asking(rule)).rejects.toThrow(`has no library/nginx@${wrong}`);
    });

    it('a configuration that was changed', async () => {
      const changed: Rule = {
        after(answer, url) {
          if (url.pathname.includes('/blobs/')) answer.body = Buffer.from('{"os":"linux","architecture":"amd64"}');
        },
      };
      await expect(asking(changed)).rejects.toThrow('serves something else as');
    });
  });

  describe('that tells no digest in a header is asked for the manifest, which is hashed:', () => {
    it('no header', async () => {
      const silent: Rule = { after: ({ headers }) => headers.delete('docker-content-digest') };
      expect((await asking(silent)).newest).toMatch(new RegExp(`:${newer}@${digest}$`));
    });

    it('a header that is no digest', async () => {
      const odd: Rule = { after: ({ headers }) => headers.set('docker-content-digest', 'md5:0') };
      expect((await asking(odd)).newest).toMatch(new RegExp(`:${newer}@${digest}$`));
    });

    it('no HEAD', async () => {
      const rule: Rule = {
        before({ method }, response) {
          if (method === 'HEAD') response.writeHead(405).end();
          return method === 'HEAD';
        },
      };
      expect((await asking(rule)).newest).toMatch(new RegExp(`:${newer}@${digest}$`));
    });
  });

  it('may keep its blobs on another host, which does not get the token', async () => {
    const storage = await front({});
    const guarded = withToken('secret');
    const started = await front({
      before(request, response, url) {
        if (guarded.before?.(request, response, url)) return true;
        if (!url.pathname.includes('/blobs/')) return false;
        response.writeHead(307, { location: `http://${storage.host}${url.pathname}` }).end();
        return true;
      },
    });
    expect((await ask(started.host)).newest).toContain(digest);
    expect(storage.asked.map(({ path, authorization }) => [/blobs/.test(path), authorization])).toEqual([
      [true, undefined],
    ]);
  });

  it('whose certificate nobody has signed is not asked again', needs(program('openssl')), async () => {
    const secured = await front({}, await makeCertificate([]));
    const started = await front({
      before(_, response, url) {
        response.writeHead(307, { location: `https://${secured.host}${url.pathname}` }).end();
        return true;
      },
    });
    await expect(ask(started.host)).rejects.toThrow(/the certificate of 127\S+ is not trusted \(\w+\)/);
    expect(started.asked).toHaveLength(1);
  });
});

/** Puts another text in the place of every manifest that is named by its digest. */
function manifestTo(text: string): NonNullable<Rule['after']> {
  return (answer, url) => {
    if (url.pathname.includes('/manifests/sha256:')) answer.body = Buffer.from(text);
  };
}
