import type { Person } from '../../domain/directory.js';
import type { Instant, JsonObject, Millis } from '../../domain/entitlement.js';
import type { EngineDeps } from '../engine.js';
import { recordForEngine } from '../record.js';

const HOUR: Millis = 3_600_000;
/** Between the two looks that must agree. */
const APART: Millis = 5 * 60_000;
/** Later than any live grant ends. */
const LONGEST: Millis = 8 * 24 * HOUR;
/** Of what is due within that time; what is due later is looked at when it comes nearer. */
const MOST = 5_000;
const AT_ONCE = 8;
const NOTE = 'leavers';

/** What one look says of a person: still here, positively gone, or not to be known now. */
type Seen = 'here' | 'deactivated' | 'guest' | 'unknown';

/** What the engine keeps between two looks, and for how many it has ended access lately. */
interface Memory {
  lookedAt: Instant;
  /** Accounts that seemed to have left, with when that was first seen. */
  suspects: Record<string, Instant>;
  /** When access of somebody who had left was ended, within the last hour. */
  ended: Instant[];
}

/**
 * Ends the access of those who have left: each hour it looks at the requesters of all live grants. Only a positive answer
 * of Slack's counts (deactivated, or a guest now), twice and five minutes apart. Where more than a fifth seem to have
 * left within an hour, it is rather Slack or the token that has changed: nothing ends, and an error alarms.
 */
export async function lookForLeavers(deps: EngineDeps): Promise<void> {
  const { store, clock, log, bundle } = deps;
  const now = clock.now();
  const memory = read(await store.note(NOTE));
  const hourly = now - memory.lookedAt >= HOUR || now < memory.lookedAt;
  const ripe = Object.entries(memory.suspects).filter(([, at]) => now - at >= APART);
  if (!hourly && ripe.length === 0) return;

  const all = await requestersOfLiveGrants(deps);
  const looked = hourly ? [...all.keys()] : ripe.map(([account]) => account).filter((one) => all.has(one));
  const seen = new Map<string, Seen>();
  await eachOf(
    looked,
    async (account) => void seen.set(account, await lookAt(deps, all.get(account)!.person)),
  );

  const gone = looked.filter((account) => isGone(seen.get(account)));
  const suspects = Object.fromEntries(gone.map((account) => [account, memory.suspects[account] ?? now]));
  // Since the hourly look before this one, and what that one led to.
  const ended = memory.ended.filter((at) => now - at < HOUR + 2 * APART && at <= now);
  const next: Memory = { lookedAt: hourly ? now : memory.lookedAt, suspects, ended };
  const most = Math.max(3, Math.floor(all.size / 5));
  const tooMany = gone.length + ended.length > most;
  if (tooMany)
    log.error(
      { seem: gone.length, ended: ended.length, of: all.size },
      'too many people seem to have left within an hour: nobody’s access is ended for that, until somebody has looked',
    );
  const sure = gone.filter((account) => now - (memory.suspects[account] ?? now) >= APART);
  for (const account of tooMany ? [] : sure) {
    await take(deps, all.get(account)!.ids, seen.get(account) as 'deactivated' | 'guest');
    if (bundle().directory.leavers !== 'tell') next.ended.push(now);
    delete next.suspects[account];
  }
  const unknown = [...seen.values()].filter((one) => one === 'unknown').length;
  if (unknown > 0)
    log.warn({ unknown }, 'of some people with live access it is not known whether they are still here');
  await store.saveNote(NOTE, { ...next });
}

function isGone(seen: Seen | undefined): boolean {
  return seen === 'deactivated' || seen === 'guest';
}

async function lookAt({ directory }: EngineDeps, person: Person): Promise<Seen> {
  const found = await directory.person(person);
  if ('person' in found) return 'here';
  const { code } = found.refusal;
  return code === 'deactivated' || code === 'guest' ? code : 'unknown';
}

/** Ends what they have, or says that somebody should. */
async function take(
  { store, bundle, clock, log }: EngineDeps,
  ids: string[],
  problem: 'deactivated' | 'guest',
) {
  for (const id of ids) {
    if (bundle().directory.leavers === 'tell') {
      log.error(
        { request: id, problem },
        'somebody who has left has live access; directory.yml says to tell, not to end',
      );
      continue;
    }
    const reason = { code: 'requester', problem } as const;
    const { events } = await recordForEngine(store, id, { type: 'EndForLeaver', at: clock.now(), reason });
    for (const { type } of events) log.info({ request: id, event: type }, 'recorded: the requester has left');
  }
}

/** By account, with the requests whose access is live. */
async function requestersOfLiveGrants({ store, clock }: EngineDeps) {
  const now = clock.now();
  const found = new Map<string, { person: Person; ids: string[] }>();
  await eachOf(await store.due(now + LONGEST, MOST), async (id) => {
    const grant = await store.grant(id);
    if (!grant || grant.gone || grant.lease.endsAt <= now) return;
    const { team, slackId } = grant.requester;
    const account = `${team}/${slackId}`;
    const known = found.get(account) ?? { person: grant.requester, ids: [] };
    found.set(account, { ...known, ids: [...known.ids, id] });
  });
  return found;
}

async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** A note that cannot be read is none: the look begins anew, and nobody's access ends at the first sight. */
function read(note: JsonObject | undefined): Memory {
  const { lookedAt, suspects, ended } = note ?? {};
  return {
    lookedAt: typeof lookedAt === 'number' ? lookedAt : 0,
    suspects: isInstants(suspects) ? suspects : {},
    ended: Array.isArray(ended) ? ended.filter((at) => typeof at === 'number') : [],
  };
}

function isInstants(value: unknown): value is Record<string, Instant> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((at) => typeof at === 'number')
  );
}
