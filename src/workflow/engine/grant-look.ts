import { isLive } from '../../domain/request/state.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { startOf } from '../../domain/request/end.js';
import { goneBy, grantDue, type Grant } from '../../domain/grant.js';
import type { Lane } from '../../domain/request/effects.js';
import type { Head } from '../../domain/request/head.js';
import type { Owed } from '../../domain/request/outbox.js';
import { recordForEngine } from '../record-command.js';
import { recordAndClaim, type InHand } from './claims.js';
import { isToldOf, type EngineDeps } from './effect.js';
import { checkProof, failedTry, provisionerOf, requireTrueClock } from './provisioner.js';
import { decide } from '../../domain/request/stories/index.js';

/** So long a request is trusted to end its grant in the ordinary way, and so far ahead its promise may lie. */
const TRUST: Millis = 300_000;
/** What another process has in hand is done, or taken over, by then: a promise for later ends nothing that was taken back. */
const IN_HAND: Millis = 60_000;

/**
 * The grant of a request as it is. Where an order to end it stands, that is noted in its own record, which nobody else
 * can write: from then on the grant itself is due, and whatever becomes of the order, it ends.
 */
export async function grantUnderOrder(
  { store, clock, log }: EngineDeps,
  id: string,
): Promise<Grant | undefined> {
  const [grant, end] = await Promise.all([store.grant(id), store.end(id)]);
  if (!end) return grant;
  const open = grant && !grant.gone && !grant.ending;
  const noted = open ? { ...grant, ending: startOf(end, grant.requester, clock.now()) } : grant;
  try {
    if (open && noted) await store.saveGrant(noted);
    await store.settleEnd(id);
  } catch (err) {
    log.warn(
      { request: id, err },
      'an order to end access could not be noted; it is carried out all the same',
    );
  }
  return noted;
}

/** What a turn found, and wrote: HEAD, or why it cannot be read or written, and the grant's own record. */
export interface Turned {
  head?: Head | undefined;
  grant?: Grant | undefined;
  /** What it has claimed. */
  held?: InHand | undefined;
  failed?: { error: unknown };
}

/**
 * Ends a grant by its own record, or clears away what is left of it, when its request does not: whoever writes HEAD can
 * neither prolong access nor hide it (invariants 1 and 2). A request that is about to do it itself is trusted for a while.
 * @param known what was read in the same advance
 * @returns whether it acted
 */
export async function lookAtGrant(deps: EngineDeps, id: string, known: Turned = {}): Promise<boolean> {
  const { log } = deps;
  // What was read before another pass of this process had its turn may be over: only what is read now is acted upon.
  if (!(await outlived(deps, id, known))) return false;
  const found = await outlived(deps, id, {});
  if (!found) return false;
  const { grant, head } = found;
  const status = typeof head === 'object' ? head.state?.status : head;
  log.error({ request: id, status }, 'a grant outlived its request: ended by its own record');
  try {
    await (grant.gone ? clearAway(deps, grant) : end(deps, grant));
  } catch (error) {
    const { why: code, failures: count, later: next } = await failedTry(deps, grant, error);
    log[isToldOf(count) ? 'error' : 'warn'](
      { request: id, code, tries: { count, next } },
      'a grant without a request could not be ended yet',
    );
  }
  return true;
}

/** A grant that is due by its own record, and that its request does not see to; undefined: there is none. */
async function outlived({ store, clock }: EngineDeps, id: string, known: Turned) {
  const grant = 'grant' in known ? known.grant : await store.grant(id);
  const due = grant && grantDue(grant);
  const now = clock.now();
  if (!grant || due === undefined || due > now) return undefined;
  const head = known.head ?? (await store.head(id).catch(() => 'unreadable' as const));
  return now < due + TRUST && seesToIt(head, grant, now) ? undefined : { grant, head };
}

