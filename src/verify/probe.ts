import { bytesOf } from './deployment.ts';

/** The object that is there while strangers are refused, so that "refused" can't mean "not there". */
export const probeName = 'probe.bin';
export const probe: Buffer = bytesOf(1000);
