import { crc32 } from 'node:zlib';

/**
 * Tells whether contents were changed by accident, in eight hexadecimal digits. A text counts as its UTF-8 bytes.
 * A checksum is no protection against intent.
 */
export const checksum = (contents: string | Uint8Array): string => crc32(contents).toString(16).padStart(8, '0');
