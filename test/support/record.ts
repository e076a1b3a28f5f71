import { apply, type Head } from '../../src/domain/request/head.js';
import type { Event } from '../../src/domain/request/event.js';
import { upcastEvent } from '../../src/domain/record/upcast.js';
import type { OnRecord } from '../../src/domain/record/history.js';
import { actor, HOUR, world } from './world.js';

type World = ReturnType<typeof world>;
/** On record, of a request that had access. */
export type WithGrant = OnRecord & Required<Pick<OnRecord, 'head' | 'grant'>>;

/** What a store holds about one request. */
export async function kept({ store }: Pick<World, 'store'>, id: string): Promise<WithGrant> {
  const [head, records, grant] = [await store.head(id), await store.records(id), await store.grant(id)];
  const end = await store.end(id);
  return { head: head!, records, grant: grant!, ...(end && { end }) };
}

/** A request of the real workflow that went all the way: two stages, a session, its end. */
export async function lived() {
  const w = world();
  const id = await w.approved();
  await w.front.mint(actor('ana'), id, 'V1', w.seen());
  await w.settle();
  w.pass(HOUR + 60_000);
  await w.settle();
  return { w, id, found: await kept(w, id) };
}

/** What a forger leaves who knows the format: these events, sealed anew, with a HEAD that they lead to. */
export function forged(events: Event[]): { head: Head; records: OnRecord['records'] } {
  return apply(undefined, events);
}

export const events = ({ records }: OnRecord): Event[] => records.map(({ event }) => upcastEvent(event));

/** Without the first event of this type, or with it changed. */
export function altered<T extends Event['type']>(
  history: Event[],
  type: T,
  change?: (event: Extract<Event, { type: T }>) => Event,
): Event[] {
  const at = history.findIndex((event) => event.type === type);
  const event = history[at] as Extract<Event, { type: T }>;
  return history.toSpliced(at, 1, ...(change ? [change(event)] : []));
}
