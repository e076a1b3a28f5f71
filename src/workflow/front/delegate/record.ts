import type { Delegation, DelegationFact } from '../../../domain/delegation.js';
import type { LedgerHead, PersonLedger } from '../../../domain/record/ledger.js';
import { applyToLedger } from '../../../domain/record/ledger-head.js';
import type { Refusal } from '../../../domain/refusal.js';
import type { Answer } from '../../../ports/front.js';
import type { FrontDeps } from '../deps.js';

/** Each lost race means that another write landed: of the person's own, or of their App Home. */
const TRIES = 10;

/** What a wish leads to, on a ledger as it is. */
type Wished = { refusal: Refusal } | { ok: Delegation; facts: DelegationFact[] };

/** Decides a wish on the newest head of a ledger and writes what follows. Who loses a race decides again (invariant 6). */
export async function recordInLedger(
  { store }: Pick<FrontDeps, 'store'>,
  ledger: PersonLedger,
  seen: string,
  wish: (head: LedgerHead<PersonLedger> | undefined) => Wished,
): Promise<Answer<Delegation>> {
  for (let lost = 0; lost < TRIES; lost++) {
    const head = await store.ledger(ledger);
    const wished = wish(head);
    if ('refusal' in wished) return wished;
    const written = await store.append({ ...applyToLedger(ledger, head, wished.facts), seen });
    if (written === 'written') return { ok: wished.ok };
    if (written === 'seen') return { refusal: { code: 'replayed' } };
  }
  return { refusal: { code: 'busy' } };
}
