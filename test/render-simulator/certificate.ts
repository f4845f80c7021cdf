import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrThrow } from './run.ts';

/** The edge's certificate, and the authority that clients have to trust. */
export interface Certificate {
  key: string;
  cert: string;
  ca: string;
  /** The authority's certificate as a file, for clients that want one. */
  caFile: string;
}

/** Makes an authority and a certificate for localhost and the given host names, valid for a month, with openssl. */
export async function makeCertificate(hosts: string[]): Promise<Certificate> {
  const folder = mkdtempSync(join(tmpdir(), 'render-simulator-ca-'));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => runOrThrow('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const subject = ['-subj', '/CN=Test authority'];
  await openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', ...subject);
  const names = ['localhost', ...hosts].map((host) => `DNS:${host}`);
  writeFileSync(
    path('extensions'),
    `subjectAltName=${[...names, 'IP:127.0.0.1'].join(',')}\nextendedKeyUsage=serverAuth\n`,
  );
  await openssl('req', '-new', ...newKey, '-keyout', 'edge.key', '-out', 'edge.csr', '-subj', '/CN=localhost');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-extfile', 'extensions'];
  await openssl('x509', '-req', '-in', 'edge.csr', ...signing, '-out', 'edge.pem');
  const [key = '', cert = '', ca = ''] = ['edge.key', 'edge.pem', 'ca.pem'].map((name) =>
    readFileSync(path(name), 'utf8'),
  );
  return { key, cert, ca, caFile: path('ca.pem') };
}
