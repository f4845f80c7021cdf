import type { ServiceEntry, Variable } from './blueprint-services.ts';
import type { Credential, Place, RootSignIn, SecretInGit } from './found.ts';
import { imageVariables, type Materials, serviceVariables } from './materials.ts';
import { clientStepsOf, shellTexts } from './server-commands.ts';
import { assignments } from './shell-words.ts';
import type { Source } from './source.ts';

/** A credential with its value, which never leaves this folder. */
interface Known extends Credential {
  literal?: string;
  group?: string;
}

const names = {
  user: ['MINIO_ROOT_USER', 'MINIO_ACCESS_KEY'],
  password: ['MINIO_ROOT_PASSWORD', 'MINIO_SECRET_KEY'],
};
const rootNames = new Set([...names.user, ...names.password]);

/** Root's user and password, by precedence: an old name counts only where the new one is nowhere. */
export function rootCredentials(materials: Materials): { user: Known[]; password: Known[] } {
  const all = [
    ...inScripts(shellTexts(materials), 'set'),
    ...serviceVariables(materials)
      .filter(({ key }) => rootNames.has(key))
      .map(fromVariable),
    ...imageVariables(materials)
      .filter(({ key }) => rootNames.has(key))
      .map(({ key, literal, at }): Known => ({ variable: key, form: { kind: 'literal' }, in: 'image', at, literal })),
    ...inScripts(shellTexts(materials), 'default'),
  ];
  const byName = (keys: string[]) => keys.flatMap((key) => all.filter(({ variable }) => variable === key));
  return { user: byName(names.user), password: byName(names.password) };
}

const fromVariable = ({ key, form, literal, group, at }: Variable): Known => ({
  variable: key,
  form,
  in: group === undefined ? 'service' : 'group',
  at,
  ...(literal === undefined ? {} : { literal }),
  ...(group === undefined ? {} : { group }),
});

/** What scripts set, whatever the service says, or only where the service says nothing: `${A:-b}`. */
function inScripts(scripts: Source[], kind: 'set' | 'default'): Known[] {
  return scripts.flatMap((script) =>
    literalsIn(script)
      .filter((found) => rootNames.has(found.name) && found.kind === kind)
      .map(
        ({ name, literal, at }): Known => ({ variable: name, form: { kind: 'literal' }, in: 'script', at, literal }),
      ),
  );
}

interface ScriptLiteral {
  name: string;
  kind: 'set' | 'default';
  literal: string;
  at: Place;
}

function literalsIn({ text, place }: Source): ScriptLiteral[] {
  return assignments(text).flatMap(({ name, values, word }) =>
    values.flatMap((value) => {
      const [, fallback] = /^\$\{\w+:?[-=]([^}]+)\}?$/.exec(value) ?? [];
      const isDefault = fallback !== undefined || /^\$\{/.test(word.text);
      const literal = fallback ?? value;
      return isLiteral(literal)
        ? [{ name, kind: isDefault ? 'default' : 'set', literal, at: place(word.start, word.end) } as const]
        : [];
    }),
  );
}

const isLiteral = (text: string) => text !== '' && !/[$`]/.test(text);

/** A credential without its value. */
export const withoutValue = ({ variable, form, in: where, at }: Known): Credential => ({
  variable,
  form,
  in: where,
  at,
});

/** Whether a variable has a secret, by its name. */
export const isSecret = (name: string) =>
  /PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY/i.test(name) && !/_FILE$/i.test(name);
const isOfStorage = (name: string) => /MINIO|S3|AWS|STORAGE|BUCKET/i.test(name);

/** @param applications services that refer to the server */
export function secretsInGit(materials: Materials, applications: ServiceEntry[]): SecretInGit[] {
  const [inForce] = rootCredentials(materials).password;
  const secret = (name: string, where: SecretInGit['in'], at: Place): SecretInGit => ({
    name,
    in: where,
    inForce: inForce !== undefined && isSamePlace(inForce.at, at),
    at,
  });
  const fromVariables = (variables: Variable[]) =>
    variables
      .filter(({ key, literal = '' }) => isSecret(key) && literal !== '')
      .map(({ key, group, at }) => secret(key, group === undefined ? 'service' : 'group', at));
  const scripts = [...shellTexts(materials), ...materials.scriptsBeside];
  const found = [
    ...fromVariables(serviceVariables(materials)),
    ...imageVariables(materials)
      .filter(({ key, literal }) => isSecret(key) && isLiteral(literal))
      .map(({ key, at }) => secret(key, 'image', at)),
    ...scripts.flatMap((script) =>
      literalsIn(script)
        .filter(({ name }) => isSecret(name))
        .map(({ name, at }) => secret(name, 'script', at)),
    ),
    ...clientStepsOf(materials).flatMap(({ step, at }) =>
      step.kind === 'secret' && isLiteral(step.secret.text) ? [secret(step.name, 'script', at)] : [],
    ),
    ...applications.flatMap(({ variables }) => fromVariables(variables.filter(({ key }) => isOfStorage(key)))),
  ];
  return found.filter(({ at }, index) => found.findIndex((other) => isSamePlace(other.at, at)) === index);
}

export const isSamePlace = (a: Place, b: Place): boolean =>
  a.file === b.file && a.range[0] === b.range[0] && a.range[1] === b.range[1];

/** Services that use root's user or password, by reference, through a group, or as the same literal. */
export function rootSignIns(materials: Materials, others: ServiceEntry[]): RootSignIn[] {
  const server = materials.entry?.service.name?.value;
  const { user, password } = rootCredentials(materials);
  const credentials = [...user, ...password];
  return others.flatMap((other) => {
    const service = other.service.name?.value;
    if (service === undefined) return [];
    const gives = credentials.flatMap(({ form, at }): RootSignIn[] =>
      form.kind === 'from-service' && form.service === service && form.variable
        ? [{ service, variable: form.variable, by: 'gives', at }]
        : [],
    );
    const uses = other.variables.flatMap((variable): RootSignIn[] => {
      const by = howItUses(variable, server, credentials, password);
      return by ? [{ service, variable: variable.key, by, at: variable.at }] : [];
    });
    return [...gives, ...uses];
  });
}

function howItUses(
  { key, form, literal, group, at }: Variable,
  server: string | undefined,
  credentials: Known[],
  passwords: Known[],
): RootSignIn['by'] | undefined {
  if (form.kind === 'from-service' && form.service === server && rootNames.has(form.variable ?? '')) return 'reference';
  if (group !== undefined && credentials.some((known) => isSamePlace(known.at, at))) return 'group';
  if (!literal) return undefined;
  if (passwords.some((known) => known.literal === literal)) return 'same-value';
  const isUser = /USER|ACCESS_KEY|KEY_ID/i.test(key) && isOfStorage(key);
  return isUser && credentials.some((known) => known.literal === literal) ? 'same-value' : undefined;
}

/** Whether a service's variables lead to a server: by reference, or with its name as a host. */
export function refersTo({ variables }: ServiceEntry, server: string): boolean {
  const host = new RegExp(`(?:^|//|@)${server.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=[:/.]|$)`);
  return variables.some(
    ({ form, literal }) =>
      (form.kind === 'from-service' && form.service === server) || (literal !== undefined && host.test(literal)),
  );
}
