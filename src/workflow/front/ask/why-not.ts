import type { Front } from '../../../ports/front.js';
import { refusalFor } from '../../../domain/refusal.js';
import { askerOf, questionOf } from '../../ask-policy.js';
import type { FrontDeps } from '../deps.js';
import { asPerson } from '../person.js';
import { PROBE_TICKET } from './probe.js';

/** What policy says to a person who may not ask for this entitlement, not even for the shortest time. */
export function whyNot(deps: FrontDeps): Front['whyNot'] {
  return async (actor, id) => {
    const answer = await asPerson(deps, actor, async (person) => {
      const { entitlements, pdp } = deps.bundle();
      const entitlement = entitlements.get(id);
      const [duration] = entitlement?.durations ?? [];
      if (!entitlement || duration === undefined)
        return { refusal: { code: 'unknown-entitlement', entitlement: id.slice(0, 64) } };
      const asker = await askerOf(deps, person, [entitlement], deps.clock.now());
      const decision = pdp.request(questionOf(asker, { entitlement, duration, ticket: PROBE_TICKET }));
      return decision.outcome === 'denied' ? { refusal: refusalFor(decision) } : { ok: undefined };
    });
    return 'refusal' in answer ? answer.refusal : answer.ok;
  };
}
