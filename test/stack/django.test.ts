import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOrThrow } from '../render-simulator/run.ts';
import { codeBlock, readme } from '../support/documents.ts';
import { describeChromium, sharedChromium } from './browser/chromium.ts';
import { type Pages, servePages } from './browser/pages.ts';
import { http } from './clients/http.ts';
import { s3 } from './clients/s3.ts';
import { djangoPython, djangos, pythonFor } from './django/environments.ts';
import { djangoEnvironment, djangoProject, type Project } from './django/project.ts';
import { describeStack, sharedStack } from './layer.ts';
import type { Stack } from './stack.ts';

for (const version of djangos) {
  const title = `Django ${version.django}, with the README's settings as they are`;
  describeStack(title, () => testsOf(version), await pythonFor(version));
}

function testsOf(version: (typeof djangos)[number]): void {
  const shared = sharedStack({ only: 'server' });
  let project: Project;
  beforeAll(async () => {
    project = await djangoProject(shared.stack, version);
  }, 180_000);
  afterAll(() => project?.close());

  const get = (url: string) => http(shared.stack, url);

  test('is this version, and finds nothing to say about the settings', async () => {
    expect(await project.eval('django.get_version()')).toBe(version.django);
    expect(await project.eval("call_command('check', fail_level='DEBUG')")).toBeNull();
    const classes = "[storages[name].__class__.__name__ for name in ('default', 'staticfiles')]";
    expect(await project.eval(classes)).toEqual(['S3Storage', 'StaticFilesStorage']);
    // MinIO takes ACLs without a word; another server might do what they say.
    expect(await project.eval('[default_storage.default_acl, default_storage.verify]')).toEqual([null, null]);
  });

  test('wants of the environment what the README names', () => {
    const { folder } = shared.stack;
    const [paragraph = ''] = /^Environment of the Django service: .*?\n\n/ms.exec(readme(folder)) ?? [];
    const named = [...paragraph.matchAll(/`(MINIO_\w+)`/g)].map(([, name]) => name);
    const wanted = [...codeBlock(folder, 'python', 'STORAGES').matchAll(/os\.environ\["(\w+)"\]/g)];
    expect(named).toEqual(wanted.map(([, name]) => name));
  });

  test('saves a file and reads it again', async () => {
    expect(await project.eval("default_storage.save('folder/a b.txt', ContentFile(b'saved'))")).toBe('folder/a b.txt');
    expect(await project.eval("default_storage.open('folder/a b.txt').read().decode()")).toBe('saved');
  });

  test('makes a URL that downloads without credentials, for an hour', async () => {
    await project.eval("default_storage.save('für alle +1.txt', ContentFile('für alle'.encode()))");
    const url = await project.eval("default_storage.url('für alle +1.txt')");
    expect(url).toMatch(
      /^https:\/\/localhost:\d+\/my-storage\/f%C3%BCr%20alle%20%2B1\.txt\?X-Amz-Algorithm=AWS4-HMAC-SHA256&/,
    );
    const parameters = new URL(url).searchParams;
    expect(parameters.get('X-Amz-Expires')).toBe('3600');
    expect(parameters.get('X-Amz-Credential')).toMatch(/^minio-app\/\d{8}\/us-east-1\/s3\/aws4_request$/);
    const { status, headers, body } = await get(url);
    expect([status, headers['content-type'], body.toString()]).toEqual([200, 'text/plain', 'für alle']);
    expect((await get(url.replace(/\?.*/, ''))).status).toBe(403);
  });

  test('makes a URL that expires', async () => {
    await project.eval("default_storage.save('expiring.txt', ContentFile('x'))");
    const url = await project.eval("default_storage.url('expiring.txt', expire=1)");
    await sleep(2100);
    expect((await get(url)).status).toBe(403);
  });

  test('knows whether a file exists, how large it is and when it was made', async () => {
    await project.eval("default_storage.save('known.txt', ContentFile(b'12345'))");
    expect(await project.eval("default_storage.exists('known.txt')")).toBe(true);
    expect(await project.eval("default_storage.exists('unknown.txt')")).toBe(false);
    expect(await project.eval("default_storage.size('known.txt')")).toBe(5);
    const modified = await project.eval("default_storage.get_modified_time('known.txt').timestamp()");
    expect(Math.abs(modified - Date.now() / 1000)).toBeLessThan(60);
  });

  test('lists folders and files', async () => {
    for (const name of ['list/one.txt', 'list/two.txt', 'list/below/three.txt', 'list/ünïcode 日本.txt']) {
      await project.eval(`default_storage.save(${JSON.stringify(name)}, ContentFile('x'))`);
    }
    const [folders, files] = await project.eval("default_storage.listdir('list')");
    expect([folders, files.sort()]).toEqual([['below'], ['one.txt', 'two.txt', 'ünïcode 日本.txt']]);
  });

  test('deletes a file, and nothing else', async () => {
    for (const name of ['deleted.txt', 'deleted.txt.kept']) {
      await project.eval(`default_storage.save('${name}', ContentFile('x'))`);
    }
    await project.eval("default_storage.delete('deleted.txt')");
    expect(await project.eval("default_storage.exists('deleted.txt')")).toBe(false);
    expect(await project.eval("default_storage.exists('deleted.txt.kept')")).toBe(true);
  });

  test('never overwrites a file of the same name', async () => {
    const first = await project.eval("default_storage.save('same.txt', ContentFile('first'))");
    const second = await project.eval("default_storage.save('same.txt', ContentFile('second'))");
    expect(first).toBe('same.txt');
    expect(second).toMatch(/^same_\w{7}\.txt$/);
    const read = (name: string) => project.eval(`default_storage.open('${name}').read().decode()`);
    expect([await read(first), await read(second)]).toEqual(['first', 'second']);
  });

  test('saves a file that is sent in parts', async () => {
    await project.eval("default_storage.save('large.bin', ContentFile(bytes(range(256)) * 4 * 1024 * 20))");
    const { body } = await get(await project.eval("default_storage.url('large.bin')"));
    expect(body.length).toBe(20 << 20);
    expect(body.subarray(-256)).toEqual(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  });

  describe('a FileField', () => {
    test('saves to the bucket, and its url is a signed one', async () => {
      const file = "ContentFile('of a model', 'report 1.pdf')";
      const id = await project.eval(`Document.objects.create(file=${file}).pk`);
      const { name, url } = await project.eval(
        `(lambda file: {'name': file.name, 'url': file.url})(Document.objects.get(pk=${id}).file)`,
      );
      expect(name).toBe('documents/report_1.pdf');
      const { status, headers, body } = await get(url);
      expect([status, headers['content-type'], body.toString()]).toEqual([200, 'application/pdf', 'of a model']);
    });
  });
}

/** The signed URL and the upload form of the README's code without Django, run as it is. */
async function signed(stack: Stack): Promise<{ url: string; form: { url: string; fields: Record<string, string> } }> {
  const code = `${codeBlock(stack.folder, 'python', 'import boto3')}\nimport json; print(json.dumps({"url": url, "form": form}))`;
  return JSON.parse(await runOrThrow(await djangoPython(djangos[0]), ['-c', code], { env: djangoEnvironment(stack) }));
}

describeStack("the README's code without Django", () => {
  const shared = sharedStack({ only: 'server' });

  test('signs an upload of one type and of a limited size, and a download', async () => {
    const { url, form } = await signed(shared.stack);
    expect(new URL(url).searchParams.get('X-Amz-Algorithm')).toBe('AWS4-HMAC-SHA256');
    const upload = async (body: string, fields = {}) => {
      const data = new FormData();
      for (const [name, value] of Object.entries({ ...form.fields, ...fields })) data.append(name, value);
      data.append('file', new Blob([body]));
      const request = new Request(form.url, { method: 'POST', body: data });
      const headers = { 'content-type': request.headers.get('content-type') ?? '' };
      const bytes = Buffer.from(await request.arrayBuffer());
      return (await http(shared.stack, form.url, { method: 'POST', headers, body: bytes })).status;
    };
    expect(await upload('a picture', { 'Content-Type': 'text/html' })).toBe(403);
    expect(await upload('a picture', { key: 'media/other.png' })).toBe(403);
    expect(await upload('')).toBe(400);
    expect(await upload('x'.repeat(10_000_001))).toBe(400);
    expect((await http(shared.stack, url)).status).toBe(404);
    expect(await upload('a picture')).toBe(204);
    const { headers, body } = await http(shared.stack, url);
    expect([headers['content-type'], body.toString()]).toEqual(['image/png', 'a picture']);
  });
});

describeStack("an upload by the README's code from a page in Chromium", () => {
  describeChromium('goes straight to the bucket', () => {
    const shared = sharedStack({
      only: 'server',
      answers: { 'cors-origins': 'https://app.example.com,https://www.example.com' },
    });
    const page = uploadingPage(shared);

    test.each(['https://app.example.com', 'https://www.example.com'])('from an allowed origin, %s', async (origin) => {
      expect(await page.uploadFrom(origin)).toBe(204);
      expect(await page.uploaded()).toEqual(['image/png', `from ${origin}`]);
    });

    // As every HTML form: what limits it is what was signed.
    test.each(['https://evil.example.com', 'https://xapp.example.com', 'https://app.example.com:8443'])(
      'from another one, %s, without an answer that its script could read',
      async (origin) => {
        expect(await page.uploadFrom(origin)).toContain('Failed to fetch');
        expect(await page.uploaded()).toEqual(['image/png', `from ${origin}`]);
      },
    );
  });

  describeChromium('goes, where no origins were chosen,', () => {
    const page = uploadingPage(sharedStack({ only: 'server' }));

    test('from any origin', async () => {
      expect(await page.uploadFrom('https://anywhere.example.com')).toBe(204);
      expect(await page.uploaded()).toEqual(['image/png', 'from https://anywhere.example.com']);
    });
  });
});

/** Runs the README's JavaScript in Chromium, on pages of any origin below example.com. */
function uploadingPage(shared: { readonly stack: Stack }) {
  let pages: Pages | undefined;
  beforeAll(async () => {
    pages = await servePages(shared.stack.certificate);
  });
  afterAll(() => pages?.close());
  const chromium = sharedChromium(() => ({ '*.example.com': pages?.address ?? '' }));
  return {
    /** The status that the script sees, or its error. */
    async uploadFrom(origin: string): Promise<unknown> {
      const { form } = await signed(shared.stack);
      const code = codeBlock(shared.stack.folder, 'js', 'fetch').replace('await fetch', 'return await fetch');
      const context = await chromium.visitor();
      const page = await context.newPage();
      await page.goto(origin);
      const call = `(async (form, file) => { ${code} })(${JSON.stringify(form)}, new Blob(['from ${origin}']))`;
      const seen = await page.evaluate(`${call}.then(({ status }) => status)`).catch((error: Error) => error.message);
      await context.close();
      return seen;
    },
    /** The type and the content of the object. */
    async uploaded(): Promise<string[]> {
      const client = await s3(shared.stack);
      const object = await client.call('get_object', { Bucket: 'my-storage', Key: 'media/photo.png' });
      client.close();
      return [object.ContentType, object.Body.toString()];
    },
  };
}
