import { type Choice, type Concern, chosenServer } from './choice.ts';
import type { Found } from './found.ts';
import { refusalsOfBlueprints, refusalsOfChoice, refusalsOfServer } from './refusals.ts';
import { warningsOfServer } from './warnings.ts';

export interface Concerns {
  /** Where there is one, nothing may be written. */
  refusals: Concern[];
  warnings: Concern[];
}

/**
 * What stands in the way of a move, and what the person should know first. It goes by what was found and chosen, before
 * anything is planned; `forbiddenChanges` in changes.ts looks at the plan.
 */
export function concerns(found: Found, choice: Choice): Concerns {
  const unreadable = refusalsOfBlueprints(found);
  const server = chosenServer(found, choice);
  if (found.servers.length === 0) return { refusals: unreadable, warnings: [] };
  if (!server) return { refusals: [...unreadable, ...refusalsOfChoice(found, choice)], warnings: [] };
  return {
    refusals: [...unreadable, ...refusalsOfServer(server, choice)],
    warnings: warningsOfServer(found, server, choice),
  };
}
