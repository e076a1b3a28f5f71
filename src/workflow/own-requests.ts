import type { Person } from '../domain/person.js';
import type { OwnRequests } from '../ports/front.js';
import type { RequestStore } from '../ports/record.js';

/** Of those that are not over so many are read anew; who has more than that is shown them as the index has them. */
const MOST_OPEN = 300;

/**
 * What one person has asked for, by their account: all that is not over, however old and however much came after it,
 * so that its absence can be said; and the newest of the rest. The index only says which requests there are: what can
 * still change is read from its HEAD. One that was made a moment ago may be missing.
 * @param limit of those that are over
 * @returns also the ids of those in the index that have no record
 */
export async function requestsOf(
  store: Pick<RequestStore, 'byRequester' | 'openByRequester' | 'head'>,
  person: Person,
  limit: number,
): Promise<OwnRequests & { missing: string[] }> {
  const page = await store.byRequester(person, limit + 1);
  // A page that is not full has all of it: of most people, one look is enough.
  const oldest = page[limit]?.state.requestedAt;
  const due = oldest === undefined ? [] : await store.openByRequester(person, oldest);
  const newest = page.slice(0, limit);
  const states = new Map([...due, ...newest].map(({ id, state }) => [id, state]));
  // What is over and has a message to send stands in the first list, too, and may be older than the page.
  const shown = new Set(newest.map(({ id }) => id));
  for (const [id, { status }] of states) if (status === 'closed' && !shown.has(id)) states.delete(id);

  const unsure = [...states.values()].filter(({ status }) => status !== 'closed').slice(0, MOST_OPEN);
  const missing: string[] = [];
  await Promise.all(
    unsure.map(async ({ id }) => {
      const head = await store.head(id);
      if (head) states.set(id, head.state);
      else missing.push(id);
    }),
  );
  const sorted = [...states.values()].sort((a, b) => b.requestedAt - a.requestedAt);
  return {
    open: sorted.filter(({ status }) => status !== 'closed'),
    closed: sorted.filter(({ status }) => status === 'closed'),
    more: page.length > limit,
    missing,
  };
}
