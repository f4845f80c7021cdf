import { questions } from '../answers/questions.ts';
import { type Choice, chosenBucket, chosenServer, nameOf } from '../move-in/choice.ts';
import { concerns } from '../move-in/concerns.ts';
import type { Found, FoundServer } from '../move-in/found.ts';
import { interrupted, type Person } from '../person.ts';

/** Of several services that run MinIO, the one that is meant; undefined where there is no choice, or nobody to ask. */
export async function askService({ servers }: Found, person: Person | undefined): Promise<string | undefined> {
  const names = servers.flatMap((server) => nameOf(server) ?? []);
  if (!person || names.length < 2) return undefined;
  const choices = names.map((value) => ({ name: value, value }));
  return person
    .select({ name: 'service', message: 'Several services run MinIO. Which one do you mean?', choices })
    .catch(interrupted);
}

/** What to do with MinIO that is there. Nobody to ask, or no stack to be had: the repair. */
export async function askIntent(found: Found, choice: Choice, person: Person | undefined): Promise<Choice['intent']> {
  const refusals = concerns(found, choice).refusals.filter(({ code }) => code !== 'bucket');
  if (!person || refusals.length > 0) return 'repair';
  const server = chosenServer(found, choice);
  const message = `${(server && nameOf(server)) ?? 'This repository'} runs MinIO, whose images are gone. What do you want?`;
  const intent = await person
    .select({
      name: 'moveIn',
      message,
      choices: [
        { name: 'repair: the image and the command, and nothing else', value: 'repair' },
        {
          name: 'stack: the private bucket, the console and the updates, inside the service that is there',
          value: 'stack',
        },
      ],
    })
    .catch(interrupted);
  return intent === 'stack' ? 'stack' : 'repair';
}

const another = '(another one)';

/** The application's bucket, where several were found, or none. */
export async function askBucket(
  server: FoundServer,
  choice: Choice,
  person: Person | undefined,
): Promise<string | undefined> {
  if (!person || chosenBucket(server, choice) !== undefined) return undefined;
  const names = server.buckets.map(({ value }) => value);
  const chosen =
    names.length === 0
      ? another
      : await person
          .select({
            name: 'bucket',
            message: 'Which bucket is the application’s? It becomes private; the others stay as they are.',
            choices: [...names, another].map((value) => ({ name: value, value })),
          })
          .catch(interrupted);
  if (chosen !== another) return chosen;
  return person
    .input({
      name: 'bucket',
      message: 'Bucket name, as it is called on the disk',
      default: '',
      validate: (text) => questions.bucket.rule(text) ?? true,
    })
    .catch(interrupted);
}
