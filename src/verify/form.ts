import { randomUUID } from 'node:crypto';

/** A browser's form with a file, as the body and the header of a request. */
export function formOf(
  fields: Record<string, string>,
  file: string,
): { headers: Record<string, string>; body: string } {
  const boundary = randomUUID();
  const part = (disposition: string, text: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${text}\r\n`;
  const parts = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, value));
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${parts.join('')}${part('name="file"; filename="form.txt"', file)}--${boundary}--\r\n`,
  };
}
