import { crc32 } from 'node:zlib';

/** Tells whether a text was changed by accident, in eight hexadecimal digits; it is no protection against intent. */
export const checksum = (text: string | Uint8Array): string => crc32(text).toString(16).padStart(8, '0');
