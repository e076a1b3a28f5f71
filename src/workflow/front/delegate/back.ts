import { stands, type Delegation } from '../../../domain/delegation.js';
import type { Person } from '../../../domain/person.js';
import { personLedger } from '../../../domain/record/ledger.js';
import { refusalFor } from '../../../domain/refusal.js';
import type { Answer } from '../../../ports/front.js';
import type { FrontDeps } from '../deps.js';
import { mayEnd } from './others.js';
import { recordInLedger } from './record.js';

/**
 * Ends a delegation before its time: one's own, or that of somebody whose requests one may audit.
 * @param whose the id of their account; undefined: one's own
 */
export async function comeBack(
  deps: FrontDeps,
  by: Person,
  whose: string | undefined,
  seen: string,
): Promise<Answer<Delegation>> {
  const { clock, store } = deps;
  const account = { ...by.account, ...(whose !== undefined && { id: whose }) };
  const ledger = personLedger(account);
  let policies: string[] | undefined;
  if (account.id !== by.account.id) {
    // Of somebody who is not away the same is asked, so that the answer tells nothing of who is.
    const verdict = await mayEnd(deps, by, (await store.ledger(ledger))?.delegation?.from);
    if (verdict.outcome === 'denied') return { refusal: refusalFor(verdict) };
    policies = verdict.policies;
  }
  return recordInLedger(deps, ledger, seen, (head) => {
    const at = clock.now();
    const delegation = head?.delegation;
    if (!stands(delegation, at)) return { refusal: { code: 'not-away' } };
    return { ok: delegation, facts: [{ type: 'DelegationEnded', at, by, ...(policies && { policies }) }] };
  });
}
