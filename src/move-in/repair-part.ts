import type { Concern } from './choice.ts';
import type { Splice } from './splices.ts';

/** A part of a repair. */
export interface Part {
  splices: Splice[];
  newFiles?: { path: string; text: string }[];
  refusals: Concern[];
  warnings?: Concern[];
}
