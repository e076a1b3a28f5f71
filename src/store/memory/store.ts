import type { AuditRecord } from '../../domain/record/seal.js';
import { upcastEnd, upcastGrant, upcastPerson } from '../../domain/record/upcast.js';
import { readEnd, type End } from '../../domain/request/end.js';
import type { Instant, JsonObject } from '../../domain/entitlement.js';
import { grantDue, type Grant } from '../../domain/grant.js';
import type { Head } from '../../domain/request/head.js';
import { sameAccount, type Person } from '../../domain/person.js';
import type { EngineChange, Written } from '../../ports/record.js';
import {
  checkChange,
  disagreement,
  headFrom,
  progressOf,
  SEEN_FOR,
  tailBefore,
  type Progress,
  type Store,
} from '../change.js';
import { sleep, type ChangeFeed, type Sleep } from '../changes.js';
import { memoryFeed } from './feed.js';
import { ledgersInMemory } from './ledgers.js';
import type { Log } from '../../kit/log.js';

/** The record in this process's memory: for the sandbox and for tests, since it forgets its duties with the process. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function memoryStore({
  now,
  log = { warn: () => undefined },
  wait = sleep,
}: {
  now: () => Instant;
  log?: Pick<Log, 'warn'>;
  wait?: Sleep;
}): Store & { changes: ChangeFeed } {
  const heads = new Map<string, Head>();
  const events = new Map<string, AuditRecord[]>();
  const grants = new Map<string, Grant>();
  const ends = new Map<string, { end: End; due: boolean }>();
  const leases = new Set<string>();
  const seenUntil = new Map<string, Instant>();
  const notes = new Map<string, JsonObject>();
  const locks = new Map<string, { owner: string; until: Instant }>();
  const { push, feed } = memoryFeed(log, wait);

  /** Why a change is refused, as the conditions of the table's transaction would find it. */
  function obstacle({ head, records, seen, grant, lease }: EngineChange): Written {
    const stored = heads.get(head.id);
    if (seen && wasSeen(seen)) return 'seen';
    if ((stored?.version ?? 0) !== head.version - 1) return 'conflict';
    if ((stored?.tail.n ?? 0) !== tailBefore({ head, records })) {
      throw disagreement(head.id, 'the records do not follow the last one');
    }
    if (grant && lease === 'put' && grants.has(grant.requestId)) {
      throw disagreement(head.id, 'its grant exists already');
    }
    if (grant) refuseOlder(grant);
    return 'written';
  }

  function wasSeen(seen: string): boolean {
    return (seenUntil.get(seen) ?? 0) > now();
  }

  /** Newest first. */
  function headsOf(person: Person): Head[] {
    return [...heads.values()]
      .filter((head) => sameAccount(upcastPerson(head.state.requester).account, person.account))
      .sort((a, b) => b.state.requestedAt - a.state.requestedAt);
  }

  const read = (head: Head): Head => headFrom(copy(head), head.id);

  function refuseOlder(grant: Grant): void {
    const stored = grants.get(grant.requestId);
    if (!stored) return;
    const [was, is] = [progressOf(stored), progressOf(grant)];
    if (Object.keys(was).some((part) => was[part as keyof Progress] > is[part as keyof Progress])) {
      throw disagreement(grant.requestId, 'the grant in the table is newer than the one to be saved');
    }
  }

  function mark(seen: string): void {
    // In the order in which they were added, so the oldest come first.
    for (const [hash, until] of seenUntil) {
      if (until > now()) break;
      seenUntil.delete(hash);
    }
    seenUntil.delete(seen);
    seenUntil.set(seen, now() + SEEN_FOR);
  }

  return {
    changes: feed,
    ...ledgersInMemory({ has: wasSeen, mark }, copy),

    async head(id) {
      const found = heads.get(id);
      return found && read(found);
    },

    records: async (id) => copy(events.get(id)) ?? [],
    byRequester: async (person, limit) => headsOf(person).slice(0, limit).map(read),

    async openByRequester(person, until = Infinity) {
      return headsOf(person)
        .filter(({ dueAt, state }) => dueAt !== undefined && state.requestedAt <= until)
        .map(read);
    },

    async listedByRequester(person, limit, after = -Infinity) {
      const listed = headsOf(person).filter(({ state }) => state.requestedAt > after);
      return listed.slice(0, limit).map(({ id, dueAt, state: { requestedAt } }) => ({
        id,
        requestedAt,
        isDue: dueAt !== undefined,
      }));
    },

    async undecided() {
      const granted = (id: string) => {
        const grant = grants.get(id);
        return grant !== undefined && grantDue(grant) !== undefined;
      };
      return [...heads.values()].flatMap(({ id, dueAt }) => (dueAt === undefined || granted(id) ? [] : id));
    },

    async write(change) {
      checkChange(change);
      const written = obstacle(change);
      if (written !== 'written') return written;
      const { head, records, seen, grant, lease } = copy(change);
      heads.set(head.id, head);
      events.set(head.id, [...(events.get(head.id) ?? []), ...records]);
      if (seen) mark(seen);
      if (grant) grants.set(grant.requestId, grant);
      push({ requestId: head.id, kind: 'head' });
      if (lease === 'put' || lease === 'move') leases.add(head.id);
      if (lease === 'remove' && leases.delete(head.id)) {
        push({ requestId: head.id, kind: 'lease-removed' });
      }
      return 'written';
    },

    async putEnd(id, end) {
      if (ends.has(id)) return 'stood';
      ends.set(id, { end: copy(end), due: true });
      push({ requestId: id, kind: 'end' });
      return 'written';
    },

    async end(id) {
      const found = ends.get(id);
      return found && readEnd(upcastEnd(copy(found.end)));
    },

    async settleEnd(id) {
      const found = ends.get(id);
      if (found?.due) ends.set(id, { ...found, due: false });
    },

    remember: async (seen) => mark(seen),

    note: async (name) => copy(notes.get(name)),
    saveNote: async (name, note) => void notes.set(name, copy(note)),

    async grant(id) {
      const found = copy(grants.get(id));
      return found && upcastGrant(found);
    },

    async saveGrant(grant) {
      refuseOlder(grant);
      grants.set(grant.requestId, copy(grant));
    },

    async due(until, limit, after = -Infinity) {
      const times = [
        ...[...heads.values()].map((head) => ({ id: head.id, at: head.dueAt })),
        ...[...grants.values()].map((grant) => ({ id: grant.requestId, at: grantDue(grant) })),
        ...[...ends].map(([id, { end, due }]) => ({ id, at: due ? end.at : undefined })),
      ];
      const due = times
        .flatMap(({ id, at }) => (at !== undefined && at <= until && at > after ? [{ id, at }] : []))
        .sort((a, b) => a.at - b.at);
      return [...new Set(due.map(({ id }) => id))].slice(0, limit);
    },

    async ids() {
      return [...new Set([...heads.keys(), ...events.keys(), ...grants.keys(), ...ends.keys()])].sort();
    },

    async lock(name, owner, at, duration) {
      const held = locks.get(name);
      if (held && held.owner !== owner && held.until > at) return false;
      locks.set(name, { owner, until: at + duration });
      return true;
    },

    ping: async () => undefined,
  };
}

/** Through JSON, as the table does it: members that are undefined vanish, and nothing is shared with the caller. */
function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
