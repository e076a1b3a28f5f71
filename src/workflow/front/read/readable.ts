import type { Person } from '../../../domain/person.js';
import type { RequestView } from '../../../ports/messages.js';
import { candidatesFor } from '../../facts.js';
import { inForce } from '../../in-force.js';
import type { FrontDeps } from '../deps.js';
import { mayRead, unknownTo, type RefusedAct } from '../disclosure.js';
import { placeholderRequest } from '../placeholder-request.js';

/** A request with those who are asked now. Whoever has nothing to do with it does not learn that it exists. */
export async function readable(
  deps: FrontDeps,
  person: Person,
  id: string,
): Promise<RequestView | RefusedAct> {
  const head = await deps.store.head(id);
  const state = inForce((head ?? placeholderRequest(deps, id)).state, deps.bundle());
  const { requester, entitlement, chain } = state;
  const { asked } = await candidatesFor(deps, chain, requester.email, entitlement.owners);
  if (!(await mayRead(deps, person, state, asked)) || !head) return unknownTo(deps, person);
  return { state, asked, posts: head.posts, ...(head.unasked && { unasked: head.unasked }) };
}
