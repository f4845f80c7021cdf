import { StackError } from '../errors.ts';
import { type Answer, type Limits, objectIn, request } from './http.ts';

/**
 * A token that lets anybody read, from where the registry says (distribution, "Token Authentication Specification").
 * @param refusal the answer with status 401, which has the place
 * @returns undefined where the registry wants something else, or gives no token to strangers
 * @throws {StackError} when the place can't be used
 */
export async function anonymousToken({ headers, url }: Answer, limits: Limits): Promise<string | undefined> {
  const challenge = headers.get('www-authenticate') ?? '';
  if (!/^bearer\s/i.test(challenge)) return undefined;
  const said = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value]) => [key, value ?? '']));
  const realm = said.get('realm') ?? '';
  if (!URL.canParse(realm)) throw new StackError(`${url.host} asks for a token, and does not say where to get it`);
  const place = new URL(realm);
  if (place.protocol !== 'https:' && url.protocol === 'https:')
    throw new StackError(`${url.host} asks for a token from ${place.host}, without encryption`);
  for (const key of ['service', 'scope']) if (said.has(key)) place.searchParams.set(key, said.get(key) ?? '');
  const answer = await request(place, { method: 'GET', headers: { accept: 'application/json' } }, limits);
  if (answer.status !== 200) return undefined;
  const { token, access_token } = objectIn(answer);
  return String(token ?? access_token ?? '') || undefined;
}
