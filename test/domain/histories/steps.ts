import { EFFECTS } from '../../../src/domain/request/effects.js';
import { putOff, settle, type Owed } from '../../../src/domain/request/outbox.js';
import { openStage } from '../../../src/domain/chain.js';
import { asOf, isEarly } from '../../../src/domain/lease.js';
import type { Person } from '../../../src/domain/person.js';
import type { Command, Deciding } from '../../../src/domain/request/command.js';
import type { Verdict } from '../../../src/domain/request/decision.js';
import { HOUR, MINUTE, SECOND, basis } from '../../support/requests.js';
import { carryOut, lookForGaps, sweep } from './effects.js';
import { ACTORS, ORDER, STAND_INS, ana, authorised, candidatesNow, changed, digits } from './facts.js';
import { TERMS } from './terms.js';
import { clock, head, pass, send, type World } from './world.js';

/** One thing that happens; `a`, `b` and `c` say who, which or how, each below 16. */
export interface Step {
  does: keyof typeof HAPPENINGS;
  a: number;
  b: number;
  c: number;
}

const WAITS = [
  1,
  10 * SECOND,
  20 * SECOND,
  EFFECTS.cards.claim,
  EFFECTS.revoke.claim,
  MINUTE,
  10 * MINUTE,
  HOUR,
];
const REFUSED = { code: 'aws', error: 'AccessDenied', hint: 'AWS refuses.' } as const;
const EDGES = [30 * SECOND, 1, 0, -1];
const SKEWS = [0, 5 * SECOND, -5 * SECOND, 2 * SECOND];
const OFFERED = [1, 15, 60].map((minutes) => minutes * MINUTE);
const LAGS = [0, 0, 1, 10 * SECOND, 20 * SECOND];

