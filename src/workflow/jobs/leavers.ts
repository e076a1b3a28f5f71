import { sha256, type Instant, type JsonObject, type Millis } from '../../domain/entitlement.js';
import type { Person } from '../../domain/person.js';
import { whyUnusable, type Grant } from '../../domain/grant.js';
import { Unknowable } from '../../ports/policy.js';
import type { EngineDeps } from '../engine/effect.js';
import { recordForEngine } from '../record-command.js';
import { sideBySide } from '../../kit/side-by-side.js';
import { isObject } from '../../domain/is-object.js';

const MINUTE: Millis = 60_000;
const HOUR = 60;
/** Between the two looks that must agree. */
const APART: Millis = 5 * MINUTE;
/** Later than any live grant ends. */
const LONGEST: Millis = 8 * 24 * 60 * MINUTE;
const MOST = 5_000;
/** People asked about in one run: the quota of look-ups is there for those who act, too. */
const MOST_LOOKS = 30;
/** A run asks nothing more of a slow directory. */
const PATIENCE: Millis = 15_000;
const NOTE = 'leavers';

/** What one look says of a person: still here, positively gone, or not to be known now. */
type Seen = 'here' | 'deactivated' | 'guest' | 'unknown';

/** What the engine keeps between two runs. */
interface Memory {
  /** Up to which minute since the epoch grants have been looked at. */
  minute: number;
  /** By account: who seemed to have left, when that was first seen, and one request of theirs. */
  suspects: Record<string, { since: Instant; id: string }>;
  /** By account: in which minute somebody was last looked at, within an hour or so. */
  looked: Record<string, number>;
  /** In which minutes somebody lost access, within an hour or so. */
  ended: number[];
}

/**
 * Ends the access of those who have left. Each live grant has a minute of the hour in which its requester is looked at.
 * Only a positive answer counts (deactivated, or a guest now), twice and five minutes apart. Where more than a fifth of
 * those looked at within an hour seem to have left, it is rather the directory or its token that has changed: nothing
 * ends, and an error alarms.
 */
export async function lookForLeavers(deps: EngineDeps): Promise<void> {
  const { store, clock, log, bundle } = deps;
  const now = clock.now();
  const minute = Math.floor(now / MINUTE);
  const memory = read(await store.note(NOTE), minute);
  const ripe = Object.entries(memory.suspects).filter(([, { since }]) => now - since >= APART);
  if (memory.minute >= minute && ripe.length === 0) return;

  const turn = await dueForALook(deps, { from: memory.minute + 1, to: minute });
  const people = new Map<string, Grant>();
  for (const [account, { id }] of ripe) {
    const grant = await liveGrant(deps, id);
    if (grant) people.set(account, grant);
  }
  for (const grant of turn.grants) people.set(accountOf(grant.requester), grant);
  const seen = new Map<string, Seen>();
  await sideBySide(
    [...people],
    async ([account, { requester }]) => void seen.set(account, await lookAt(deps, requester)),
    () => clock.now() - now < PATIENCE,
  );

  const gone = [...seen].flatMap(([account, how]) =>
    how === 'deactivated' || how === 'guest' ? [account] : [],
  );
  const suspects = { ...memory.suspects };
  // Here after all, or nothing live is left; whom nobody could ask about stays.
  for (const account of [...seen.keys(), ...ripe.map(([one]) => one)])
    if (seen.get(account) === 'here' || !people.has(account)) delete suspects[account];
  for (const account of gone) suspects[account] ??= { since: now, id: people.get(account)!.requestId };
  // Since the hourly look before this one, and what that one led to.
  const isRecent = (then: number) => minute - then < HOUR + 10;
  const earlier = Object.entries(memory.looked).filter(([, then]) => isRecent(then));
  const looked = Object.fromEntries([...earlier, ...[...seen.keys()].map((one) => [one, minute] as const)]);
  const ended = memory.ended.filter(isRecent);
  const of = Object.keys(looked).length;
  const seeming = Object.keys(suspects).length + ended.length;
  const tooMany = seeming > Math.max(3, Math.floor(of / 5));
  if (tooMany && gone.length > 0)
    log.error(
      { seeming, of },
      'too many people seem to have left within an hour: nobody’s access is ended for that, until somebody has looked',
    );
  const sure = tooMany ? [] : gone.filter((account) => now - suspects[account]!.since >= APART);
  for (const account of sure) {
    await take(deps, people.get(account)!, seen.get(account) as 'deactivated' | 'guest');
    delete suspects[account];
  }
  const unknown = people.size - [...seen.values()].filter((one) => one !== 'unknown').length;
  if (unknown > 0)
    log.warn({ unknown }, 'of some people with live access it is not known whether they are still here');
  const losing = onlyTold(bundle) ? [] : sure.map(() => minute);
  await store.saveNote(NOTE, { minute: turn.upTo, suspects, looked, ended: [...ended, ...losing] });
}

