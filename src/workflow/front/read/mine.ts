import type { State } from '../../../domain/request/state.js';
import type { Front } from '../../../ports/front.js';
import { inForce } from '../../in-force.js';
import { requestsOf } from '../../own-requests.js';
import type { FrontDeps } from '../deps.js';
import { asPerson } from '../person.js';

/** Of one's own requests that are over: a page. */
const NEWEST = 20;

export function mine(deps: FrontDeps): Front['mine'] {
  return (actor) =>
    asPerson(deps, actor, async (person) => {
      const { open, closed, more } = await requestsOf(deps.store, person, NEWEST);
      const shown = (states: State[]) => states.map((state) => inForce(state, deps.bundle()));
      return { ok: { open: shown(open), closed: shown(closed), more } };
    });
}
