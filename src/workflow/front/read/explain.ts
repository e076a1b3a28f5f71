import type { Front } from '../../../ports/front.js';
import { inputsFor, questionAgain } from '../../ask-policy.js';
import type { FrontDeps } from '../deps.js';
import { asPerson } from '../person.js';
import { readable } from './readable.js';

export function explain(deps: FrontDeps): Front['explain'] {
  return (actor, id) =>
    asPerson(deps, actor, async (reader) => {
      const policy = deps.bundle();
      const found = await readable(deps, reader, id);
      if ('refusal' in found) return found;
      const { state } = found;
      const { requester: person, entitlement, duration, requestedAt: at, ticket } = state;
      // The hour is that of the request; groups and inputs are those of now.
      const question = await questionAgain(
        deps,
        policy,
        { person, entitlement: entitlement.id, duration, at, ticket },
        (current) => inputsFor(deps, person, current, deps.clock.now()),
      );
      return { ok: { state, lines: policy.explain?.(question) ?? [] } };
    });
}