/** The live grants whose minute has come, as many as one run may look at, and up to which minute that is. */
async function dueForALook(
  deps: EngineDeps,
  { from, to }: { from: number; to: number },
): Promise<{ grants: Grant[]; upTo: number }> {
  const grants: Grant[] = [];
  if (from > to) return { grants, upTo: to };
  const ids = await deps.store.due(deps.clock.now() + LONGEST, MOST);
  let upTo = from - 1;
  for (let minute = Math.max(from, to - HOUR + 1); minute <= to && grants.length < MOST_LOOKS; minute++) {
    for (const id of ids.filter((one) => minuteOf(one) === minute % HOUR)) {
      const grant = await liveGrant(deps, id);
      if (grant) grants.push(grant);
    }
    upTo = minute;
  }
  return { grants, upTo };
}

async function lookAt({ directory }: EngineDeps, person: Person): Promise<Seen> {
  const found = await directory.person(person.account);
  if ('person' in found) return 'here';
  const { code } = found.refusal;
  return code === 'deactivated' || code === 'guest' ? code : 'unknown';
}

/** Ends all that they have, or tells the people who run jit that it should end. */
async function take(deps: EngineDeps, found: Grant, problem: 'deactivated' | 'guest') {
  const { store, bundle, clock, log } = deps;
  for (const id of await openOf(deps, found)) {
    const grant = await liveGrant(deps, id);
    if (!grant) continue;
    if (onlyTold(bundle)) {
      log.error(
        { request: id, problem },
        'somebody who has left has live access; directory.yml says to tell, not to end',
      );
      continue;
    }
    const reason = { code: 'requester', problem } as const;
    try {
      const { events } = await recordForEngine(store, id, { type: 'EndForLeaver', at: clock.now(), reason });
      for (const { type } of events)
        log.info({ request: id, event: type }, 'recorded: the requester has left');
    } catch (error) {
      log.warn({ request: id, err: error }, 'that the requester has left is noted with the grant alone');
      await store.saveGrant({ ...grant, ending: { at: clock.now(), by: 'jit', cause: 'revoked', reason } });
    }
  }
}

/** Their requests that are not over; where one of them cannot be read, the one that led here: the others have their turn. */
async function openOf({ store, log }: EngineDeps, { requestId, requester }: Grant): Promise<string[]> {
  try {
    return (await store.openByRequester(requester)).map(({ id }) => id);
  } catch (error) {
    log.warn({ request: requestId, err: error }, 'what else somebody who has left has cannot be read');
    return [requestId];
  }
}

async function liveGrant({ store, clock }: EngineDeps, id: string): Promise<Grant | undefined> {
  const grant = await store.grant(id);
  return grant && !whyUnusable(grant, { now: clock.now(), end: undefined }) ? grant : undefined;
}

/** Of directory.yml; while that is not known, what the default is: what somebody has who has left is ended. */
function onlyTold(bundle: EngineDeps['bundle']): boolean {
  try {
    return bundle().directory.leavers === 'tell';
  } catch (error) {
    if (error instanceof Unknowable) return false;
    throw error;
  }
}

/** As the note of earlier versions has it, too. */
function accountOf({ account: { tenant, id } }: Person): string {
  return `${tenant}/${id}`;
}

/** In which minute of the hour a grant’s requester is looked at. */
function minuteOf(id: string): number {
  return parseInt(sha256(id).slice(0, 8), 16) % HOUR;
}

/** A note that cannot be read is none: the look begins anew, and nobody’s access ends at the first sight. */
function read(note: JsonObject | undefined, now: number): Memory {
  const { minute, suspects, looked, ended } = (note ?? {}) as Partial<Memory>;
  const isWhole =
    typeof minute === 'number' &&
    isObject(suspects) &&
    Object.values(suspects).every((one) => Number.isFinite(one?.since) && typeof one.id === 'string') &&
    isObject(looked) &&
    Array.isArray(ended);
  if (!isWhole) return { minute: now - HOUR, suspects: {}, looked: {}, ended: [] };
  // A clock that was put back must not keep anybody from being looked at.
  return { minute: Math.min(minute, now), suspects, looked, ended };
}
