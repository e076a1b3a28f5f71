import { stands } from '../../../domain/delegation.js';
import { personLedger } from '../../../domain/record/ledger.js';
import { defined } from '../../../domain/objects.js';
import type { Front } from '../../../ports/front.js';
import { delegableFor } from '../../seats/stand-ins.js';
import type { FrontDeps } from '../deps.js';
import { asPerson, asPersonOnce } from '../person.js';
import { goAway } from './away.js';
import { comeBack } from './back.js';
import { othersAway } from './others.js';

/** Who is away, and who stands in for them. It stands in the ledger of who is away; the engine tells of it. */
export function delegating(deps: FrontDeps): Pick<Front, 'mayBeAway' | 'away' | 'othersAway' | 'back'> {
  return {
    mayBeAway: (actor) =>
      asPerson(deps, actor, async (person) => {
        const { stages, unknown: groups } = await delegableFor(deps, person);
        const { delegation } = (await deps.store.ledger(personLedger(person.account))) ?? {};
        const now = stands(delegation, deps.clock.now()) ? delegation : undefined;
        // Who is away and fills nothing any more can still come back.
        if (stages.length > 0 || now)
          return { ok: { stages: stages.map(({ name }) => name), ...defined({ now }) } };
        return { refusal: groups.length > 0 ? { code: 'group-unknown', groups } : { code: 'no-delegates' } };
      }),
    away: (actor, wish, seen) =>
      asPersonOnce(deps, actor, seen, (person) => goAway(deps, person, wish, seen)),
    othersAway: (actor) => asPerson(deps, actor, async (person) => ({ ok: await othersAway(deps, person) })),
    back: (actor, whose, seen) =>
      asPersonOnce(deps, actor, seen, (person) => comeBack(deps, person, whose, seen)),
  };
}
