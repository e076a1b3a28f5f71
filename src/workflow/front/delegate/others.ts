import type { Delegation } from '../../../domain/delegation.js';
import { sameAccount, type Person } from '../../../domain/person.js';
import { allOf } from '../../../kit/side-by-side.js';
import type { Verdict } from '../../../domain/request/decision.js';
import { verdictOn } from '../../ask-policy.js';
import { standing } from '../../seats/stand-ins.js';
import type { FrontDeps } from '../deps.js';
import { placeholderRequest } from '../disclosure.js';

/** So many are looked at: those that end first. */
const MOST = 100;

/** What policy says of somebody who wants to end the delegation of another: whether they may audit that one's requests. */
export async function mayEnd(deps: FrontDeps, by: Person, whose: Person | undefined): Promise<Verdict> {
  const state = placeholderRequest(deps, 'nothing');
  const requester = whose ?? state.requester;
  const about = { by, state: { ...state, requester }, at: deps.clock.now() };
  return (await verdictOn(deps, 'audit', about)).verdict;
}

/** The delegations of others that stand now and that this person may end, those that end first before the others. */
export async function othersAway(deps: FrontDeps, by: Person): Promise<Delegation[]> {
  const others = (await standing(deps))
    .filter(({ from }) => !sameAccount(from.account, by.account))
    .sort((a, b) => a.until - b.until)
    .slice(0, MOST);
  const found = await allOf(others, async (one) =>
    (await mayEnd(deps, by, one.from)).outcome === 'allowed' ? [one] : [],
  );
  return found.flat();
}
