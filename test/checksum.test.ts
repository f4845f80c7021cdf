import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checksum } from '../src/repository/checksum.ts';

const ofZlib = (contents: string | Uint8Array) => crc32(contents).toString(16).padStart(8, '0');

it('the checksum is the CRC-32 of zlib, for texts and for bytes', () => {
  expect(checksum('123456789')).toBe('cbf43926');
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array()), (contents) => {
      expect(checksum(contents)).toBe(ofZlib(contents));
    }),
  );
});
