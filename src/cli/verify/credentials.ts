import { parseEnv } from 'node:util';
import { appUser } from '../../answers/rules.ts';
import { secretsFile } from '../../merge/gitignore-patterns.ts';
import { interrupted, type SecretPrompt } from '../../person.ts';
import { readFileAt } from '../../repository/files.ts';
import type { Credentials } from '../../verify/signer.ts';

/** Where keys can come from. */
export interface KeySources {
  environment: NodeJS.ProcessEnv;
  /** What `.env` says. */
  file: NodeJS.Dict<string>;
  /** Whether what is verified runs on this machine: `.env` has the secrets of Compose. */
  isLocal: boolean;
  /** Asks without echo; undefined where nobody can be asked. */
  ask: ((prompt: SecretPrompt) => Promise<string>) | undefined;
}

/** What the file `.env` at this path says; nothing where it is not there. */
export function secretsIn(folderPath: string): NodeJS.Dict<string> {
  const file = readFileAt(folderPath);
  return file?.kind === 'text' ? parseEnv(file.text) : {};
}

/**
 * The application's key: from the environment, from `.env`, or from the person. A deployment has other secrets than
 * Compose, so that a person is asked before those of `.env` are tried there.
 */
export async function applicationKey({
  environment,
  file,
  isLocal,
  ask,
}: KeySources): Promise<Credentials | undefined> {
  const name = 'MINIO_APP_SECRET_KEY';
  const accessKey = environment.MINIO_APP_ACCESS_KEY || file.MINIO_APP_ACCESS_KEY || appUser;
  const inFile = file[name];
  let secretKey = environment[name] || (isLocal || !ask ? inFile : undefined);
  if (!secretKey && ask) {
    const otherwise = inFile ? `the one in ${secretsFile}` : 'verify without it';
    const message = `${name} of ${accessKey}, in Render's Environment (Enter: ${otherwise})`;
    secretKey = (await ask({ name, message }).catch(interrupted)) || inFile;
  }
  return secretKey ? { accessKey, secretKey } : undefined;
}

/** The root login, which only the console's cookie and the server's version need. */
export async function rootLogin(
  { environment, file, isLocal, ask }: KeySources,
  rootUser: string,
): Promise<Credentials | undefined> {
  const name = 'MINIO_ROOT_PASSWORD';
  const accessKey = environment.MINIO_ROOT_USER || rootUser;
  const known = environment[name] || (isLocal ? file[name] : undefined);
  const message = `${name} of ${accessKey}, for the cookie and the version (Enter: skip them)`;
  const secretKey = known || (await ask?.({ name, message }).catch(interrupted));
  return secretKey ? { accessKey, secretKey } : undefined;
}
