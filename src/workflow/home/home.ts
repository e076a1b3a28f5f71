import { stands } from '../../domain/delegation.js';
import { sameAccount, type Person } from '../../domain/person.js';
import { personLedger, type LedgerHead } from '../../domain/record/ledger.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Home } from '../../ports/front.js';
import { inForce } from '../facts.js';
import { newestFirst, ownIn, PAST, SHOWN, type OwnStore } from './own.js';
import { waitingIn, type WaitingDeps } from './waiting.js';

export interface HomeDeps extends WaitingDeps {
  store: WaitingDeps['store'] & OwnStore;
}

/** What a drawing is of. */
interface Drawing {
  /** What waits is no older; absent: no older than the call. */
  since?: Instant;
  /** Ids of requests that have just been made, which no index may have yet. */
  also?: readonly string[];
  /** The person's ledger as it was read just now; absent: it is read. */
  ledger?: LedgerHead | 'none';
  /** So many of those that are over are read: default, those that App Home shows. */
  past?: number;
}

/** What concerns one person now. */
export function homesFrom(deps: HomeDeps) {
  const { store, clock, bundle, log } = deps;
  const { recent, waitingFor } = waitingIn(deps);
  const ownOf = ownIn(deps);

  async function ledgerOf({ account }: Person): Promise<LedgerHead | 'none'> {
    try {
      return (await store.ledger(personLedger(account))) ?? 'none';
    } catch (error) {
      // Everything else can be shown all the same (invariant 16).
      log.warn({ err: error }, 'who stands in for somebody could not be read for their App Home');
      return 'none';
    }
  }

  async function homeOf(
    person: Person,
    { since, also = [], past = SHOWN, ledger: known }: Drawing = {},
  ): Promise<Home> {
    const now = clock.now();
    const [own, made, { at, forMe, ...others }, ledger] = await Promise.all([
      ownOf(person, Math.min(past, PAST)),
      Promise.all(also.map((id) => store.head(id))),
      waitingFor(person, { since, also }),
      known ?? ledgerOf(person),
    ]);
    const mine = ledger !== 'none' && stands(ledger.delegation, now) ? { mine: ledger.delegation } : {};
    const missing = made
      .flatMap((head) => head?.state ?? [])
      .filter(({ id, requester }) => !own.ids.has(id) && sameAccount(requester.account, person.account));
    const overToo = missing.filter(({ status }) => status === 'closed');
    const openToo = missing.filter(({ status }) => status !== 'closed');
    const current = (states: Home['open']) =>
      states.sort(newestFirst).map((state) => inForce(state, bundle()));
    return {
      open: current([...openToo, ...own.open]),
      closed: current([...overToo, ...own.closed]),
      closedCount: own.closedCount + overToo.length,
      more: own.more,
      ...others,
      delegations: { ...mine, forMe },
      at: Math.min(now, at),
    };
  }

  return { homeOf, recent };
}
