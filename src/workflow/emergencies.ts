import type { Person } from '../domain/person.js';
import type { Head } from '../domain/request/head.js';
import type { State } from '../domain/request/state.js';
import { isContested } from '../domain/request/stories/reviewing.js';
import { RecordFault, type RequestStore } from '../ports/record.js';

/** What a person's other emergencies say against one more; each by its id. */
export interface Emergencies {
  /** One that is contested, and that nobody else has signed off since; absent: none. */
  contested?: string;
  /** The first for the same thing that is not over; absent: none. */
  open?: string;
}

type Asked = Pick<State, 'id' | 'requestedAt'> & { entitlement: Pick<State['entitlement'], 'id'> };

/**
 * Both halves of the workflow ask it, of the requests themselves: one that is contested, or waits for its review, goes on
 * owing a reminder, and so stands in the index of what is due however old it is. The index only says which there are;
 * each is read anew. One that was made at this very moment may be missing.
 * @param asked the request itself, where it is made already: only an earlier one stands in its way
 * @returns `unknown` where one of them cannot be read
 */
export async function emergenciesOf(
  store: Pick<RequestStore, 'openByRequester' | 'head'>,
  person: Person,
  asked: Pick<Asked, 'entitlement'> & Partial<Asked>,
): Promise<Emergencies | 'unknown'> {
  try {
    const others = (await store.openByRequester(person)).filter(
      ({ id, state }) => state.emergency && id !== asked.id,
    );
    const heads = await Promise.all(others.map(({ id }) => store.head(id)));
    if (heads.includes(undefined)) return 'unknown';
    const states = (heads as Head[]).map(({ state }) => state);
    const contested = states.find(isContested)?.id;
    const open = states.filter((state) => standsInTheWay(state, asked)).sort(byTime)[0]?.id;
    return { ...(contested !== undefined && { contested }), ...(open !== undefined && { open }) };
  } catch (error) {
    if (error instanceof RecordFault) return 'unknown';
    throw error;
  }
}

function standsInTheWay(
  other: State,
  { id, requestedAt, entitlement }: Pick<Asked, 'entitlement'> & Partial<Asked>,
): boolean {
  if (other.status === 'closed' || other.entitlement.id !== entitlement.id) return false;
  if (id === undefined || requestedAt === undefined) return true;
  return byTime(other, { id, requestedAt }) < 0;
}

function byTime(one: Pick<Asked, 'id' | 'requestedAt'>, other: Pick<Asked, 'id' | 'requestedAt'>): number {
  return one.requestedAt - other.requestedAt || (one.id < other.id ? -1 : 1);
}
