import { asOf } from '../../domain/lease.js';
import { defined } from '../../domain/objects.js';
import type { Person } from '../../domain/person.js';
import type { State } from '../../domain/request/state.js';
import type { Front } from '../../ports/front.js';
import type { RequestView } from '../../ports/messages.js';
import { inputsFor, questionAgain } from '../ask-policy.js';
import { inForce } from '../facts.js';
import { requestsOf } from '../own-requests.js';
import type { FrontDeps } from './deps.js';
import { everybodyAsked, mayRead, placeholderRequest, unknownTo, type RefusedAct } from './disclosure.js';
import { asPerson } from './person.js';

/** Of one's own requests that are over: a page. */
const NEWEST = 20;

export function reading(deps: FrontDeps): Pick<Front, 'mine' | 'status' | 'explain'> {
  const { bundle, clock, store } = deps;
  return {
    mine: (actor) =>
      asPerson(deps, actor, async (person) => {
        const { open, closed, more } = await requestsOf(store, person, NEWEST);
        const shown = (states: State[]) => states.map((state) => inForce(state, bundle()));
        return { ok: { open: shown(open), closed: shown(closed), more } };
      }),

    status: (actor, id) =>
      asPerson(deps, actor, async (person) => {
        const found = await readable(deps, person, id);
        return 'refusal' in found ? found : { ok: { ...found, records: await store.records(id) } };
      }),

    explain: (actor, id) =>
      asPerson(deps, actor, async (reader) => {
        const policy = bundle();
        const found = await readable(deps, reader, id);
        if ('refusal' in found) return found;
        const { state } = found;
        const { requester: person, entitlement, duration, ticket, emergency } = state;
        const at = asOf(state, state.requestedAt);
        const asked = { person, entitlement: entitlement.id, duration, at, ticket, emergency };
        // The hour is that of the request, or of its start; groups and inputs are those of now, or of a start to come.
        const { question } = await questionAgain(deps, policy, asked, (current) =>
          inputsFor(deps, person, current, asOf(state, clock.now())),
        );
        return { ok: { state, lines: (await policy.explain?.(question)) ?? [] } };
      }),
  };
}

/** A request with those who are asked now. Whoever has nothing to do with it does not learn that it exists. */
async function readable(deps: FrontDeps, person: Person, id: string): Promise<RequestView | RefusedAct> {
  const head = await deps.store.head(id);
  const state = inForce(head?.state ?? placeholderRequest(deps, id), deps.bundle());
  const asked = await everybodyAsked(deps, state);
  if (!(await mayRead(deps, person, state, asked)) || !head) return unknownTo(deps, person);
  return { state, asked, posts: head.posts, ...defined({ unasked: head.unasked }) };
}
