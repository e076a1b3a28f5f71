import { stands } from '../../domain/delegation.js';
import { sameAccount, type Person } from '../../domain/person.js';
import { personLedger } from '../../domain/record/ledger.js';
import type { State } from '../../domain/request/state.js';
import type { Home } from '../../ports/front.js';
import type { RequestStore } from '../../ports/record.js';
import { inForce } from '../facts.js';
import { requestsOf } from '../own-requests.js';
import { waitingIn, type WaitingDeps } from './waiting.js';

export interface HomeDeps extends WaitingDeps {
  store: WaitingDeps['store'] & Pick<RequestStore, 'byRequester' | 'openByRequester'>;
}

/** Of those that are over: so many are counted, and can be paged through. */
const PAST = 200;

/**
 * What concerns one person now.
 * @returns finds it; `also`: ids of requests that have just been made, which no index may have yet
 */
export function homesFrom(deps: HomeDeps): (person: Person, also?: readonly string[]) => Promise<Home> {
  const { store, clock, bundle, log } = deps;
  const waitingFor = waitingIn(deps);

  return async (person, also = []) => {
    const at = clock.now();
    const [own, made, { forMe, ...others }, ledger] = await Promise.all([
      requestsOf(store, person, PAST),
      Promise.all(also.map((id) => store.head(id))),
      waitingFor(person, also),
      store.ledger(personLedger(person.account)).catch((error: unknown) => {
        // Everything else can be shown all the same (invariant 16).
        log.warn({ err: error }, 'who stands in for somebody could not be read for their App Home');
        return undefined;
      }),
    ]);
    const mine = stands(ledger?.delegation, at) ? { mine: ledger.delegation } : {};
    const known = new Set([...own.open, ...own.closed].map(({ id }) => id));
    const missing = made
      .flatMap((head) => head?.state ?? [])
      .filter(({ id, requester }) => !known.has(id) && sameAccount(requester.account, person.account));
    const shown = (states: State[], isOver: boolean) =>
      [...missing.filter(({ status }) => (status === 'closed') === isOver), ...states]
        .sort((a, b) => b.requestedAt - a.requestedAt)
        .map((state) => inForce(state, bundle()));
    const lists = { open: shown(own.open, false), closed: shown(own.closed, true), more: own.more };
    return { ...lists, ...others, delegations: { ...mine, forMe }, at };
  };
}
