import { NO_TAIL, seal, type AuditRecord } from '../../../src/domain/record/seal.js';
import { decide, dropsSessions, evolve, hurries, react } from '../../../src/domain/request/stories/index.js';
import { dueAt } from '../../../src/domain/request/due.js';
import { apply } from '../../../src/domain/request/head.js';
import { bounded, hurry, overtake, type Owed } from '../../../src/domain/request/outbox.js';

/** What the histories are run on: the real core, or one with a bug put in. */
export interface Core {
  decide: typeof decide;
  apply: typeof apply;
}

export const realCore: Core = { decide, apply };

interface Parts {
  decide: typeof decide;
  evolve: typeof evolve;
  react: typeof react;
  seal: typeof seal;
  /** The version of the next HEAD. */
  version: (current: number) => number;
}

/** `apply` once more, on parts that can be exchanged; a test holds it equal to the real one. */
export function coreWith(parts: Partial<Parts>): Core {
  const { decide: decides, evolve: evolves, react: reacts, seal: seals, version } = { ...REAL, ...parts };
  return {
    decide: decides,
    apply(head, events, { outbox: keep = unchanged, posts = {} } = {}) {
      let state = head?.state;
      let tail = head?.tail ?? NO_TAIL;
      let outbox = [...keep(head?.outbox ?? [])];
      const records: AuditRecord[] = [];
      for (const event of events) {
        state = evolves(state, event);
        const record = seals(state.id, tail, event);
        tail = { n: record.n, hash: record.hash };
        records.push(record);
        for (const type of hurries(event)) outbox = hurry(outbox, type, event.at);
        outbox = overtake(outbox, dropsSessions(event), event.at);
        reacts(event, state).forEach(({ effect, notBefore = event.at }, position) => {
          outbox.push({ id: `${record.n}.${position}`, effect, attempts: 0, notBefore });
        });
      }
      if (!state) throw new Error('a request begins with an event');
      outbox = bounded(outbox, state);
      const due = dueAt(state, outbox);
      return {
        head: {
          id: state.id,
          version: version(head?.version ?? 0),
          state,
          tail,
          outbox,
          posts: { ...head?.posts, ...posts },
          ...(due !== undefined && { dueAt: due }),
        },
        records,
      };
    },
  };
}

const unchanged = (outbox: Owed[]) => outbox;
const REAL: Parts = { decide, evolve, react, seal, version: (current) => current + 1 };
