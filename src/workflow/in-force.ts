import type { Entitlement } from '../domain/entitlement.js';
import type { Asked, State } from '../domain/request/state.js';
import type { Bundle } from '../ports/policy.js';

/**
 * The request with what the catalog says of its entitlement now: owners decide who may approve, and people read the
 * name, the description and the channel of today. What has left the catalog stays as it was asked for.
 */
export function inForce<S extends State>(state: S, { entitlements }: Bundle): S {
  const { id, environment, account, risk } = state.entitlement;
  const now = entitlements.get(id);
  return now ? { ...state, entitlement: { ...asAskedFor(now), id, environment, account, risk } } : state;
}

/** What a request keeps of the entitlement that it asks for. */
export function asAskedFor(entitlement: Entitlement): Asked['entitlement'] {
  const { id, name, description, environment, account, risk, owners, channel } = entitlement;
  return { id, name, description, environment, account, risk, owners, ...(channel && { channel }) };
}

/** Whether the entitlement is still what it was asked for as, in all that policy and approvers decided by. */
export function isAsAsked({ entitlement }: State, now: Entitlement | undefined): boolean {
  const { environment, account, risk } = entitlement;
  return now?.environment === environment && now.account === account && now.risk === risk;
}
