import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../render-simulator/engine.ts';
import { runOrThrow } from '../../render-simulator/run.ts';
import { recipeOf } from './cache.ts';
import { debianRoot, Rootfs } from './debian.ts';
import { goProgram } from './programs.ts';

/** An image that a generated Dockerfile can be built on in place of a pinned one. */
interface StandIn {
  dockerfile: string[];
  /** Puts the image's files together, in an empty folder. */
  fill(root: string, log?: (text: string) => void): Promise<void>;
}

const files = fileURLToPath(new URL('files/', import.meta.url));

// As the pinned image sets them: the server looks for these files, and the client for its folder.
const serverEnvironment = [
  'ENV MINIO_ACCESS_KEY_FILE=access_key MINIO_SECRET_KEY_FILE=secret_key MINIO_ROOT_USER_FILE=access_key',
  'ENV MINIO_ROOT_PASSWORD_FILE=secret_key MINIO_KMS_SECRET_KEY_FILE=kms_master_key MINIO_CONFIG_ENV_FILE=config.env',
  'ENV HOME=/tmp MC_CONFIG_DIR=/tmp/.mc',
];
const serverDockerfile = [
  ...serverEnvironment,
  'EXPOSE 9000',
  'VOLUME ["/data"]',
  'ENTRYPOINT ["/usr/bin/docker-entrypoint.sh"]',
];

/** Server and client under these names, on top of what `fill` brings. */
async function addServer(root: Rootfs, server: string, client: string, log?: (text: string) => void): Promise<void> {
  root.add(await goProgram('minio', log), `/usr/bin/${server}`);
  root.add(await goProgram('mc', log), `/usr/bin/${client}`);
  root.add(join(files, 'server-entrypoint.sh'), '/usr/bin/docker-entrypoint.sh');
  root.copy('/etc/ssl/certs/ca-certificates.crt');
}

/**
 * The stand-ins by name. `silo` has what the pinned Silo image has: ubi-micro's bash as its shell, coreutils, curl, and
 * not one program more. The two others are what images of MinIO are built on elsewhere, with the old names.
 */
export const standIns = {
  silo: {
    dockerfile: [...serverDockerfile, 'CMD ["silo"]'],
    async fill(path, log) {
      const root = new Rootfs(await debianRoot(log), path);
      await root.programsOf('coreutils');
      await root.programs(['/usr/bin/bash', '/usr/bin/curl']);
      root.link('/usr/bin/sh', 'bash');
      root.link('/usr/bin/mc', 'mcli');
      await addServer(root, 'silo', 'mcli', log);
    },
  },
  'minio-debian': {
    dockerfile: [...serverDockerfile, 'CMD ["minio"]'],
    async fill(path, log) {
      const root = new Rootfs(await debianRoot(log), path);
      await root.programsOf('coreutils');
      await root.programs(['/usr/bin/dash', '/usr/bin/curl']);
      root.link('/usr/bin/sh', 'dash');
      await addServer(root, 'minio', 'mc', log);
    },
  },
  'minio-busybox': {
    dockerfile: [...serverDockerfile, 'CMD ["minio"]'],
    async fill(path, log) {
      const root = new Rootfs(await debianRoot(log), path);
      await addBusybox(root, await debianRoot());
      await root.programs(['/usr/bin/curl']);
      await addServer(root, 'minio', 'mc', log);
    },
  },
  nginx: {
    dockerfile: [
      'ENV NGINX_VERSION=1.30.6',
      'EXPOSE 80',
      'STOPSIGNAL SIGQUIT',
      'ENTRYPOINT ["/docker-entrypoint.sh"]',
      'CMD ["nginx", "-g", "daemon off;"]',
    ],
    fill: fillNginx,
  },
} satisfies Record<string, StandIn>;

export type StandInName = keyof typeof standIns;

/** Like the official image on Alpine: busybox as its shell and userland, and nginx set up by the entrypoint. */
async function fillNginx(path: string, log?: (text: string) => void): Promise<void> {
  const debian = await debianRoot(log);
  const root = new Rootfs(debian, path);
  await addBusybox(root, debian);
  await root.programs(['/usr/sbin/nginx', '/usr/bin/envsubst', '/usr/bin/getent']);
  root.copy('/etc/nginx/mime.types');
  root.add(join(files, 'nginx.conf'), '/etc/nginx/nginx.conf');
  root.add(join(files, 'nginx-entrypoint.sh'), '/docker-entrypoint.sh');
  for (const script of readdirSync(files).filter((name) => /^\d/.test(name))) {
    root.add(join(files, script), `/docker-entrypoint.d/${script}`);
  }
  for (const folder of ['etc/nginx/conf.d', 'etc/nginx/templates', 'var/log/nginx', 'var/cache/nginx']) {
    mkdirSync(join(path, folder), { recursive: true });
  }
  root.link('/var/log/nginx/access.log', '/dev/stdout');
  root.link('/var/log/nginx/error.log', '/dev/stderr');
  root.link('/var/run', '/run');
  writeFileSync(join(path, 'etc/nginx/conf.d/default.conf'), 'server { listen 80; root /usr/share/nginx/html; }\n');
  for (const file of ['passwd', 'group']) {
    const line = file === 'passwd' ? 'nginx:x:101:101::/:/sbin/nologin\n' : 'nginx:x:101:\n';
    writeFileSync(join(path, 'etc', file), line, { flag: 'a' });
  }
}

async function addBusybox(root: Rootfs, debian: string): Promise<void> {
  await root.programs(['/usr/bin/busybox']);
  const applets = await runOrThrow('chroot', [debian, 'busybox', '--list']);
  for (const applet of applets.split('\n').filter((name) => name && name !== 'busybox')) {
    root.link(`/usr/bin/${applet}`, 'busybox');
  }
}

/** What the images are made from; another recipe is another tag. */
const recipe = recipeOf(
  ...['stand-ins.ts', 'debian.ts', 'programs.ts'].map((name) => readFileSync(new URL(name, import.meta.url), 'utf8')),
  ...readdirSync(files).map((name) => readFileSync(join(files, name), 'utf8')),
);

/** The local image's name. */
export const standInImage = (name: StandInName) => `localhost/generator-minio-stack/${name}:${recipe}`;

/** Removes stand-ins of older recipes. */
export async function removeOldStandIns(engine: Engine): Promise<void> {
  const listed = await engine.do(['images', '--format', '{{.Repository}}:{{.Tag}}']);
  const current = (Object.keys(standIns) as StandInName[]).map(standInImage);
  const old = listed
    .split('\n')
    .filter((image) => image.startsWith('localhost/generator-minio-stack/') && !current.includes(image));
  for (const image of old) await engine.try(['rmi', image]);
}

/** Builds a stand-in, unless the engine has it. */
export async function buildStandIn(engine: Engine, name: StandInName, log: (text: string) => void): Promise<void> {
  const image = standInImage(name);
  const { status } = await engine.try(['image', 'inspect', image]);
  if (status === 0) return;
  log(`building ${image}`);
  const context = mkdtempSync(join(tmpdir(), 'minio-stack-image-'));
  try {
    const root = join(context, 'root');
    mkdirSync(root);
    await standIns[name].fill(root, log);
    chmodSync(join(root, 'tmp'), 0o1777);
    writeFileSync(
      join(context, 'Dockerfile'),
      ['FROM scratch', 'COPY root /', ...standIns[name].dockerfile].join('\n'),
    );
    await engine.do(['build', '--platform', 'linux/amd64', '--tag', image, context]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
