import type { Rule } from './rules.ts';

const label = String.raw`(?!-)[\w*-]{1,63}(?<!-)`;
const shape = new RegExp(
  String.raw`^[a-z][a-z0-9+.-]*://(?<host>\[[\da-f:]+\]|${label}(?:\.${label})*)(?::(?:\*|[1-9]\d{0,4}))?$`,
);

/** One wildcard, in the first label, before two labels or `localhost`: a wider one would let strangers in. */
const wildcard = /^[^.*]*\*[^.*]*\.(?:localhost|[^.*]+(?:\.[^.*]+)+)$/;

/**
 * One browser origin, `scheme://host[:port]`, as MinIO's list of allowed origins takes it. The scheme can be an app's, like
 * `capacitor`. MinIO compares the Origin header to the letter, and its `*` stands for any text (`corsHandler` in
 * minio/minio cmd/api-router.go, `MatchSimple` in minio/pkg wildcard). So the value must be spelled as browsers spell it:
 * lower case, without the scheme's own port, without a slash at the end (WHATWG, "URL", section 4.5). A wildcard stands for
 * subdomains or a part of the first label, or for the port; `https://*.example.com` does not allow `https://example.com`.
 */
export const browserOrigin: Rule = (text) => {
  if (text === '*') return 'must name each origin, or be left out to allow any origin';
  const spelled = asBrowsersSpell(text);
  const { host = '' } = shape.exec(spelled)?.groups ?? {};
  if (host === '' || host.length > 253) return 'must be scheme://host[:port] with a valid host and port';
  if (spelled !== text) return `must be ${spelled}, as browsers write this origin`;
  if (host.includes('*') && !wildcard.test(host))
    return 'must have at most one *, in the first part of a domain, like https://*.example.com';
  return undefined;
};

/** The origin of a page at this address; empty when this is no address. */
function asBrowsersSpell(text: string): string {
  const [, address = '', anyPort = ''] = /^(.*?)(:\*)?$/s.exec(text) ?? [];
  if (!URL.canParse(address)) return '';
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}${anyPort}`;
}