/** What may happen. */
const HAPPENINGS = {
  /** Somebody whose turn it is agrees. */
  agree: (world: World, { a, c }: Step) => {
    const { state } = head(world)!;
    const stage = openStage(state)?.name ?? 'manager';
    const willing = ACTORS.filter(
      ({ email }) => email !== ana.email && authorised(world.facts, email, stage, state),
    );
    const by = willing[a % willing.length];
    if (by) vote(world, 'Approve', by, stage, c);
  },
  /** Somebody who is no candidate fills the seat of another, or tries to. */
  standIn: (world: World, { a, b, c }: Step) => {
    const stage = openStage(head(world)!.state)?.name ?? 'manager';
    const isOutside = ({ email }: Person) => !world.facts.candidates[stage]?.includes(email);
    const outside = [...STAND_INS, ...ACTORS.filter(isOutside)];
    const by = outside[a % outside.length]!;
    const delegatedBy = ACTORS[b % ACTORS.length]!;
    const more = { text: 'no', delegatedBy, ...deciding(world, by, stage, c) };
    person(world, { type: c % 8 === 6 ? 'Deny' : 'Approve', ...more }, c);
  },
  /** Anybody presses any stage's button. */
  press: (world: World, { a, b, c }: Step) =>
    vote(world, 'Approve', ACTORS[a % ACTORS.length]!, ORDER[b % 3]!, c),
  /** Somebody whose turn it is agrees to less, or to what is none. */
  shorten: (world: World, { a, b, c }: Step) => {
    const { state } = head(world)!;
    const stage = openStage(state)?.name ?? 'manager';
    const by = ACTORS[a % ACTORS.length]!;
    const to = OFFERED[b % OFFERED.length]!;
    person(world, { type: 'Shorten', to, offered: OFFERED, ...deciding(world, by, stage, c) }, c);
  },
  ask: (world: World, { a, b, c }: Step) => {
    const stage = b % 4 === 0 ? ORDER[b % 3]! : (openStage(head(world)!.state)?.name ?? 'manager');
    const by = ACTORS[a % ACTORS.length]!;
    person(world, { type: 'AskQuestion', text: 'why?', ...deciding(world, by, stage, c) }, c);
  },
  reply: (world: World, { a, b, c }: Step) =>
    person(
      world,
      { type: 'AnswerQuestion', at: clock(world), by: mostlyAna(a), question: 1 + (b % 3), text: 'so' },
      c,
    ),
  deny: (world: World, { a, c }: Step) => {
    const stage = openStage(head(world)!.state)?.name ?? 'manager';
    vote(world, 'Deny', ACTORS[a % ACTORS.length]!, stage, c);
  },
  cancel: (world: World, { a, c }: Step) =>
    person(world, { type: 'Cancel', at: clock(world), by: mostlyAna(a) }, c),
  takeBack: (world: World, { a, b, c }: Step) => {
    const verdict: Verdict = { ...RULING, outcome: b % 2 === 0 ? 'allowed' : 'denied' };
    person(world, { type: 'Revoke', at: clock(world), by: mostlyAna(a), verdict, text: '' }, c);
  },
  /** The requester, or somebody, asks for credentials: now or at the last moment. */
  mint: (world: World, { a, b, c }: Step) => {
    if (b % 4 === 0) toTheEnd(world, 1);
    person(world, { type: 'RequestMint', at: clock(world), by: mostlyAna(a), waiting: 'V1' }, c);
    if (b % 8 === 0) pass(world, 1);
  },

  /** The requester, or somebody, wants it for longer: now, or at the last moment. */
  extend: (world: World, { a, b, c }: Step) => {
    if (b % 8 === 0) toTheEnd(world, 1);
    const { decision, candidates, hash } = world.facts;
    const more = OFFERED[b % OFFERED.length]!;
    const about = { decision, candidates, basis, grantHash: hash, terms: TERMS };
    person(world, { type: 'Extend', at: clock(world), by: mostlyAna(a), more, ...about }, c);
  },
  /** Somebody decides on that. */
  more: (world: World, { a, b, c }: Step) => {
    const { state } = head(world)!;
    const { extension } = state.status === 'active' ? state : {};
    const stage = (extension && openStage(extension)?.name) ?? 'manager';
    const by = ACTORS[a % ACTORS.length]!;
    const revision = extension?.revision ?? state.revision + 1;
    const on = { ...deciding(world, by, stage, c), ...(c % 8 !== 7 && { revision }) };
    person(world, { type: b % 8 === 7 ? 'Deny' : 'Approve', text: 'no', ...on }, c);
  },

  /** The sweep comes when something is due, or after ten minutes, and does all that is due. */
  sweep: (world: World) => {
    const until = (head(world)?.dueAt ?? 0) - clock(world);
    pass(world, Math.max(0, Math.min(10 * MINUTE, until)));
    sweep(world);
  },
  /** One effect is carried out: due or not, the first or any. */
  effect: (world: World, { a, b }: Step) => {
    const owed = pick(world, a);
    if (owed) carryOut(world, owed, { lag: LAGS[b % LAGS.length]! });
  },
  /** An effect that is done stays owed: its worker was taken for dead, or the write that settles it was lost. */
  repeat: (world: World, { a, b }: Step) => {
    const owed = pick(world, a);
    if (!owed) return;
    carryOut(world, owed, { lag: LAGS[b % LAGS.length]! });
    carryOut(world, owed);
  },
  /** A worker dies half-way. */
  crash: (world: World, { a, b }: Step) => {
    const owed = pick(world, a);
    if (owed) carryOut(world, owed, { lag: LAGS[b % LAGS.length]!, crash: true });
  },
  /** AWS answers a worker that waits, or the worker gives up on it, or it is refused for good. */
  answer: (world: World, { a, b }: Step) => {
    const [worker] = world.waiting.splice(a % Math.max(1, world.waiting.length), 1);
    if (!worker) return;
    const at = clock(world);
    const keep = { outbox: (outbox: Owed[]) => settle(outbox, [worker.owed]) };
    if (b % 4 === 0) send(world, { type: 'FailProvision', at, reason: REFUSED }, { keep });
    else if (worker.landsAt <= world.now)
      send(world, { type: 'RecordProvisioned', at, receipt: {} }, { keep });
    else send(world, undefined, { keep: { outbox: (outbox) => putOff(outbox, worker.owed, at) } });
  },

  wait: (world: World, { a, b }: Step) =>
    a < 12 ? pass(world, WAITS[a % WAITS.length]!) : toTheEnd(world, EDGES[b % EDGES.length]!),
  /** Another machine takes over, whose clock differs: time seems to jump, also backwards. */
  clock: (world: World, { a }: Step) => {
    world.skew = SKEWS[a % SKEWS.length]!;
  },
  /** Somebody looks whether its stages can still be filled. */
  look: (world: World, { c }: Step) => person(world, lookForGaps(world), c),
  tick: (world: World, { c }: Step) => person(world, { type: 'Tick', at: clock(world) }, c),
  /** Policy, directory or catalog change. */
  change: (world: World, { a, b, c }: Step) => {
    world.facts = changed(world.facts, world.setting.facts, a % 8, b * 16 + c);
  },
  /** An earlier command comes again: a duplicate, or one that was held up and overtaken. */
  again: (world: World, { a, b, c }: Step) => {
    const earlier = world.sent[(a * 16 + b) % world.sent.length];
    if (earlier) send(world, earlier.command, { facts: earlier.facts, ...older(world, c) });
  },
};

