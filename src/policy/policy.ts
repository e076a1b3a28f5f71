import type { Chain } from '../domain/chain.js';
import type { PolicyFacts } from './cedar/entities.js';
import type { Scope } from './cedar/slices.js';
import type { GroupReads, Reads } from './read/cedar/reads.js';

export interface Policy {
  /** Its `@id`. */
  id: string;
  text: string;
  effect: 'permit' | 'forbid';
  /** Where it stands, with its path in the folder: `production.cedar:12`. Of a policy that no file has, absent. */
  place?: string;
  /** Of a permit for `request`; of one for `extend` that has one. */
  chain?: Chain;
  advice?: string;
  /** The actions that its scope names. Of a text that was read; where it has none, it counts as naming none. */
  names?: readonly string[];
  /** Of a text that was read, and is one policy. Where one of a bundle has none, each policy is put to each question. */
  scope?: Scope;
  /** Of a text that was read. Where it has none, it counts as one that reads everything. */
  reads?: Reads;
  /** The same of groups. */
  groups?: GroupReads;
}

/** Of these policies, those that count for an action which a permit has to name in its scope. */
export function countingFor(action: string, policies: readonly Policy[]): Policy[] {
  return policies.filter(({ effect, names }) => effect === 'forbid' || names?.includes(action));
}

export interface Parts extends PolicyFacts {
  hash: string;
  schema: string;
  policies: readonly Policy[];
}
