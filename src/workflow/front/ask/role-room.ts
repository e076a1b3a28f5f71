import type { Person } from '../../../domain/person.js';
import type { Instant, Millis, PinnedGrant } from '../../../domain/entitlement.js';
import type { Head } from '../../../domain/request/head.js';
import type { Refusal } from '../../../domain/refusal.js';
import type { GrantKind } from '../../../ports/access.js';
import type { RequestStore } from '../../../ports/record.js';

/** Denies of one person's that may stand on one role at once, those that may yet be needed included. */
export const MOST_DENIES = 10;
/** A Deny is cleared away so long after the end that it was for. */
const CLEARED: Millis = 60_000;

/**
 * Whether one person's early ends could fill the role that they ask for: each leaves a Deny there for up to an hour, and
 * a role without room for one ends the sessions of everybody. Bounded where a request is made, over all requests of that
 * person; whoever hands back or revokes is never refused for it (invariants 2 and 16).
 */
export async function overcrowded(
  { store, kinds }: { store: Pick<RequestStore, 'openByRequester'>; kinds: readonly GrantKind[] },
  person: Person,
  wanted: PinnedGrant,
  now: Instant,
): Promise<Refusal | undefined> {
  const roomOf = ({ kind, config }: PinnedGrant) => kinds.find(({ name }) => name === kind)?.fills?.(config);
  const room = roomOf(wanted);
  if (room === undefined) return undefined;
  const heads = await store.openByRequester(person);
  const until = heads
    .filter(({ state }) => roomOf(state.grant) === room)
    .flatMap((head) => freeAt(head) ?? [])
    .filter((at) => at > now)
    .sort((a, b) => a - b);
  const [first] = until.slice(until.length - MOST_DENIES);
  if (until.length < MOST_DENIES || first === undefined) return undefined;
  return { code: 'role-crowded', limit: MOST_DENIES, retryIn: first - now };
}

/** When the Deny that this request has left, or may leave, is gone; undefined: it leaves none. */
function freeAt({ state }: Head): Instant | undefined {
  switch (state.status) {
    case 'pending':
      return state.lapsesAt;
    case 'approved':
    case 'active':
    case 'ending':
      return state.lease.endsAt + CLEARED;
    case 'closed':
      return state.proof?.cleanUpAt;
    default:
      return state satisfies never;
  }
}
