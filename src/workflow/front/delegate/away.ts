import { LONGEST_DELEGATION, stands, type Delegation } from '../../../domain/delegation.js';
import type { Instant } from '../../../domain/entitlement.js';
import { samePerson, type Person } from '../../../domain/person.js';
import { personLedger } from '../../../domain/record/ledger.js';
import type { Refusal } from '../../../domain/refusal.js';
import type { Answer } from '../../../ports/front.js';
import { known } from '../../facts.js';
import { delegableFor } from '../../seats/stand-ins.js';
import type { FrontDeps } from '../deps.js';
import { recordInLedger } from './record.js';

/** What has not been told yet of one person: of more than that, nothing is added. */
const MOST_UNTOLD = 20;

/** Lets somebody stand in for a person. What stood until now ends in the same write. */
export async function goAway(
  deps: FrontDeps,
  from: Person,
  wish: { to: string; until: Instant },
  seen: string,
): Promise<Answer<Delegation>> {
  const { clock } = deps;
  const to = await delegateOf(deps, from, wish.to);
  if ('refusal' in to) return to;
  const ledger = personLedger(from.account);
  return recordInLedger(deps, ledger, seen, (head) => {
    const at = clock.now();
    const refusal = wrongEnd(wish.until, at);
    if (refusal) return { refusal };
    if ((head?.outbox ?? []).length >= MOST_UNTOLD) return { refusal: { code: 'delegation-untold' } };
    const delegation = { from, to: to.ok, since: at, until: wish.until };
    const before = head?.delegation;
    const by = stands(before, at) ? from : 'jit';
    return {
      ok: delegation,
      facts: [
        ...(before ? [{ type: 'DelegationEnded', at, by } as const] : []),
        { type: 'DelegationStarted', at, by: from, delegation },
      ],
    };
  });
}

function wrongEnd(until: Instant, at: Instant): Refusal | undefined {
  if (!(until > at)) return { code: 'delegation-past' };
  return until - at > LONGEST_DELEGATION
    ? { code: 'delegation-too-long', most: LONGEST_DELEGATION }
    : undefined;
}

/** Whoever is to stand in, where they may. @param id of their account */
async function delegateOf(deps: FrontDeps, from: Person, id: string): Promise<Answer<Person>> {
  const { directory, store, clock } = deps;
  const { stages, unknown } = await delegableFor(deps, from);
  if (stages.length === 0)
    return {
      refusal: unknown.length > 0 ? { code: 'group-unknown', groups: unknown } : { code: 'no-delegates' },
    };
  const found = await directory.person({ provider: from.account.provider, id });
  if ('refusal' in found) {
    const { code: why } = found.refusal;
    return { refusal: why === 'directory-unavailable' ? found.refusal : { code: 'delegate-unfit', why } };
  }
  const { person: to } = found;
  if (samePerson(from, to) !== 'other') return { refusal: { code: 'delegate-oneself' } };
  const names = [...new Set(stages.map(({ delegates }) => delegates))];
  const theirs = await known(directory.groups(to));
  if (!names.some((name) => theirs.groups.includes(name))) {
    const groups = theirs.unknown.filter(({ name }) => names.includes(name));
    return {
      refusal:
        groups.length > 0 ? { code: 'group-unknown', groups } : { code: 'not-a-delegate', groups: names },
    };
  }
  const { delegation } = (await store.ledger(personLedger(to.account))) ?? {};
  if (!stands(delegation, clock.now())) return { ok: to };
  const isCircle = samePerson(delegation.to, from) === 'same';
  return { refusal: { code: isCircle ? 'delegate-circle' : 'delegate-away' } };
}
