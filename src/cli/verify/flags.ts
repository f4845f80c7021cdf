import { bucketName } from '../../answers/rules.ts';
import { type Count, type Described, onOff, type Switch } from '../run-flags.ts';

/** A flag with one value, or with one at each time that it is given. */
interface Valued extends Described {
  kind: 'text' | 'list';
  placeholder: string;
  /** What is wrong with a value; undefined when nothing is. */
  rule(text: string): string | undefined;
}

export type VerifyFlag = Switch | Count | Valued;

/** What is wrong with the address of a server; undefined when nothing is. */
export function address(text: string): string | undefined {
  const rule = 'must be an address like https://media.example.com, without a path';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) return 'must be an address without a name and a password';
  return url && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && !url.search && !url.hash
    ? undefined
    : rule;
}

/** The flags of `verify`, in the order of `--help`. */
export const verifyFlags = {
  console: { kind: 'text', flag: 'console', placeholder: 'URL', about: "the console's address", rule: address },
  origin: {
    kind: 'text',
    flag: 'origin',
    placeholder: 'URL',
    about: 'a page whose scripts use signed URLs: they may (CORS), and those of another page may not',
    rule: address,
  },
  bucket: {
    kind: 'list',
    flag: 'bucket',
    placeholder: 'NAME',
    about:
      "the application's bucket, where no stored answer names it; every further one is tried as a stranger. Can be repeated",
    rule: bucketName,
  },
  uploadSize: {
    kind: 'wholeNumber',
    flag: 'upload-size',
    placeholder: 'MB',
    unit: 'MB',
    most: 1000,
    fallback: 20,
    about: 'the size of the upload that must pass in one request (default: 20)',
  },
  newestImages: onOff(
    'newest-images',
    'also ask the registries whether there are newer images than the pinned ones; nothing else contacts another address than those given',
  ),
  json: onOff('json', 'print the report as JSON on standard output, ask nothing'),
  debug: onOff('debug', 'print the stack of an unexpected error'),
  help: onOff('help', 'show this help', 'h'),
} as const satisfies Record<string, VerifyFlag>;

/** All flags of `verify`, for the parser. */
export const allVerifyFlags: VerifyFlag[] = Object.values(verifyFlags);
