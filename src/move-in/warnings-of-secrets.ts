import { type Choice, type Concern, calledIn, linesOf, servicesIn } from './choice.ts';
import type { FoundServer } from './found.ts';

/** Passwords that stand in git, and a root password that the new server would miss. */
export function warningsOfSecrets(server: FoundServer, choice: Choice): Concern[] {
  const { secrets } = server;
  const [inForce, others] = [true, false].map((counts) => secrets.filter((secret) => secret.inForce === counts));
  const name = calledIn(server, choice);
  return [
    ...(inForce && inForce.length > 0
      ? [
          {
            code: 'root-password-in-git',
            what: "Root's password stands in git, and is in force.",
            where: linesOf(inForce.map(({ at }) => at)),
            todo: `After the move, ${rotation(server, choice, name)} Users and access keys stay valid.`,
          },
        ]
      : []),
    ...(others && others.length > 0
      ? [
          {
            code: 'secret-in-git',
            what: `Secrets stand in git: ${[...new Set(others.map((secret) => secret.name))].join(', ')}.`,
            where: linesOf(others.map(({ at }) => at)),
            todo: 'After the move, replace them: whoever reads the repository has them.',
          },
        ]
      : []),
    ...missingPassword(server, choice),
  ];
}

/** How root's password is replaced: Render writes a literal of the Blueprint again with every sync. */
export function rotation({ rootPassword, signInAsRoot }: FoundServer, { intent }: Choice, name: string): string {
  const [first] = rootPassword;
  const inDashboard = `set a new MINIO_ROOT_PASSWORD in the Dashboard under ${name} > Environment.`;
  const copies = signInAsRoot.filter(({ by }) => by === 'same-value');
  const readers = signInAsRoot.filter(({ by }) => by === 'reference' || by === 'group');
  const also = [
    ...(copies.length > 0 ? [` Give it to ${servicesIn(copies)} as well.`] : []),
    ...(readers.length > 0 ? [` Then deploy ${servicesIn(readers)}, which take it from there.`] : []),
  ].join('');
  if (first?.in === 'script') return `take the password out of the script, and ${inDashboard}${also}`;
  if (intent === 'stack' || first?.in === 'image') return inDashboard + also;
  return `write "sync: false" instead of its value in the Blueprint, push, and ${inDashboard}${also}`;
}

/** Where the service itself gets root's password from; undefined where a new image would start without one. */
export function passwordOfService({ rootPassword }: FoundServer): 'set' | 'old-name' | 'image' | 'nowhere' {
  const [first] = rootPassword;
  if (!first) return 'nowhere';
  if (first.in === 'image' || first.in === 'script') return 'image';
  return first.variable === 'MINIO_ROOT_PASSWORD' ? 'set' : 'old-name';
}

function missingPassword(server: FoundServer, choice: Choice): Concern[] {
  const { intent } = choice;
  const where = linesOf([server.rootPassword[0]?.at]);
  const variables = "MINIO_ROOT_USER and MINIO_ROOT_PASSWORD to root's name and password of today";
  const set = `Before the push, set ${variables}, in the Dashboard under ${calledIn(server, choice)} > Environment, with "Save only": nothing must be deployed yet.`;
  switch (passwordOfService(server)) {
    case 'nowhere':
      return [
        {
          code: 'root-password-unknown',
          what: "Nothing here says where root's password comes from.",
          where: linesOf([server.service.kind === 'blueprint' ? server.service.at : server.reasons[0]?.at]),
          todo: `See in the Dashboard that the variables are set there. If they are not: ${set[0]?.toLowerCase()}${set.slice(1)}`,
        },
      ];
    case 'image':
      // A repair leaves the image's variables and scripts where they are.
      return intent === 'repair'
        ? []
        : [
            {
              code: 'root-password-in-image',
              what: "Root's password is only in the image, which the stack replaces.",
              where,
              todo: `${set} Without them the new server does not start.`,
            },
          ];
    case 'old-name':
      return intent === 'repair'
        ? []
        : [
            {
              code: 'old-variables',
              what: "Root's password has the old name MINIO_SECRET_KEY.",
              where,
              todo: `${set} Without them the new server does not start.`,
            },
          ];
    case 'set':
      return [];
  }
}
