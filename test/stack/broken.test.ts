import { afterEach, expect, test } from 'vitest';
import { allRefused, anonymousStatuses, secretsIn, secretsInImage } from './checks.ts';
import { mc } from './clients/mc.ts';
import { root, s3 } from './clients/s3.ts';
import { signIn } from './console/session.ts';
import { openWebSocket } from './console/socket.ts';
import { entrypoint, hangingClient, init, record, recordingPrograms, refusingClient, replace } from './faults.ts';
import { describeStack } from './layer.ts';
import { initialised, type Stack, type StackOptions, startStack } from './stack.ts';

const proxy = 'console/minio-console.conf.template';

/** Each of these breaks the template on purpose, and shows that the check for it finds that: a check of the checks. */
describeStack('a template that is broken on purpose is found out:', () => {
  let stack: Stack | undefined;
  afterEach(() => stack?.stop(), 60_000);
  const start = async (change: StackOptions['change'], only: StackOptions['only'] = 'server') => {
    stack = await startStack({ ...(change ? { change } : {}), only, limits: { server: { cpus: undefined } } });
    return stack;
  };

  test('no trap: SIGTERM does not end it in time while it is prepared', async () => {
    const { server, folder } = await start(
      replace(entrypoint, "trap 'exit 0' TERM INT", "trap '' TERM INT"),
      'nothing',
    );
    await server.build();
    const instance = await server.start({}, { extra: hangingClient(folder) });
    await instance.logged(/is private/);
    const { status } = await instance.stop(3);
    expect(status).toBe(137);
  });

  test('`|| true` behind the initialisation: a failing one says that all is ready', async () => {
    const { server, folder } = await start(replace(entrypoint, '|| die "initialisation failed', '|| log "'), 'nothing');
    await server.build();
    const instance = await server.start({}, { extra: refusingClient(folder, 'admin') });
    expect(await instance.logged(/ready|initialisation failed/)).toContain('minio-entrypoint: ready');
  });

  test.each(['Upgrade', 'Connection'])(
    'no upgrade headers: without %s the console opens no WebSocket',
    async (name) => {
      const opened = await start(replace(proxy, `    proxy_set_header ${name} `, '    # '));
      await opened.console.build();
      await opened.console.deploy();
      const session = await signIn(opened);
      expect(await openWebSocket(opened, '/ws/objectManager', session)).toEqual({ status: 400 });
    },
  );

  test('a bucket that stays public: anonymous requests are not all refused', async () => {
    const opened = await start(replace(init, '\nmake_bucket_private\n', '\nas_root PUT "$MINIO_BUCKET"\n'));
    const [client, admin] = [await s3(opened, root(opened)), await mc(opened)];
    await client.call('put_object', { Bucket: 'my-storage', Key: 'object', Body: Buffer.from('x') });
    await admin.do('anonymous', 'set', 'public', 'stack/my-storage');
    await opened.server.deploy();
    await initialised(opened.server);
    expect(await anonymousStatuses(opened, 'object')).not.toEqual(allRefused);
    client.close();
    admin.close();
  });

  test('secrets in arguments', async () => {
    const { server, folder } = await start(
      replace(init, '--expand-user "{{$user}}:{{$secret}}"', '--user "$(printenv "$user"):$(printenv "$secret")"'),
      'nothing',
    );
    await server.build();
    const instance = await server.start({}, { extra: recordingPrograms(folder) });
    await instance.logged(/ready/);
    const { stdout } = await instance.exec(['cat', record]);
    expect(secretsIn(stdout, server.secrets)).toContain(server.environment.MINIO_ROOT_PASSWORD);
  });

  test('secrets in the log', async () => {
    const { server } = await start(replace(entrypoint, 'log "ready"', 'log "ready"; log "$MINIO_APP_SECRET_KEY"'));
    const log = await server.live.logged(/ready\nminio-entrypoint: ./);
    expect(secretsIn(log, server.secrets)).toEqual([server.environment.MINIO_APP_SECRET_KEY]);
  });

  test.each([
    ['a layer', '\nARG MINIO_ROOT_PASSWORD\nRUN echo "$MINIO_ROOT_PASSWORD" >/tmp/note\nENTRYPOINT'],
    ['the history', '\nARG MINIO_ROOT_PASSWORD\nENV NOTE=$MINIO_ROOT_PASSWORD\nENTRYPOINT'],
  ])('secrets in the image: %s', async (_, lines) => {
    const { server, engine } = await start(replace('minio/Dockerfile', '\nENTRYPOINT', lines), 'nothing');
    await server.build();
    expect(await secretsInImage(engine, server, server.secrets)).toEqual([server.environment.MINIO_ROOT_PASSWORD]);
  });
});
