import type { Credentials } from './signer.ts';

/**
 * Takes secrets out of a text, however they are spelt: a server can send back what it was sent. Checks print nothing of
 * that; this is for the check that forgets it.
 */
export function redactor(credentials: (Credentials | undefined)[]): (text: string) => string {
  const secrets = credentials.flatMap((each) => (each ? [each.secretKey] : []));
  const spellings = secrets.flatMap((secret) => [
    ...[secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)],
    Buffer.from(secret).toString('base64'),
  ]);
  return (text) => {
    const hidden = spellings.reduce((all, spelling) => all.replaceAll(spelling, '***'), text);
    return (
      hidden
        .replace(/(X-Amz-Signature=|Signature=)[\w%]+/gi, '$1***')
        // biome-ignore lint/suspicious/noControlCharactersInRegex: a server must not steer the terminal
        .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    );
  };
}
