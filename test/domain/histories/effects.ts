import { defined } from '../../../src/domain/objects.js';
import { isEarly, leaseFrom } from '../../../src/domain/lease.js';
import { claim, putOff, settle, type Owed } from '../../../src/domain/request/outbox.js';
import type { Command, CommandOf } from '../../../src/domain/request/command.js';
import type { State } from '../../../src/domain/request/state.js';
import { nextRound, roundsOf } from '../../../src/domain/request/stories/reminding.js';
import { PROVISION_TIMEOUT } from '../../../src/ports/access.js';
import { MINUTE, SECOND, basis } from '../../support/requests.js';
import { TERMS } from './terms.js';
import { longerLease } from '../../../src/domain/grant.js';
import { ORDER, candidatesNow, mayCast, reservesNow } from './facts.js';
import { clock, head, pass, send, type World } from './world.js';

const REMIND = 15 * MINUTE;
const ESCALATE = 30 * MINUTE;
/** Longer than any provisioning call, by twice what two clocks may differ. */
const SETTLE = PROVISION_TIMEOUT + 10 * SECOND + 1;

const NO_ROOM = { code: 'no-room', used: 2000, needed: 100, limit: 2048, principal: 'user ana' } as const;

export interface Manner {
  /** How long the provisioning call takes to land, in ms; the worker waits for its answer. */
  lag?: number;
  /** Stops half-way: what was asked of AWS is done, and nothing of it is on record. */
  crash?: boolean;
}

/** Carries out an owed effect, as the engine does. Whether it is due is the caller's business. */
export function carryOut(world: World, owed: Owed, { lag = 0, crash = false }: Manner = {}): void {
  const { effect, id } = owed;
  const { state } = head(world)!;
  const at = clock(world);
  const done = (command?: Command) => {
    if (crash) return [];
    return send(world, command, { keep: { outbox: (outbox) => settle(outbox, [id]) } });
  };
  const later = (until?: number) =>
    send(world, undefined, { keep: { outbox: (outbox) => putOff(outbox, id, at, until) } });

  switch (effect.type) {
    case 'preflight': {
      if (world.facts.room) return void done({ type: 'PassPreflight', at });
      return void done({ type: 'FailPreflight', at, reason: NO_ROOM });
    }
    case 'confirm':
      if (isEarly(state, at)) return void later(state.startsAt);
      return void done(confirmation(world, state, at));
    case 'look-ahead': {
      if (!isEarly(state, at)) return void done();
      if (state.status === 'pending' && !state.checked) return void later(at);
      const { lease: _, basis: __, decidedAt: ___, ...facts } = confirmation(world, state, at);
      return void done({ ...facts, type: 'LookAhead' });
    }
    case 'provision': {
      if (send(world, { type: 'AttemptProvision', at, until: at + SETTLE }).length === 0) return void done();
      callForAccess(world, at, lag);
      if (lag === 0) return void done({ type: 'RecordProvisioned', at, receipt: {} });
      send(world, undefined, { keep: { outbox: (outbox) => claim(outbox, [id], at) } });
      if (!crash) world.waiting.push({ owed: id, landsAt: world.now + lag });
      return;
    }
    case 'extend':
      return void done(extension(world, state, at));
    case 'replace': {
      if (send(world, { type: 'AttemptProvision', at, until: at + SETTLE }).length === 0) {
        // Too little is left: the clock says the rest.
        const agreed = state.status === 'active' ? state.extension?.agreed : undefined;
        return void (agreed ? later(agreed.from.endsAt) : done());
      }
      callForAccess(world, at, 0);
      return void done({ type: 'RecordProvisioned', at, receipt: {} });
    }
    case 'revoke': {
      if (state.status !== 'ending') return void done();
      world.aws.live = false;
      world.aws.deny = world.setting.leavesDeny;
      const cleanUpAt = state.lease.endsAt + MINUTE;
      const proof = { checkedAt: at, evidence: 'gone', ...(world.setting.leavesDeny && { cleanUpAt }) };
      if (crash) return;
      const proven = send(world, { type: 'RecordGone', at, proof }).length > 0;
      return void (proven ? done() : later(state.settledBy + SECOND));
    }
    case 'mint': {
      if (at - effect.requestedAt > MINUTE) return void done();
      if (send(world, { type: 'AttemptMint', at, permittedAt: at }).length === 0) return void done();
      if (head(world)!.state.status !== 'active' || at >= (world.grant?.lease.endsAt ?? 0))
        world.notes.untimely++;
      const expiresAt = Math.min(at + MINUTE, world.grant?.lease.endsAt ?? 0);
      return void done({ type: 'RecordMint', at, accessKeyId: 'ASIA1', expiresAt });
    }
    case 'remind': {
      const { stage, since } = effect;
      const next = nextRound(state, stage, since, REMIND);
      if (at < next) return void later(next);
      if (crash) return;
      const round = roundsOf(state, stage) + 1;
      const keep = { outbox: (outbox: Owed[]) => putOff(outbox, id, at, at + REMIND) };
      return void send(world, { type: 'RecordReminders', at, stage, round }, { keep });
    }
    case 'escalate': {
      const { stage, since } = effect;
      if (at < since + ESCALATE) return void later(since + ESCALATE);
      return void done({ type: 'Escalate', at, stage, to: 'board' });
    }
    case 'clean-up':
      world.aws.deny = false;
      return void done({ type: 'RecordCleanUp', at });
    default:
      return void done();
  }
}