/** How often each happens, out of 64. */
const OFTEN: [Step['does'], number][] = [
  ['agree', 8],
  ['extend', 2],
  ['more', 3],
  ['look', 1],
  ['standIn', 1],
  ['sweep', 6],
  ['effect', 7],
  ['press', 2],
  ['again', 3],
  ['change', 4],
  ['answer', 4],
  ['wait', 4],
  ['repeat', 3],
  ['crash', 2],
  ['clock', 2],
  ['mint', 2],
  ['takeBack', 2],
  ['deny', 1],
  ['shorten', 2],
  ['ask', 2],
  ['reply', 1],
  ['cancel', 1],
  ['tick', 1],
];
const TABLE = OFTEN.flatMap(([does, times]) => Array.from({ length: times }, () => does));

/** A step from any number below 2¹⁸. */
export function stepFrom(number: number): Step {
  const next = digits(number);
  return { does: TABLE[next(64)]!, a: next(16), b: next(16), c: next(16) };
}

export function happen(world: World, step: Step): void {
  HAPPENINGS[step.does](world, step);
}

const mostlyAna = (a: number): Person => (a < 8 ? ana : ACTORS[a % ACTORS.length]!);
const RULING = { policies: ['p'], advice: [], errors: [], bundle: 'b' };

/** Waits until so long before the start, the end of the lease, or the lapse. */
function toTheEnd(world: World, before: number): void {
  const { state } = head(world)!;
  const last = 'lease' in state && state.lease ? state.lease.endsAt : state.lapsesAt;
  const end = isEarly(state, clock(world)) ? asOf(state, 0) : last;
  pass(world, Math.max(0, end - clock(world) - before));
}

/** Presses a stage's button; where `c` says so, on a card of an older chain. */
function vote(world: World, type: 'Approve' | 'Deny', by: Person, stage: string, c: number): void {
  person(world, { type, text: 'no', ...deciding(world, by, stage, c) }, c);
}

function deciding(world: World, by: Person, stage: string, c: number): Deciding & { at: number } {
  const { facts } = world;
  const { state } = head(world)!;
  const { revision } = state;
  const outcome = facts.barred.includes(by.email) ? 'denied' : 'allowed';
  return {
    at: clock(world),
    by,
    stage,
    revision: c % 8 === 7 ? revision - 1 : revision,
    verdict: { ...RULING, outcome },
    candidates: candidatesNow(facts, state),
  };
}

function person(world: World, command: Command, c: number): void {
  send(world, command, older(world, c));
}

/** One time in four, who acts has read an older head. */
function older({ heads }: World, c: number) {
  return c % 4 === 3 ? { base: heads.at(-2 - (c >> 2)) ?? heads[0] } : {};
}

function pick(world: World, a: number): Owed | undefined {
  const { outbox } = head(world)!;
  const now = clock(world);
  const due = outbox.filter(
    ({ notBefore, effect }) => notBefore <= now || (a % 4 === 3 && effect.type !== 'clean-up'),
  );
  return due[a % due.length];
}
