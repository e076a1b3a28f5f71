import { defined } from '../../domain/defined.js';
import type { Person } from '../../domain/person.js';
import type { State } from '../../domain/request/state.js';
import type { Front } from '../../ports/front.js';
import type { RequestView } from '../../ports/messages.js';
import { inputsFor, questionAgain } from '../ask-policy.js';
import { candidatesOf } from '../facts.js';
import { inForce } from '../in-force.js';
import { requestsOf } from '../own-requests.js';
import type { FrontDeps } from './deps.js';
import { mayRead, unknownTo, type RefusedAct } from './disclosure.js';
import { asPerson } from './person.js';
import { placeholderRequest } from './placeholder-request.js';

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

export function status(deps: FrontDeps): Front['status'] {
  return (actor, id) =>
    asPerson(deps, actor, async (person) => {
      const found = await readable(deps, person, id);
      return 'refusal' in found ? found : { ok: { ...found, records: await deps.store.records(id) } };
    });
}

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

/** A request with those who are asked now. Whoever has nothing to do with it does not learn that it exists. */
async function readable(deps: FrontDeps, person: Person, id: string): Promise<RequestView | RefusedAct> {
  const head = await deps.store.head(id);
  const state = inForce((head ?? placeholderRequest(deps, id)).state, deps.bundle());
  const { asked } = await candidatesOf(deps, state);
  if (!(await mayRead(deps, person, state, asked)) || !head) return unknownTo(deps, person);
  return { state, asked, posts: head.posts, ...defined({ unasked: head.unasked }) };
}
