import { NO_TAIL, seal, type AuditRecord, type Tail } from '../record/seal.js';
import { defined } from '../objects.js';
import { dueAt } from './due.js';
import type { Instant } from '../entitlement.js';
import { bounded, hurry, overtake, type Owed } from './outbox.js';
import { dropsSessions, evolve, hurries, react } from './stories/index.js';
import type { Event } from './event.js';
import type { Post, Unasked } from './posts.js';
import type { State } from './state.js';

/** One request as it is now: state, what is owed, where its messages are. */
export interface Head {
  id: string;
  /** Goes up with every write; every write is conditional on it. */
  version: number;
  state: State;
  outbox: Owed[];
  /** By stage name; and what stands elsewhere, by the names in posts.ts. */
  posts: Record<string, Post>;
  /** By stage name: those whose card no channel takes. Absent where each was taken, or was not tried yet. */
  unasked?: Record<string, Unasked>;
  tail: Tail;
  /** The earliest instant at which anything is due; absent when nothing is. */
  dueAt?: Instant;
}

/** What a write changes besides the events: what has been done of what was owed, and where messages stand. */
export interface Bookkeeping {
  outbox?: (outbox: Owed[]) => Owed[];
  /** Claims, of what is owed once the events are written, what the writer does next. */
  claims?: (outbox: Owed[]) => Owed[];
  posts?: Record<string, Post>;
  /** Who cannot be asked now; takes the place of what was known. */
  unasked?: Record<string, Unasked>;
}

/**
 * The next version of HEAD: the state that the events lead to, the effects they owe, their sealed records.
 * @param head undefined for the first event of a request
 */
export function apply(
  head: Head | undefined,
  events: Event[],
  { outbox: keep = asItIs, claims = asItIs, posts = {}, unasked = head?.unasked ?? {} }: Bookkeeping = {},
): { head: Head; records: AuditRecord[] } {
  let state = head?.state;
  let tail = head?.tail ?? NO_TAIL;
  let outbox = keep(head?.outbox ?? []);
  const records: AuditRecord[] = [];
  for (const event of events) {
    state = evolve(state, event);
    const record = seal(state.id, tail, event);
    tail = { n: record.n, hash: record.hash };
    records.push(record);
    const owed = react(event, state).map(({ effect, notBefore }, position) => ({
      id: `${record.n}.${position}`,
      effect,
      attempts: 0,
      notBefore: notBefore ?? event.at,
    }));
    for (const type of hurries(event)) outbox = hurry(outbox, type, event.at);
    outbox = [...overtake(outbox, dropsSessions(event), event.at), ...owed];
  }
  if (!state) throw new Error('a request begins with an event');
  outbox = claims(bounded(outbox, state));
  return {
    head: {
      id: state.id,
      version: (head?.version ?? 0) + 1,
      state,
      tail,
      outbox,
      posts: { ...head?.posts, ...posts },
      ...(Object.keys(unasked).length > 0 && { unasked }),
      ...defined({ dueAt: dueAt(state, outbox) }),
    },
    records,
  };
}

const asItIs = (outbox: Owed[]): Owed[] => outbox;
