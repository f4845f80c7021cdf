import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './server.ts';

const template = readFileSync(
  join(import.meta.dirname, '../../generators/app/templates/console/minio-console.conf.template'),
  'utf8',
);

/** The generated nginx in front of a console, run by this machine's nginx. It believes in HTTPS outside, as on Render. */
export async function startNginx(console: string, scheme = 'https'): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'verify-nginx-'));
  const port = await freePort();
  const values: Record<string, string> = {
    PORT: `127.0.0.1:${port}`,
    PUBLIC_SCHEME: scheme,
    MINIO_SERVERS: `server ${new URL(console).host};`,
    NAMESERVERS: '127.0.0.1',
  };
  const site = template.replace(/\$\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (each) => `${each}_temp_path ${folder}/${each};`,
  );
  mkdirSync(join(folder, 'logs'));
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log ${folder}/logs/error.log; events {} http { access_log off; ${temporary.join(' ')}\n${site}\n}`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(readFileSync(join(folder, 'logs/error.log'), 'utf8'));
    await sleep(50);
  }
  return {
    url,
    stop: async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