/** Whether the request itself is going to end this grant, or to clear away what is left of it, and soon. */
function seesToIt(head: Head | 'unreadable' | undefined, grant: Grant, now: Instant): boolean {
  const { gone, ending, lease, settledBy } = grant;
  // Perhaps only for a moment. What was taken back does not wait for it; what is over has ended in AWS by itself.
  if (head === 'unreadable') return !ending;
  if (!head) return false;
  const next = Math.max(now, grant.tries?.next ?? now);
  const soon = ending && !gone ? Math.max(next, settledBy) + IN_HAND : next + TRUST;
  const owes = (type: Owed['effect']['type']) =>
    head.outbox.some(({ effect, notBefore }) => effect.type === type && notBefore <= soon);
  const { state } = head;
  try {
    if (gone) return owes('clean-up');
    if (state.status === 'ending') return owes('revoke');
    const lives = isLive(state);
    return lives && !ending && state.lease.endsAt <= lease.endsAt;
  } catch {
    // Whatever this is, it is no request.
    return false;
  }
}

async function clearAway(deps: EngineDeps, grant: Grant): Promise<void> {
  const { store } = deps;
  // A clock that is ahead would clear away a Deny that a living session still needs.
  await requireTrueClock(deps);
  await provisionerOf(deps, grant).cleanUp(grant);
  await store.saveGrant({ ...grant, cleanedUp: true });
}

async function end(deps: EngineDeps, grant: Grant): Promise<void> {
  const { store, clock } = deps;
  const { requestId: id, settledBy, tries } = grant;
  const proof = await provisionerOf(deps, grant).revoke(grant, clock.now());
  await checkProof(deps, id, proof);
  if (proof.checkedAt <= settledBy) {
    // Gone now, but a provisioning call may still be on its way: look again when none can be.
    await store.saveGrant({ ...grant, tries: { count: tries?.count ?? 0, next: settledBy + 1_000 } });
    return;
  }
  // Its request says so, and closes with this proof, if it lets itself be written.
  if (grant.ending)
    await recordForEngine(store, id, { type: 'End', at: clock.now(), start: grant.ending }).catch(
      () => undefined,
    );
  const closed = await recordForEngine(
    store,
    id,
    { type: 'RecordGone', at: clock.now(), proof },
    (_, led) => ({
      outbox: (outbox) => (led.length > 0 ? outbox.filter(({ effect }) => effect.type !== 'revoke') : outbox),
    }),
  ).catch((error: unknown) => ({ events: [], error }));
  if (closed.events.length === 0) await store.saveGrant(goneBy(grant, proof));
}

export async function orFailed(work: () => Promise<Turned>): Promise<Turned> {
  try {
    return await work();
  } catch (error) {
    return { failed: { error } };
  }
}

/**
 * Tells the state what the time is, and whether its end was ordered.
 * @param lanes those in which the caller goes on
 */
export async function turn(deps: EngineDeps, id: string, lanes: readonly Lane[]): Promise<Turned> {
  const [read, grant] = await Promise.all([
    orFailed(async () => ({ head: await deps.store.head(id) })),
    grantUnderOrder(deps, id),
  ]);
  if (read.failed || !read.head) return { ...read, grant };
  const { head } = read;
  return { ...(await orFailed(() => told(deps, head, grant, lanes))), grant };
}

async function told(
  deps: EngineDeps,
  head: Head,
  grant: Grant | undefined,
  lanes: readonly Lane[],
): Promise<Pick<Turned, 'head' | 'held'>> {
  const { clock, log } = deps;
  const { id, state } = head;
  const at = clock.now();
  // Gone already or not: what people read must say that it ends.
  const start = grant?.ending;
  if (start && grant?.gone && isLive(state))
    log.error(
      { request: id, status: state.status },
      'the access is gone, and its request says that it is not',
    );
  const commands = [...(start ? [{ type: 'End', at, start } as const] : []), { type: 'Tick', at } as const];
  for (const command of commands) {
    const decided = decide(command, state);
    if (!('events' in decided) || decided.events.length === 0) continue;
    const recorded = await recordAndClaim(deps, id, { command, known: { head } }, lanes);
    for (const { type } of recorded.events) log.info({ request: id, event: type }, 'recorded');
    return { head: recorded.head, held: recorded.held };
  }
  return { head };
}