function callForAccess(world: World, at: number, lag: number): void {
  const { grant, lease, notes, aws, now } = world;
  if (!grant || !lease || !notes.approval?.withGrant) notes.unledgered++;
  if (grant && at >= grant.lease.endsAt) notes.untimely++;
  aws.flying.push(now + lag);
  pass(world, 0);
}

/** The decision's facts once more, as they are now. */
export function confirmation(world: World, state: State, at: number): CommandOf<'Confirm'> {
  const { facts } = world;
  const { decision, hash, requesterProblem } = facts;
  return {
    type: 'Confirm',
    at,
    revision: state.revision,
    voters: state.votes.map(({ by }) => by.email),
    escalations: (state.escalated ?? []).length,
    decision,
    candidates: candidatesNow(facts, state),
    reserves: reservesNow(facts),
    basis,
    decidedAt: at,
    valid: state.votes.filter((vote) => mayCast(facts, vote, state)).map(({ by }) => by.email),
    ...(requesterProblem && { requesterProblem: 'deactivated' }),
    grantHash: hash,
    order: ORDER,
    lease: leaseFrom(at, state.duration, 10 * MINUTE),
  };
}

/** The same of an extension. */
function extension(world: World, state: State, at: number): Command | undefined {
  if (state.status !== 'active' || !state.extension) return undefined;
  const { facts, setting } = world;
  const { number, votes } = state.extension;
  const { decision, hash, requesterProblem } = facts;
  return {
    type: 'ConfirmExtension',
    at,
    number,
    decision,
    basis,
    decidedAt: at,
    order: ORDER,
    terms: TERMS,
    voters: votes.map(({ by }) => by.email),
    candidates: facts.candidates,
    valid: votes.filter((vote) => mayCast(facts, vote, {})).map(({ by }) => by.email),
    ...(requesterProblem && { requesterProblem: 'deactivated' }),
    grantHash: hash,
    warnBefore: 10 * MINUTE,
    ...defined({ longer: world.grant && longerLease(world.grant, { ...state, extension: state.extension }) }),
    replaces: !setting.leavesDeny,
  };
}

/** What a look at its stages finds. */
export function lookForGaps(world: World): Command {
  const { facts } = world;
  const { state } = head(world)!;
  return {
    type: 'FillGaps',
    at: clock(world),
    revision: state.revision,
    voters: state.votes.map(({ by }) => by.email),
    escalations: (state.escalated ?? []).length,
    candidates: candidatesNow(facts, state),
    reserves: reservesNow(facts),
  };
}

/** Lets the clock run on and does all that falls due, until nothing does; gives up after so many rounds. */
export function runOut(world: World, rounds = 40): void {
  world.skew = 0;
  for (let round = 0; round < rounds; round++) {
    sweep(world);
    const due = head(world)?.dueAt;
    if (due === undefined) break;
    pass(world, Math.max(1, due - world.now));
  }
  for (const landsAt of world.aws.flying) pass(world, Math.max(0, landsAt - world.now));
}

/** What one run of the engine does: tells the time, then carries out what is due. */
export function sweep(world: World): void {
  const at = clock(world);
  send(world, { type: 'Tick', at });
  let owed = firstDue(world);
  for (let count = 0; owed && count < 40; count++, owed = firstDue(world)) carryOut(world, owed);
}

function firstDue(world: World): Owed | undefined {
  const now = clock(world);
  return head(world)?.outbox.find(({ notBefore }) => notBefore <= now);
}
