import { openStage } from '../domain/chain.js';
import { isGone } from '../domain/directory.js';
import { canonical, sha256, type Instant } from '../domain/entitlement.js';
import type { State } from '../domain/request/state.js';
import { candidatesFor, inForce, type FactSources } from './facts.js';

/** What was learned however long ago counts, as far as it is remembered; what could not be learned is said. */
const AS_REMEMBERED: Instant = -Infinity;

/**
 * The accounts of all who may decide at the open stage now, in their own right; undefined where that is not known of
 * each of them.
 * @throws Unknowable where it cannot be looked up
 */
export async function decidersOf(facts: FactSources, state: State): Promise<string[] | undefined> {
  const open = state.status === 'pending' ? openStage(state) : undefined;
  const bundle = facts.bundle();
  if (!open || bundle.standIn || isGone(open, bundle.directory)) return undefined;
  const { owners } = inForce(state, bundle).entitlement;
  const { escalated } = state;
  const { asked, unknown } = await candidatesFor(facts, [open], state.requester.email, owners, {
    ...(escalated && { escalated }),
    asOf: AS_REMEMBERED,
  });
  if (unknown[open.name]) return undefined;
  return (asked[open.name] ?? []).flatMap(({ account }) => account?.id ?? []);
}

/** A short name for these people, by which it is seen whether they are still the same. */
export function namedTogether(accounts: readonly string[]): string {
  return sha256(canonical([...accounts].sort())).slice(0, 16);
}
